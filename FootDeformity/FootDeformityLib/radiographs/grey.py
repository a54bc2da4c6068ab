"""Colour images: radiographs are grey, even where a file stores them as RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.intensity import sample

#: ITU-R BT.601, the weights that Slicer and Pillow use for luminance
_RED, _GREEN, _BLUE = 0.299, 0.587, 0.114
#: a pixel whose channels differ by more than this part of the range is coloured (JPEG noise stays below)
_TINTED, _COLOURED = 0.10, 0.20
#: coloured writing or a marker covers little; a photograph of skin is coloured nearly everywhere
_FEW, _MOST = 0.02, 0.40

COLOUR_WARNING = (
    "the image is in colour and was turned into grey by its luminance; if it is a photograph of a film or a "
    "screen, angles can be distorted"
)


class ColourPhotographError(ValueError):
    """Most of the image is coloured: a photograph, not a radiograph."""


def luminance(rgb: NDArray[Any], full_scale: float) -> tuple[NDArray[np.float32], bool]:
    """Return the grey values (H, W) float32 of (H, W, 3) pixels and whether noticeable colour was lost.

    full_scale: the value of white, e.g. 255. Raises ColourPhotographError.
    """
    some = sample(rgb).astype(np.float32)
    chroma = (some.max(axis=-1) - some.min(axis=-1)) / full_scale
    if float((chroma > _COLOURED).mean()) > _MOST:
        raise ColourPhotographError
    coloured = float((chroma > _TINTED).mean()) > _FEW
    grey = rgb[..., 0] * np.float32(_RED)
    grey += rgb[..., 1] * np.float32(_GREEN)
    grey += rgb[..., 2] * np.float32(_BLUE)
    return grey, coloured
