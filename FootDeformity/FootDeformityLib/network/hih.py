"""HIH (heatmap in heatmap), the network of Lee et al. 2025 after Lan et al., arXiv 2104.03100."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from FootDeformityLib.network.blocks import ConvBlock, DecimalHead, Hourglass, Refinement, Residual


@dataclass(frozen=True)
class HIHConfig:
    """Architecture of one HIH network; sizes in pixels or cells, widths in channels."""

    landmarks: int
    input_size: int = 512
    stacks: int = 4
    depth: int = 4
    features: int = 256
    stem: tuple[int, int] = (64, 128)
    decimal_size: int = 4  # 0: no decimal map, the integer heatmap carries the fraction itself
    decimal_width: int = 384
    refinement: bool = True
    initial_std: float = 0.001  # of all convolution weights, as in the released code; 0: PyTorch's default

    @property
    def heatmap_size(self) -> int:
        """Cells along one side of the integer heatmap."""
        return self.input_size // 4

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> HIHConfig:
        return cls(**{**values, "stem": tuple(values["stem"])})


#: `paper`: Lee et al. 2025. `compact`: half the input side, half the stacks, narrower, no decimal map: for
#: processors without a GPU, shown the found foot a second time at full network resolution (see Detector).
PRESETS: dict[str, HIHConfig] = {
    "paper": HIHConfig(landmarks=0),
    "compact": HIHConfig(
        landmarks=0, input_size=256, stacks=2, features=160, stem=(32, 64), decimal_size=0, initial_std=0.0
    ),
}


def preset(name: str, landmarks: int) -> HIHConfig:
    """Return the named configuration for a number of landmarks. Raises KeyError for an unknown name."""
    return replace(PRESETS[name], landmarks=landmarks)


class HIHOutput(NamedTuple):
    """integer: (B, S, K, H, W) heatmaps of all stacks, refined one last; decimal: (B, K, d, d) logits or None."""

    integer: Tensor
    decimal: Tensor | None


class Stack(nn.Module):
    """One hourglass with its heatmap and, where something reads it, the merge into the next features."""

    def __init__(self, features: int, depth: int, landmarks: int, merges: bool) -> None:
        super().__init__()
        self.hourglass = Hourglass(features, depth)
        self.residual = Residual(features, features)
        self.feature = ConvBlock(features, features)
        self.heatmap = nn.Conv2d(features, landmarks, 1)
        self.merge_feature = ConvBlock(features, features) if merges else None
        self.merge_heatmap = ConvBlock(landmarks, features) if merges else None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        feature = self.feature(self.residual(self.hourglass(x)))
        heatmap = self.heatmap(feature)
        if self.merge_feature is not None and self.merge_heatmap is not None:
            x = x + self.merge_feature(feature) + self.merge_heatmap(heatmap)
        return x, heatmap


class HIH(nn.Module):
    """Stacked hourglass with an integer heatmap per stack, a refined heatmap and one decimal map.

    Input (B, 1, S, S), values 0..1, S = ``config.input_size``. Every stack is supervised.
    """

    def __init__(self, config: HIHConfig) -> None:
        super().__init__()
        self.config = config
        first, second = config.stem
        self.stem = nn.Sequential(
            ConvBlock(1, first, 7, stride=2),
            Residual(first, second),
            nn.MaxPool2d(2),
            Residual(second, second),
            Residual(second, config.features),
        )
        # the merge after the last stack is read by the decimal head alone
        self.stacks = nn.ModuleList(
            Stack(config.features, config.depth, config.landmarks, i + 1 < config.stacks or config.decimal_size > 0)
            for i in range(config.stacks)
        )
        self.decimal = (
            DecimalHead(
                config.features, config.decimal_width, config.landmarks, config.heatmap_size, config.decimal_size
            )
            if config.decimal_size
            else None
        )
        self.refinement = Refinement(config.landmarks) if config.refinement else None
        if config.initial_std:
            for module in self.modules():
                if isinstance(module, nn.Conv2d):
                    nn.init.normal_(module.weight, std=config.initial_std)

    def forward(self, image: Tensor) -> HIHOutput:
        x = self.stem(image)
        heatmaps: list[Tensor] = []
        for stack in self.stacks:
            x, heatmap = stack(x)
            heatmaps.append(heatmap)
        if self.refinement is not None:
            heatmaps.append(self.refinement(heatmaps[-1]))
        decimal = self.decimal(x) if self.decimal is not None else None
        return HIHOutput(torch.stack(heatmaps, dim=1), decimal)


def parameter_count(module: nn.Module) -> int:
    """Number of learned values."""
    return sum(p.numel() for p in module.parameters())
