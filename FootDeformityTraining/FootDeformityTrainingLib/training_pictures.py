"""Contact sheets for people: augmented inputs, true points in blue, found ones in red."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_SIDE = 256
_COLUMNS = 4
_TRUTH, _FOUND = (70, 160, 255), (255, 70, 60)


def contact_sheet(
    images: NDArray[np.floating],
    truth: NDArray[np.float64] | None,
    found: NDArray[np.float64] | None,
    side: int = _SIDE,
) -> NDArray[np.uint8]:
    """(H, W, 3) sheet of images (B, h, w) in 0..1 with points (B, K, 2) in their pixels, NaN = not drawn.

    side: longer side of each image on the sheet, in pixels.
    """
    count, height, width = images.shape
    columns, factor = min(_COLUMNS, count), side / max(height, width)
    tile = round(width * factor), round(height * factor)
    sheet = Image.new("RGB", (columns * tile[0], math.ceil(count / columns) * tile[1]))
    for number, image in enumerate(images):
        grey = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8)).resize(tile, Image.Resampling.BILINEAR)
        picture = grey.convert("RGB")
        draw = ImageDraw.Draw(picture)
        for points, colour, radius in ((truth, _TRUTH, 3.0), (found, _FOUND, 1.5)):
            if points is None:
                continue
            for x, y in (points[number][np.isfinite(points[number]).all(axis=1)] + 0.5) * factor - 0.5:
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour)
        sheet.paste(picture, (number % columns * tile[0], number // columns * tile[1]))
    return np.asarray(sheet)
