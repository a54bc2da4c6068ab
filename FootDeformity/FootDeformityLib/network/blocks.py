"""Building blocks of the stacked hourglass, as in HIH (arXiv 2104.03100) and stacked hourglass networks."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvBlock(nn.Module):
    """Convolution without bias, batch normalisation and, unless switched off, ReLU; padding keeps the size."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.relu(x, inplace=True) if self.relu else x


class Residual(nn.Module):
    """Post-activation bottleneck: 1x1, 3x3, 1x1 without ReLU, plus the input, then ReLU.

    The input passes a 1x1 convolution only where the number of channels changes: the released code
    allocates that convolution everywhere and never uses it elsewhere.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        half = outputs // 2
        self.conv1 = ConvBlock(inputs, half)
        self.conv2 = ConvBlock(half, half, 3)
        self.conv3 = ConvBlock(half, outputs, relu=False)
        self.skip: nn.Module = nn.Identity() if inputs == outputs else ConvBlock(inputs, outputs, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv3(self.conv2(self.conv1(x))) + self.skip(x), inplace=True)


class Hourglass(nn.Module):
    """Recursive hourglass: (B, C, H, W) -> the same shape; H and W divisible by ``2 ** depth``."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.up = Residual(channels, channels)
        self.low_in = Residual(channels, channels)
        self.inner: nn.Module = Hourglass(channels, depth - 1) if depth > 1 else Residual(channels, channels)
        self.low_out = Residual(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        low = self.low_out(self.inner(self.low_in(F.max_pool2d(x, 2))))
        up: Tensor = self.up(x)
        return up + F.interpolate(low, scale_factor=2.0, mode="bilinear", align_corners=True)


class DownBlock(nn.Module):
    """Halves the size (rounding up): 3x3 stride 2, 3x3, plus a 1x1 stride-2 shortcut, then ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = ConvBlock(channels, channels, 3, stride=2)
        self.conv2 = ConvBlock(channels, channels, 3, relu=False)
        self.shortcut = ConvBlock(channels, channels, stride=2, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv2(self.conv1(x)) + self.shortcut(x), inplace=True)


class DecimalHead(nn.Module):
    """(B, C, H, W) features -> (B, K, d, d) decimal map: where inside its integer cell each landmark lies."""

    def __init__(self, features: int, width: int, landmarks: int, heatmap_size: int, decimal_size: int) -> None:
        super().__init__()
        self.conv1 = ConvBlock(features, width)
        size = (heatmap_size - 3) // 2 + 1  # after the pooling without padding
        blocks: list[nn.Module] = []
        while size > decimal_size:
            blocks.append(DownBlock(width))
            size = (size + 1) // 2
        if size != decimal_size:
            raise ValueError(
                f"decimal map of {decimal_size} cells cannot be reached by halving a heatmap of {heatmap_size} cells"
            )
        self.down = nn.Sequential(*blocks)
        self.conv2 = ConvBlock(width, width)
        self.logits = nn.Conv2d(width, landmarks, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.conv1(x), 3, stride=2)
        return cast(Tensor, self.logits(self.conv2(self.down(x))))


class Refinement(nn.Module):
    """The paper's addition: ``relu(h + r * conv(relu(bn(conv(h)))))`` on the last heatmap, r learned from 0."""

    def __init__(self, landmarks: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(landmarks, 4 * landmarks, 7, padding=3)
        self.bn = nn.BatchNorm2d(4 * landmarks)
        self.conv2 = nn.Conv2d(4 * landmarks, landmarks, 7, padding=3)
        self.r = nn.Parameter(torch.zeros(1))

    def forward(self, heatmap: Tensor) -> Tensor:
        return F.relu(heatmap + self.r * self.conv2(F.relu(self.bn(self.conv1(heatmap)))))
