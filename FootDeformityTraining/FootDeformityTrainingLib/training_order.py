"""What a person asks a training for: made by the command line or a window, carried to another process as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from FootDeformityTrainingLib.config_override import read_assignments


@dataclass(frozen=True)
class TrainingOrder:
    """None is asked of what is empty: as the preset says, or with ``resume`` as the run was started.

    network: hih, flatnet or view. settings: name=value texts, see config_override; init: model folder to start from;
    strict: refuse data with unusable pairs; table: CSV file for what the data check found.
    Of view alone: also: further data folders.
    Of FlatNet alone: stage is 1, 2 or all; landmarks: of stage 2, with commas, or all; backbone, encoder: files with
    first weights of stage 1's ResNet and of stage 2's encoder.
    """

    out: Path
    network: str = "hih"
    data: str = ""
    view: str = ""
    preset: str = ""
    scheme: str = ""
    init: str = ""
    settings: tuple[str, ...] = ()
    config_file: str = ""
    device: str = "auto"
    resume: bool = False
    strict: bool = False
    table: str = ""
    stage: str = ""
    landmarks: str = ""
    backbone: str = ""
    encoder: str = ""
    also: tuple[str, ...] = ()

    def assignments(self) -> list[str]:
        """Name=value texts of the configuration file, then of the command line, which go before."""
        return [*(read_assignments(self.config_file) if self.config_file else ()), *self.settings]

    def to_json(self) -> str:
        """One line of text."""
        return json.dumps({**asdict(self), "out": str(self.out)})

    @classmethod
    def from_json(cls, text: str) -> TrainingOrder:
        values: dict[str, Any] = json.loads(text)
        lists = {name: tuple(values.get(name, ())) for name in ("settings", "also")}
        return cls(**{**values, **lists, "out": Path(values["out"])})
