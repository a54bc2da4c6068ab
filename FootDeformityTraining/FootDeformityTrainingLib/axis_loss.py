"""Loss on the directions of a view's axes: what angles are made of, and what single points do not care about.

A heatmap's squared error treats the points of an axis one by one; on a short axis their small errors make large
angles, and doubtful points drift to the mean of all feet, which pulls every angle towards the mean.

For networks that find the points already: at random points the directions are noise, and their loss drowns the others'.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HIHCodec

#: the peak is read within so many cells of the true point: a peak on another bone is the heatmap loss's business
_REACH = 6.0
#: differences below it (radians, 3 degrees) count squared, larger ones linearly
_KNEE = 0.05


class AxisPoints(NamedTuple):
    """Indices of the landmarks whose means an axis joins."""

    start: tuple[int, ...]
    end: tuple[int, ...]


def axes_of_view(scheme: Scheme, view: str) -> tuple[AxisPoints, ...]:
    """The drawn axes of a view as indices into its landmarks; none for schemes without axes."""
    ids = scheme.ids(view)
    return tuple(
        AxisPoints(tuple(map(ids.index, axis.start)), tuple(map(ids.index, axis.end))) for axis in scheme.axes(view)
    )


def axis_loss(
    heatmaps: Tensor, codec: HIHCodec, points: Tensor, weights: Tensor, axes: tuple[AxisPoints, ...]
) -> Tensor:
    """Mean smooth absolute difference of the axes' directions, over stacks, images and axes.

    heatmaps: (B, S, K, H, H); points: (B, K, 2) input pixels, NaN = missing; weights: (B, K). An axis weighs as its
    least point; one with a point outside the input does not count.
    """
    truth = (points.nan_to_num().float() + codec.pixel_offset) * codec.heatmap_size / codec.input_size - 0.5
    # far outside, where no point counts, the window would hold nothing to divide by
    found = _read_near(heatmaps.float(), truth[:, None].clamp(0, codec.heatmap_size - 1))
    weight = (weights * codec.inside(points)).float()
    total = heatmaps.new_zeros((), dtype=torch.float32)
    for start, end in axes:
        u, v = (p[..., end, :].mean(dim=-2) - p[..., start, :].mean(dim=-2) for p in (found, truth[:, None]))
        angle = torch.atan2(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0], (u * v).sum(dim=-1))
        counts = weight[:, [*start, *end]].amin(dim=1, keepdim=True)
        total = total + (F.smooth_l1_loss(angle, torch.zeros_like(angle), reduction="none", beta=_KNEE) * counts).mean()
    return total / max(len(axes), 1)


def _read_near(heatmaps: Tensor, truth: Tensor) -> Tensor:
    """(B, S, K, 2) cells: centroid of the squared positive heatmap in a soft window about the cells (B, 1, K, 2)."""
    cells = torch.arange(heatmaps.shape[-1], device=heatmaps.device, dtype=torch.float32)
    window_x, window_y = (torch.sigmoid(2 * (_REACH - (cells - truth[..., i, None]).abs())) for i in (0, 1))
    window = window_y[..., :, None] * window_x[..., None, :]
    value = (heatmaps.clamp(min=0).square() + 1e-6) * window
    total = value.sum(dim=(-2, -1))
    return torch.stack(
        [(value.sum(dim=-2) * cells).sum(dim=-1) / total, (value.sum(dim=-1) * cells).sum(dim=-1) / total], dim=-1
    )
