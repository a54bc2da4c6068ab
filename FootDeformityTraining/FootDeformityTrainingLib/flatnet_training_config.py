"""Hyper-parameters of a FlatNet run, saved beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from FootDeformityLib.network.flatnet_config import FLATNET_PRESETS, FlatNetConfig
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.training_config import PAPER_AUGMENTATION, AugmentationConfig

#: learning rates of stage 1 and of stage 2: as published, for weights that know photographs already, and from random
#: ones: in 128 steps on simple figures the published ones bring stage 1 to an error of 27 % of the image's side and
#: stage 2 to a Dice loss of 0.85, these to 0.6 % and 0.04
_PUBLISHED_RATES = 1e-5, 5e-4
_RANDOM_RATES = 5e-4, 2e-3


@dataclass(frozen=True)
class FlatNetTrainingConfig:
    """One FlatNet run: its two stages and how each learns. Both use the augmentation's changes of the whole image.

    backbone_weights, encoder_weights: files with first weights of stage 1's ResNet and of the U-Nets' encoder, "" =
    random. jitter: how far the landmark lies from the middle of a training patch at most, in parts of its side, each
    way: what stage 1 may be wrong by.
    """

    view: str
    architecture: FlatNetConfig
    preset: str = "paper"
    scheme: str = "foot27"
    backbone_weights: str = ""
    encoder_weights: str = ""
    jitter: float = 0.2
    detection: LoopConfig = field(default_factory=LoopConfig)
    patch: LoopConfig = field(default_factory=LoopConfig)
    augmentation: AugmentationConfig = PAPER_AUGMENTATION

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FlatNetTrainingConfig:
        nested = {
            "architecture": FlatNetConfig.from_dict(values["architecture"]),
            "detection": LoopConfig(**values["detection"]),
            "patch": LoopConfig(**values["patch"]),
            "augmentation": AugmentationConfig(**values["augmentation"]),
        }
        return cls(**{**values, **nested})


def flatnet_preset(
    name: str, view: str, scheme: str, backbone_weights: str = "", encoder_weights: str = ""
) -> FlatNetTrainingConfig:
    """The configuration of a preset; ``paper`` has epochs, batches and rates as published.

    The published rates refine weights that know photographs; from random weights they learn next to nothing in as many
    epochs. Without ``backbone_weights`` the rate of stage 1 is larger, without ``encoder_weights`` that of stage 2.
    Raises KeyError for an unknown name.
    """
    architecture = replace(FLATNET_PRESETS[name], frozen_norm=bool(backbone_weights))
    known = bool(backbone_weights), bool(encoder_weights)
    coarse, close = (p if k else r for k, p, r in zip(known, _PUBLISHED_RATES, _RANDOM_RATES, strict=True))
    # a random RetinaNet starts with gradients that throw it off now and then
    adam = LoopConfig(weight_decay=0.0, warm_up_epochs=1.0, clip_norm=1.0, ema_decay=0.0, validate_every=1)
    turn = 15.0 if view == "AP" else 180.0
    return FlatNetTrainingConfig(
        view=view,
        architecture=architecture,
        preset=name,
        scheme=scheme,
        backbone_weights=backbone_weights,
        encoder_weights=encoder_weights,
        detection=replace(adam, epochs=50, batch=16 if name == "paper" else 8, learning_rate=coarse),
        patch=replace(adam, epochs=10 if name == "paper" else 20, batch=4, learning_rate=close),
        augmentation=replace(PAPER_AUGMENTATION, rotation_wide=turn),
    )
