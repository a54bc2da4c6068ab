"""What a FlatNet is built from and how it looks at an image; no torch here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class FlatNetConfig:
    """Stage 1 finds a box about every landmark in the whole image, stage 2 marks each landmark in a patch.

    backbone: ResNet of torchvision; frozen_norm: its batch normalisation keeps the statistics of a weights file.
    box_side: of a landmark's box, in pixels of the image as stored. short_side, long_side: the image is shrunk or
    enlarged to this shorter side, unless the longer one would grow beyond. anchor_size: of the finest level's anchors,
    in pixels of that input; every level doubles it.
    encoder: of the U-Nets, as segmentation_models_pytorch names it. width: to which the image is resampled;
    patch_size: side of the patch cut out of it; disc_radius: of the disc that marks the landmark there.
    """

    backbone: str = "resnet101"
    frozen_norm: bool = False
    box_side: float = 128.0
    short_side: int = 608
    long_side: int = 1024
    anchor_size: int = 32
    encoder: str = "tu-tf_efficientnet_lite4"
    decoder_channels: tuple[int, int, int, int, int] = (256, 128, 64, 32, 16)
    width: int = 2048
    patch_size: int = 1024
    disc_radius: float = 40.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FlatNetConfig:
        return cls(**{**values, "decoder_channels": tuple(values["decoder_channels"])})


#: "small" sees the same field of view as "paper" with a quarter of the pixels each way
FLATNET_PRESETS = {
    "paper": FlatNetConfig(),
    "small": FlatNetConfig(
        backbone="resnet18", short_side=320, long_side=544, anchor_size=16, encoder="tu-efficientnet_lite0",
        decoder_channels=(64, 48, 32, 16, 16), width=512, patch_size=256, disc_radius=10.0,
    ),
}  # fmt: skip
