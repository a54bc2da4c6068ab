"""How FlatNet's two stages look at an image: image pixels -> input pixels, first pixel's centre (0, 0) in both."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.radiographs.geometry import Affine, crop_box

_STRIDE = 32  # of the coarsest level that has neighbours to be added to


def coarse_factor(width: float, height: float, config: FlatNetConfig) -> float:
    """Input pixels of stage 1 per image pixel.

    >>> coarse_factor(1216, 1216, FlatNetConfig()), coarse_factor(1216, 4096, FlatNetConfig())
    (0.5, 0.25)
    """
    return min(config.short_side / min(width, height), config.long_side / max(width, height))


def canvas_side(length: float) -> int:
    """Side of an input that holds ``length`` pixels and can be halved as often as the network does.

    >>> canvas_side(608.0), canvas_side(609.0)
    (608, 640)
    """
    return _STRIDE * math.ceil((length - 1e-6) / _STRIDE)


def coarse_view(width: int, height: int, config: FlatNetConfig) -> tuple[Affine, int, int]:
    """Image -> stage 1's input, and that input's width and height; the image lies at the top left."""
    factor = coarse_factor(width, height, config)
    return Affine.resizing(factor), canvas_side(width * factor), canvas_side(height * factor)


def patch_view(centre: NDArray[np.float64], width: int, config: FlatNetConfig) -> Affine:
    """Image of ``width`` pixels -> stage 2's patch with ``centre`` (x, y) in its middle."""
    return crop_box(centre, config.patch_size * width / config.width, config.patch_size)
