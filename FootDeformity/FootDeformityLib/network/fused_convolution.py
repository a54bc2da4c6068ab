"""Convolution, batch normalisation, addition and ReLU in one pass over memory, for inference on a processor.

Uses the oneDNN operators that torch.compile emits on processors, called directly because a compiler is not
there on users' machines; where PyTorch is built without oneDNN the same is computed step by step.
"""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from FootDeformityLib.network.blocks import ConvBlock, Residual


def has_onednn() -> bool:
    """True if the fused operators exist in this build of PyTorch."""
    available = cast(Any, torch.backends.mkldnn).is_available()
    return bool(available) and hasattr(torch.ops.mkldnn, "_convolution_pointwise")


class FusedConv(nn.Module):
    """``relu(conv(x) + other)``, both optional; batch normalisation is already folded into the convolution."""

    def __init__(self, conv: nn.Conv2d, relu: bool, dtype: torch.dtype, fused: bool) -> None:
        super().__init__()
        self.conv = cast(nn.Conv2d, cast(Any, conv.to(dtype)).to(memory_format=torch.channels_last))
        self.relu, self.fused = relu, fused
        padding = list(cast(tuple[int, int], conv.padding))
        self._geometry = (padding, list(conv.stride), list(conv.dilation), conv.groups)
        self._packed: Tensor | None = None

    def forward(self, x: Tensor, other: Tensor | None = None) -> Tensor:
        if not self.fused:
            y = self.conv(x) if other is None else self.conv(x) + other
            return F.relu(y, inplace=True) if self.relu else cast(Tensor, y)
        operators = torch.ops.mkldnn
        if self._packed is None:  # the layout that suits the size of what comes in
            self._packed = operators._reorder_convolution_weight(self.conv.weight, *self._geometry, list(x.shape))
        common = (self._packed, self.conv.bias, *self._geometry)
        if other is None:
            after = "relu" if self.relu else "none"
            return cast(Tensor, operators._convolution_pointwise(x, *common, after, [], ""))
        after_sum = "relu" if self.relu else None
        return cast(Tensor, operators._convolution_pointwise.binary(x, other, *common, "add", 1.0, after_sum, [], None))


class FusedResidual(nn.Module):
    """Residual whose addition and ReLU happen inside the last convolution.

    Where the channels change, the last convolution and that of the skip are one over both inputs side by side.
    """

    def __init__(self, residual: Residual, dtype: torch.dtype, fused: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = (_fuse(block, dtype, fused) for block in (residual.conv1, residual.conv2))
        last = _folded(residual.conv3)
        self.joined = isinstance(residual.skip, ConvBlock)
        if isinstance(residual.skip, ConvBlock):
            last = _side_by_side(last, _folded(residual.skip))
        self.conv3 = FusedConv(last, True, dtype, fused)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(self.conv1(x))
        return cast(Tensor, self.conv3(torch.cat([y, x], dim=1)) if self.joined else self.conv3(y, x))


def fuse(module: nn.Module, dtype: torch.dtype, fused: bool) -> nn.Module:
    """Replace every convolution, block and residual below ``module`` (evaluation mode) by its fused form, in place.

    fused False: the same structure in ordinary operators, for other compilers to fuse.
    """
    for name, child in module.named_children():
        if isinstance(child, Residual):
            setattr(module, name, FusedResidual(child, dtype, fused))
        elif isinstance(child, ConvBlock):
            setattr(module, name, _fuse(child, dtype, fused))
        elif isinstance(child, nn.Conv2d):
            setattr(module, name, FusedConv(child, False, dtype, fused))
        else:
            fuse(child, dtype, fused)
    return module


def _folded(block: ConvBlock) -> nn.Conv2d:
    return fuse_conv_bn_eval(block.conv, block.bn)


def _side_by_side(first: nn.Conv2d, second: nn.Conv2d) -> nn.Conv2d:
    """1x1 convolutions a and b -> the one that computes a(y) + b(x) from y and x side by side."""
    joined = nn.Conv2d(first.in_channels + second.in_channels, first.out_channels, 1)
    with torch.no_grad():
        joined.weight.copy_(torch.cat([first.weight, second.weight], dim=1))
        cast(Tensor, joined.bias).copy_(cast(Tensor, first.bias) + cast(Tensor, second.bias))
    return joined


def _fuse(block: ConvBlock, dtype: torch.dtype, fused: bool) -> FusedConv:
    return FusedConv(_folded(block), block.relu, dtype, fused)
