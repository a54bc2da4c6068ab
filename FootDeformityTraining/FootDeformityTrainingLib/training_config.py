"""Hyper-parameters of a training run, saved beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class AugmentationConfig:
    """Ranges of the random changes; angles in degrees, lengths in parts of the network input's side."""

    close_share: float = 0.6  # of the samples are shown as the second look sees them, the rest as the first
    flip: bool = True  # first look only: the second sees every foot in the mean shape's pose
    rotation_wide: float = 55.0  # the first look tries quarter turns, so that more than 45 is enough
    rotation_close: float = 8.0  # standard deviation, as the two below
    scale_close: float = 0.08
    shift_close: float = 0.035
    scale_wide: float = 0.35  # natural logarithm, uniform
    shift_wide: float = 0.12
    aspect: float = 0.22  # natural logarithm of the vertical stretch, uniform
    brightness: float = 0.3
    contrast: float = 0.3
    gamma: float = 0.35  # natural logarithm, uniform
    inversion: float = 0.08  # probabilities from here on
    blur: float = 0.25
    noise: float = 0.3
    cutout: float = 0.3
    marker: float = 0.15


#: as published: brightness and contrast 30 %, shift 30 px of 512, flip, rotation 15 (AP), whole image only
PAPER_AUGMENTATION = AugmentationConfig(
    close_share=0.0, rotation_wide=15.0, scale_wide=0.0, shift_wide=30 / 512, aspect=0.0, gamma=0.0, inversion=0.0,
    blur=0.0, noise=0.0, cutout=0.0, marker=0.0,
)  # fmt: skip


@dataclass(frozen=True)
class TrainingConfig:
    """One HIH run. Defaults: the paper's optimiser, batch 8."""

    view: str
    preset: str = "compact"
    scheme: str = "foot27"
    epochs: int = 150
    batch: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 5e-4
    warm_up_epochs: int = 3
    decimal_weight: float = 0.05
    foreground_weight: float = 60.0  # see hih_loss; 0 in the paper
    uncertain_weight: float = 0.3
    ema_decay: float = 0.998  # 0: no averaging of weights
    validate_every: int = 10
    seed: int = 0
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfig:
        return cls(**{**values, "augmentation": AugmentationConfig(**values["augmentation"])})
