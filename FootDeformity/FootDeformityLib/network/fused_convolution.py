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
        self.conv = conv.to(dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
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
    """Residual whose addition and ReLU happen inside the last convolution."""

    def __init__(self, residual: Residual, dtype: torch.dtype, fused: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = (_fuse(block, dtype, fused) for block in (residual.conv1, residual.conv2))
        self.conv3 = FusedConv(_folded(residual.conv3), True, dtype, fused)
        self.skip = _fuse(residual.skip, dtype, fused) if isinstance(residual.skip, ConvBlock) else None

    def forward(self, x: Tensor) -> Tensor:
        other = x if self.skip is None else self.skip(x)
        return cast(Tensor, self.conv3(self.conv2(self.conv1(x)), other))


def fuse(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Replace every convolution, block and residual below ``module`` (evaluation mode) by its fused form, in place."""
    fused = has_onednn()
    for name, child in module.named_children():
        if isinstance(child, Residual):
            setattr(module, name, FusedResidual(child, dtype, fused))
        elif isinstance(child, ConvBlock):
            setattr(module, name, _fuse(child, dtype, fused))
        elif isinstance(child, nn.Conv2d):
            setattr(module, name, FusedConv(child, False, dtype, fused))
        else:
            fuse(child, dtype)
    return module


def _folded(block: ConvBlock) -> nn.Conv2d:
    return fuse_conv_bn_eval(block.conv, block.bn)


def _fuse(block: ConvBlock, dtype: torch.dtype, fused: bool) -> FusedConv:
    return FusedConv(_folded(block), block.relu, dtype, fused)
