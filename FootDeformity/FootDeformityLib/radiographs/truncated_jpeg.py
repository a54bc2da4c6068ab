"""JPEG files that end too early: public collections hold some that lack only a few rows."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

#: more than this part of the rows missing is refused
MOST_MISSING = 0.05
#: what libjpeg shows where it has no data
_NO_DATA = 128
_END_OF_IMAGE = b"\xff\xd9"


def mend(path: Path) -> tuple[Image.Image, int] | None:
    """Return the decoded image and how many rows at its bottom are missing; None when too much is.

    Only for baseline JPEG: a progressive one is blurred all over by missing data, which nobody sees.
    """
    image = Image.open(io.BytesIO(path.read_bytes() + _END_OF_IMAGE), formats=["JPEG"])
    if image.info.get("progressive"):
        return None
    image.load()
    grey = np.asarray(image.convert("L"))
    lacking = (grey == _NO_DATA).all(axis=1)[::-1]
    rows = int(lacking.size if lacking.all() else np.argmin(lacking))
    if rows == 0 or rows > MOST_MISSING * grey.shape[0]:
        return None
    return image, rows
