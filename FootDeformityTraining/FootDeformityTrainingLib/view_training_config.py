"""Hyper-parameters of a training of the view recogniser, saved beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from FootDeformityLib.network.view_network import ViewNetworkConfig
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.training_config import AugmentationConfig

#: grey values only: the changes of place are those of ViewTrainingConfig
_GREY = AugmentationConfig(contrast=0.35, brightness=0.35, gamma=0.5, inversion=0.12)
#: short, and the last state counts: the out-of-fold images must not choose it
_LOOP = LoopConfig(epochs=28, batch=32, learning_rate=3e-3, weight_decay=2e-2, warm_up_epochs=2, ema_decay=0.99,
                   validate_every=28, picture_every=14)  # fmt: skip


@dataclass(frozen=True)
class ViewTrainingConfig:
    """One run of the recogniser.

    fold: left out of ``folds`` for the figures of the card, -1 = none, the network that is shipped. rotation: degrees
    about a random quarter turn. scale: natural logarithm. close: share shown from near, so that the frame and the leg
    do not tell the view. aspect: as AugmentationConfig. of_each_kind: thumbnails of an epoch. made_up: number of
    pictures that show no foot at all, see view_negatives. pair: share of AP images shown as both feet.
    """

    architecture: ViewNetworkConfig = field(default_factory=ViewNetworkConfig)
    fold: int = -1
    folds: int = 5
    rotation: float = 25.0
    scale: float = 0.2
    close: float = 0.45
    shift: float = 0.08
    aspect: float = 0.2
    of_each_kind: int = 300
    made_up: int = 500
    pair: float = 0.1
    smoothing: float = 0.05
    loop: LoopConfig = _LOOP
    augmentation: AugmentationConfig = _GREY

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ViewTrainingConfig:
        nested = {
            "architecture": ViewNetworkConfig.from_dict(values["architecture"]),
            "loop": LoopConfig(**values["loop"]),
            "augmentation": AugmentationConfig(**values["augmentation"]),
        }
        return cls(**{**values, **nested})
