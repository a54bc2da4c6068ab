"""HIH prepared for inference: same weights, fewer operations, bfloat16 where the processor has it.

Batch normalisation is folded into the convolutions before the rounding, memory is laid out channels-last,
convolutions carry their ReLU and addition, heatmaps of earlier stacks are computed only because the next
stack reads them, and the last heatmap stays in float32, because the sub-cell position is read off its slope.
"""

from __future__ import annotations

import copy
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from FootDeformityLib.network.fused_convolution import FusedConv, fuse, has_onednn
from FootDeformityLib.network.hih import HIH, HIHOutput, Stack


def fast_dtype() -> torch.dtype:
    """bfloat16 where the processor computes with it, else float32 (emulated bfloat16 would be slower)."""
    cpu = cast(Any, torch.cpu)
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return torch.bfloat16 if any(getattr(cpu, check, bool)() for check in checks) else torch.float32


class FastHIH(nn.Module):
    """(B, 1, S, S) float32 -> HIHOutput whose integer part (B, 1, K, H, W) is the last heatmap, refined.

    dtype: of the arithmetic, by default the fastest. fused: use oneDNN's fused operators, by default where they are.
    """

    def __init__(self, network: HIH, dtype: torch.dtype | None = None, fused: bool | None = None) -> None:
        super().__init__()
        self.dtype = dtype or fast_dtype()
        fused = has_onednn() if fused is None else fused
        net = copy.deepcopy(network).float().eval()
        refinement = net.refinement
        self.heatmap = copy.deepcopy(cast(Stack, net.stacks[-1]).heatmap)
        self.r = refinement.r if refinement is not None else None
        if refinement is not None:
            self.refine1 = FusedConv(fuse_conv_bn_eval(refinement.conv1, refinement.bn), True, self.dtype, fused)
            self.refine2 = FusedConv(refinement.conv2, False, self.dtype, fused)
        net.refinement = None
        self.body = cast(HIH, fuse(net, self.dtype, fused)).to(self.dtype)
        self.requires_grad_(False)

    def forward(self, image: Tensor) -> HIHOutput:
        body = self.body
        x = body.stem(image.to(self.dtype).contiguous(memory_format=torch.channels_last))
        for stack in body.stacks[:-1]:
            x, _ = stack(x)
        last = cast(Stack, body.stacks[-1])
        feature = last.feature(last.residual(last.hourglass(x)))
        heatmap = self.heatmap(feature.float())
        rounded = heatmap.to(self.dtype)
        decimal = None
        if body.decimal is not None and last.merge_feature is not None and last.merge_heatmap is not None:
            x = x + last.merge_feature(feature) + last.merge_heatmap(rounded)
            decimal = body.decimal(x).float()
        if self.r is not None:
            heatmap = F.relu(heatmap + self.r * self.refine2(self.refine1(rounded)).float())
        return HIHOutput(heatmap[:, None], decimal)
