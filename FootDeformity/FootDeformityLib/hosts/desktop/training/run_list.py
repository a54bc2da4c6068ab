"""The runs of a folder and how each stands, read from what the training writes. No torch here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from FootDeformityTrainingLib.training_log import LOG, read_log
from FootDeformityTrainingLib.training_order import TrainingOrder
from FootDeformityTrainingLib.training_process import TrainingProcess, TrainingProgress

_SETTINGS = "run.json"


@dataclass(frozen=True)
class Run:
    """One run folder. network, view and data are empty where run.json does not say.

    parts: folders of the networks that make up the run, each trained by itself; HIH has none.
    """

    folder: Path
    network: str = ""
    view: str = ""
    data: str = ""
    parts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.folder.name

    def process(self, python: str, device: str = "auto", packages: Path | None = None) -> TrainingProcess:
        """Return what can tell how it stands, and can resume it on a device."""
        return TrainingProcess(TrainingOrder(self.folder, self.network or "hih", device=device), python, packages)

    @property
    def parts_done(self) -> int:
        """How many of its parts are trained to the end."""
        return sum(_trained(self.folder / part) for part in self.parts)

    def part_of_whole(self, progress: TrainingProgress) -> float:
        """Return how much of the training is done, 0..1. progress: of this run."""
        epochs = min(progress.epoch / progress.epochs, 1.0) if progress.epochs else 0.0
        if not self.parts:
            return epochs
        done = self.parts_done
        return (done + (epochs if epochs < 1 else 0.0)) / len(self.parts)

    def finished(self, progress: TrainingProgress) -> bool:
        """Whether there is nothing left to train. progress: of this run."""
        if progress.running:
            return False
        if any("ended early" in line for line in progress.lines[-3:]) and not self.parts:
            return True
        return all(_trained(self.folder / part) for part in self.parts or (".",))


def find_runs(folder: Path) -> tuple[Run, ...]:
    """Runs directly below a folder, the one that was written to last first."""
    found = [file.parent for file in folder.glob(f"*/{_SETTINGS}")] if folder.is_dir() else []
    return tuple(read_run(one) for one in sorted(found, key=_written, reverse=True))


def read_run(folder: Path) -> Run:
    """Read what run.json says of the run."""
    try:
        settings = json.loads((folder / _SETTINGS).read_text("utf-8"))
        view, data = str(settings["training"]["view"]), str(settings["data"])
        return Run(folder, str(settings.get("network", "hih")), view, data, tuple(settings.get("parts", ())))
    except (OSError, ValueError, KeyError, TypeError):
        return Run(folder)


def seconds_left(progress: TrainingProgress) -> float | None:
    """Estimate from the last epochs, None before the first one is done."""
    seconds = [float(row["seconds"]) for row in progress.rows[-10:] if row.get("seconds")]
    if not seconds or progress.epochs is None:
        return None
    return median(seconds) * max(0, progress.epochs - progress.epoch)


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def last_picture(folder: Path) -> Path | None:
    """Return the newest sample picture of a run, None before there is one."""
    pictures: Sequence[Path] = sorted(folder.glob("**/pictures/*.png"), key=_written)
    return pictures[-1] if pictures else None


def free_name(folder: Path, view: str, network: str) -> str:
    """Return a name for a run that no folder has yet."""
    number = 1
    while (folder / f"{view.lower()}-{network}-{number}").exists():
        number += 1
    return f"{view.lower()}-{network}-{number}"


def _trained(folder: Path) -> bool:
    """Whether a network has been trained to its last epoch."""
    try:
        epochs = int(json.loads((folder / _SETTINGS).read_text("utf-8"))["loop"]["epochs"])
        return int(read_log(folder / LOG)[-1]["epoch"]) >= epochs
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return False


def _written(path: Path) -> float:
    """When it changed last; of a run's folder: when an epoch ended or it was started."""
    times = [file.stat().st_mtime for file in (path / LOG, path / _SETTINGS, path) if file.exists()]
    return max(times, default=0.0)
