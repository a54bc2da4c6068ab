"""Images without tags whose bone is dark: negatives that someone exported as PNG or JPEG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.intensity import sample

#: Of 711 real radiographs with bright bone the brightest border has 0.58 and none fulfils both; of their
#: negatives 93 % do. Bright borders alone may be a white frame.
_BORDER, _WHOLE = 0.75, 0.70

INVERTED_WARNING = "the image looks like a negative (dark bone on bright ground) and was inverted"


def looks_inverted(pixels: NDArray[np.float32]) -> bool:
    """Return True for normalised pixels (H, W) 0..1 whose empty background is bright. Rather False than wrong."""
    some = sample(pixels)
    edge_y, edge_x = max(1, some.shape[0] // 25), max(1, some.shape[1] // 25)
    border = np.concatenate([some[:, :edge_x].ravel(), some[:, -edge_x:].ravel(), some[:edge_y].ravel()])
    return float(np.median(border)) > _BORDER and float(np.median(some)) > _WHOLE
