"""Letters burned into the picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont


class Marker(NamedTuple):
    """A word whose upper left corner lies at x, y, ``height`` pixels high; ``grey`` 0..1."""

    text: str
    x: int
    y: int
    height: int
    grey: float = 0.97


def burn_in(grey: NDArray[np.float64], markers: tuple[Marker, ...]) -> NDArray[np.float64]:
    """Return the picture (H, W), 0..1, with the words in it."""
    for marker in markers:
        sheet = Image.new("L", grey.shape[::-1])
        font = ImageFont.load_default(size=marker.height)
        ImageDraw.Draw(sheet).text((marker.x, marker.y), marker.text, fill=255, font=font, anchor="lt")
        cover = np.asarray(sheet) / 255
        grey = grey * (1 - cover) + marker.grey * cover
    return grey
