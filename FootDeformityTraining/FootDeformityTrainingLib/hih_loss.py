"""The loss of HIH: squared error of every integer heatmap plus KL divergence of the decimal map."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIHOutput


def hih_loss(
    output: HIHOutput,
    codec: HIHCodec,
    points: Tensor,
    weights: Tensor,
    decimal_weight: float,
    foreground_weight: float,
) -> Tensor:
    """Scalar loss of a batch.

    points: (B, K, 2) input pixels, NaN = missing; weights: (B, K), 0 for what must not be learned from.
    Points that left the input under augmentation are masked here. Source: reference code of Lee et al. 2025,
    mean squared error over all stacks' heatmaps + 0.05 * KL(softmax target || softmax prediction), 'mean'.
    foreground_weight f (not in the paper, 0 there): a cell counts 1 + f * target, because a Gaussian covers two
    thousandths of its map and the network otherwise spends many epochs on predicting nothing at all.
    """
    integer, decimal = codec.encode(points)
    weight = weights * codec.inside(points)
    target = integer[:, None]
    squared = (output.integer.float() - target).square() * (1 + foreground_weight * target)
    loss = (squared.mean(dim=(-2, -1)) * weight[:, None]).mean()  # (B, S, K)
    if output.decimal is not None and decimal is not None:
        divergence = F.kl_div(
            torch.log_softmax(output.decimal.float().flatten(2), dim=-1),
            torch.softmax(decimal.flatten(2), dim=-1),
            reduction="none",
        ).mean(dim=-1)
        loss = loss + decimal_weight * (divergence * weight).mean()
    return loss
