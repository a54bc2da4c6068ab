"""A small network that tells what a radiograph shows: AP foot, lateral foot, or something else."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from FootDeformityLib.network.blocks import ConvBlock
from FootDeformityLib.network.view_opinion import KINDS
from FootDeformityLib.network.view_thumbnail import THUMBNAIL_SIDE


@dataclass(frozen=True)
class ViewNetworkConfig:
    """size: pixels of the thumbnail's side. channels: of the levels, each at half the size of the one before."""

    size: int = THUMBNAIL_SIDE
    channels: tuple[int, ...] = (16, 32, 64, 128)
    dropout: float = 0.2

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ViewNetworkConfig:
        return cls(**{**values, "channels": tuple(values["channels"])})


class ViewNetwork(nn.Module):
    """(B, 1, S, S) thumbnails, normalised -> (B, kinds) logits in the order of KINDS."""

    def __init__(self, config: ViewNetworkConfig) -> None:
        super().__init__()
        self.config = config
        first, *others = config.channels
        layers: list[nn.Module] = [ConvBlock(1, first, 5, stride=2)]
        inputs = first
        for outputs in others:
            layers += [ConvBlock(inputs, outputs, 3, stride=2), ConvBlock(outputs, outputs, 3)]
            inputs = outputs
        self.levels = nn.Sequential(*layers)
        self.dropout = nn.Dropout(config.dropout)
        self.last = nn.Linear(2 * inputs, len(KINDS))

    def forward(self, images: Tensor) -> Tensor:
        values = self.levels(images)
        # the mean tells how much of something there is, the maximum that it is there at all
        pooled = torch.cat([values.mean(dim=(2, 3)), values.amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.last(self.dropout(pooled))
        return logits


def eight_looks(images: Tensor) -> Tensor:
    """(B, 1, S, S) -> (8 B, 1, S, S): every quarter turn, plain and mirrored, B images of one kind after the other."""
    turned = [torch.rot90(images, quarter, (2, 3)) for quarter in range(4)]
    return torch.cat([*turned, *(image.flip(3) for image in turned)])


def mean_probabilities(network: nn.Module, images: Tensor) -> Tensor:
    """(B, 1, S, S) normalised thumbnails -> (B, kinds): the same for every quarter turn and for the mirror image."""
    probability: Tensor = network(eight_looks(images)).float().softmax(dim=1)
    return probability.view(8, len(images), -1).mean(dim=0)
