"""Hyper-parameters of an HIH training run, saved beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from FootDeformityLib.network.hih import HIHConfig, preset
from FootDeformityTrainingLib.loop_config import LoopConfig


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
    """One HIH run: what is trained, how the network is built, and how it learns.

    init: model folder whose weights the run starts from, "" = none.
    """

    view: str
    architecture: HIHConfig
    preset: str = "compact"
    scheme: str = "foot27"
    init: str = ""
    split: str = ""  # see split.py
    decimal_weight: float = 0.05
    foreground_weight: float = 60.0  # see hih_loss; 0 in the paper
    axis_weight: float = 0.0  # see axis_loss; for fine-tuning, where 0.12 helps
    uncertain_weight: float = 0.3
    loop: LoopConfig = field(default_factory=LoopConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfig:
        nested = {
            "architecture": HIHConfig.from_dict(values["architecture"]),
            "loop": LoopConfig(**values["loop"]),
            "augmentation": AugmentationConfig(**values["augmentation"]),
        }
        return cls(**{**values, **nested})


def preset_config(preset_name: str, view: str, scheme: str, landmarks: int) -> TrainingConfig:
    """The configuration of a preset; ``paper`` has batch, epochs, loss and augmentation as published."""
    config = TrainingConfig(view, preset(preset_name, landmarks), preset_name, scheme)
    if preset_name != "paper":
        return config
    turn = 15.0 if view == "AP" else 180.0
    return replace(
        config,
        foreground_weight=0.0,
        loop=replace(config.loop, batch=4, epochs=100, ema_decay=0.0, clip_norm=0.0),
        augmentation=replace(PAPER_AUGMENTATION, rotation_wide=turn),
    )


def config_of_run(settings: dict[str, Any]) -> TrainingConfig:
    """The configuration in a run.json, of this format or of the first one, which kept the loop's values flat."""
    values = dict(settings["training"])
    if settings.get("format", 1) == 1:
        loop = {f.name: values.pop(f.name) for f in fields(LoopConfig) if f.name in values}
        values |= {"loop": loop, "architecture": settings["architecture"]}
    return TrainingConfig.from_dict(values)
