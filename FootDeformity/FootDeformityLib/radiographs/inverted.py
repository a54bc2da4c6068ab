"""Images without tags whose bone is dark: negatives that someone exported as PNG or JPEG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.intensity import sample

#: (depth as a part of the shorter side, least median) of rings round the image: a white frame is not as deep as
#: the last one. Of 711 real radiographs with bright bone none fulfils all, in white frames of 4, 8 and 15 % of the
#: side 1 of 2133; of their negatives 99 % do.
_RINGS = ((0.0, 0.65), (0.12, 0.5), (0.2, 0.5))
_WIDTH = 0.04
_WHOLE = 0.5

INVERTED_WARNING = "the image looks like a negative (dark bone on bright ground) and was inverted"


def looks_inverted(pixels: NDArray[np.float32]) -> bool:
    """Return True for normalised pixels (H, W) 0..1 whose empty background is bright. Rather False than wrong."""
    some = sample(pixels)
    return float(np.median(some)) > _WHOLE and all(_ring(some, depth) > least for depth, least in _RINGS)


def _ring(pixels: NDArray[np.float32], depth: float) -> float:
    """Median of a ring, without its lower side: there the leg or a caption leaves the image."""
    side = min(pixels.shape)
    outer, width = int(depth * side), max(1, int(_WIDTH * side))
    inside = pixels[outer : pixels.shape[0] - outer, outer : pixels.shape[1] - outer]
    return float(
        np.median(np.concatenate([inside[:, :width].ravel(), inside[:, -width:].ravel(), inside[:width].ravel()]))
    )
