"""The small picture by which a view is recognised; no torch here, so that hosts send it instead of the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.geometry import letterbox, resample

#: pixels of the side of the thumbnail that the recogniser looks at
THUMBNAIL_SIDE = 128


def view_thumbnail(pixels: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """(H, W) float32 in 0..1 -> (size, size): the whole image, aspect kept, black around it."""
    height, width = pixels.shape
    return resample(pixels, letterbox(width, height, size), size)
