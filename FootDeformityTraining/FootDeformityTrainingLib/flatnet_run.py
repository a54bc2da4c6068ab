"""A FlatNet run: a folder with run.json and, for each network of it, a run of the training loop."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.training_loop import LAST

FLATNET = "flatnet"


@dataclass(frozen=True)
class Part:
    """One network of a FlatNet run. index: of the landmark in the view; None for stage 1, which finds all of them."""

    folder: str
    landmark: str = ""
    index: int | None = None

    @property
    def words(self) -> str:
        """What people call it."""
        return "stage 1" if self.index is None else f"stage 2 {self.landmark}"

    def started(self, run: Path) -> bool:
        """Whether the run holds a checkpoint of it."""
        return (run / self.folder / LAST).is_file()


def all_parts(scheme: Scheme, view: str) -> list[Part]:
    """Every network that a FlatNet of the view has, stage 1 first."""
    patches = [
        # numbered, because identifiers of foreign schemes may differ by what no file name can hold
        Part(f"patch_{index + 1:02d}_{re.sub(r'[^A-Za-z0-9-]', '_', landmark)}", landmark, index)
        for index, landmark in enumerate(scheme.ids(view))
    ]
    return [Part("detection"), *patches]


def chosen_parts(parts: Sequence[Part], stage: str, landmarks: str) -> list[Part]:
    """The parts that --stage (1, 2 or all) and --landmarks (identifiers with commas, or all) name; "" = all.

    Raises FootDeformityError for what is not there.
    """
    if stage not in ("", "1", "2", "all"):
        raise FootDeformityError(f"--stage {stage}: expected 1, 2 or all.")
    named = [] if landmarks in ("", "all") else [name.strip() for name in landmarks.split(",") if name.strip()]
    known = [part.landmark for part in parts if part.index is not None]
    strange = [name for name in named if name not in known]
    if strange:
        raise FootDeformityError(f"--landmarks {strange[0]}: no such landmark in this view. Known: {', '.join(known)}.")
    if named and stage == "1":
        raise FootDeformityError("--stage 1 finds all landmarks at once: leave --landmarks out, or choose --stage 2.")
    return [
        part
        for part in parts
        if (stage != "2" if part.index is None else stage != "1" and (not named or part.landmark in named))
    ]


def run_settings(run: Path) -> dict[str, Any]:
    """run.json of any run. Raises FootDeformityError if the folder holds none."""
    path = run / "run.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FootDeformityError(
            f"{run}: not a run folder, {path.name} cannot be read. Give the --out of train."
        ) from error
    return settings
