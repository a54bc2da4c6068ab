"""Letters in the picture: of lead on the detector, or written by a computer."""

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


class LeadLetters(NamedTuple):
    """Lead letters about the pixel x, y, ``height`` pixels high, turned by degrees; ``frame``: in a lead ring."""

    text: str
    x: float
    y: float
    height: int
    degrees: float
    frame: bool
    strength: float = 0.93


def burn_in(grey: NDArray[np.floating], markers: tuple[Marker, ...]) -> NDArray[np.floating]:
    """Return the picture (H, W), 0..1, with the words in it."""
    for marker in markers:
        sheet = Image.new("L", grey.shape[::-1])
        font = ImageFont.load_default(size=marker.height)
        ImageDraw.Draw(sheet).text((marker.x, marker.y), marker.text, fill=255, font=font, anchor="lt")
        cover = np.asarray(sheet, dtype=grey.dtype) / 255
        grey = grey * (1 - cover) + marker.grey * cover
    return grey


def shadow_of(letters: LeadLetters, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Share of the beam that the lead stops: (H, W), 0..1."""
    font = ImageFont.load_default(size=letters.height)
    half = int(letters.height * (0.9 + 0.5 * len(letters.text)))
    tile = Image.new("L", (2 * half + 1, 2 * half + 1))
    draw = ImageDraw.Draw(tile)
    draw.text((half, half), letters.text, fill=255, font=font, anchor="mm", stroke_width=max(1, letters.height // 18))
    if letters.frame:
        radius = half * 0.72
        draw.ellipse(
            (half - radius, half - radius, half + radius, half + radius), outline=190, width=max(1, half // 14)
        )
    tile = tile.rotate(letters.degrees, Image.Resampling.BILINEAR)
    sheet = Image.new("L", shape[::-1])
    sheet.paste(tile, (round(letters.x) - half, round(letters.y) - half))
    return np.asarray(sheet, dtype=np.float32) * np.float32(letters.strength / 255)
