"""Grey values of any depth to float32 0..1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: the darkest and brightest 0.5 % may saturate: burned-in letters, dead pixels, collimator edges
LOW_PERCENT, HIGH_PERCENT = 0.5, 99.5
_SAMPLE = 250_000


class ConstantImageError(ValueError):
    """All pixels are equal (or none is a number)."""


def sample(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return an evenly spread, always equal choice of about 250,000 pixels (rows and columns skipped)."""
    step = max(1, math.isqrt(pixels.shape[0] * pixels.shape[1] // _SAMPLE))
    return pixels[::step, ::step]


def normalise(
    values: NDArray[Any], invert: bool = False, padding: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Scale grey values (H, W) linearly to float32 0..1 between their 0.5 and 99.5 percentile.

    invert: bone is dark in ``values``. padding: pixels that the detector never saw; they do not count
    and become 0. NaN and infinite values become the darkest. Raises ConstantImageError.
    """
    pixels = values.astype(np.float32)  # always a copy
    if np.issubdtype(values.dtype, np.floating):
        finite = np.isfinite(pixels)
        if not finite.all():
            if not finite.any():
                raise ConstantImageError
            darkest = pixels[finite].max() if invert else pixels[finite].min()
            pixels[~finite] = darkest
    seen = sample(pixels) if padding is None else sample(pixels)[~sample(padding)]
    low, high = np.percentile(seen, [LOW_PERCENT, HIGH_PERCENT]) if seen.size else (0.0, 0.0)
    if not high > low:  # a small bright object on an even background
        low, high = float(pixels.min()), float(pixels.max())
        if not high > low:
            raise ConstantImageError
    if invert:
        low, high = high, low
    pixels -= np.float32(low)
    pixels *= np.float32(1.0 / (high - low))
    np.clip(pixels, 0.0, 1.0, out=pixels)
    if padding is not None:
        pixels[padding] = 0.0
    return pixels
