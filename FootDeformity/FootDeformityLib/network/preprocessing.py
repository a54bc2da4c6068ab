"""From crops of a radiograph to what the network was trained on."""

from __future__ import annotations

from torch import Tensor

_STRIDE = 4  # every fourth row and column is plenty for a percentile


def normalise(crops: Tensor) -> Tensor:
    """(B, 1, S, S) grey values -> the same, each crop's 1st to 99th percentile stretched to 0..1 and clipped.

    Done on the crop and not on the image, so that a bright leg or a dark border elsewhere does not take the
    contrast away from the foot.
    """
    values = crops[..., ::_STRIDE, ::_STRIDE].flatten(1).float().sort(dim=1).values
    last = values.shape[1] - 1
    low = values[:, round(0.01 * last)].view(-1, 1, 1, 1)
    high = values[:, round(0.99 * last)].view(-1, 1, 1, 1)
    return ((crops - low) / (high - low).clamp(min=1e-3)).clamp(0, 1)
