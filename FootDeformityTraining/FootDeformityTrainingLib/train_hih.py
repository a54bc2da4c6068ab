"""Composes one HIH training from what the command line or the Slicer module was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.hih import preset
from FootDeformityTrainingLib.dataset import DatasetRow, load_sample, read_rows, split_rows
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.training_config import PAPER_AUGMENTATION, TrainingConfig
from FootDeformityTrainingLib.training_loop import LAST, Run

VALIDATION_SHARE = 0.2


def train_hih(
    data: str | Path,
    view: str,
    out: str | Path,
    preset_name: str = "compact",
    epochs: int | None = None,
    batch: int | None = None,
    seed: int = 0,
    scheme_name: str = "foot27",
    device: str = "auto",
    resume: bool = False,
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Train from an annotated folder into a run folder. Raises FootDeformityError for unusable data or settings."""
    folder = Path(out)
    if not resume and (folder / LAST).exists():
        raise FootDeformityError(f"{folder}: holds a run already; go on with --resume or choose another --out.")
    scheme = load_scheme(scheme_name)
    view = _view(view, scheme)
    config = _configuration(view, preset_name, scheme_name, epochs, batch, seed)
    train_rows, validation_rows = split_rows(read_rows(Path(data), view, scheme), VALIDATION_SHARE, seed)
    train, validation = load_usable(train_rows, scheme, report), load_usable(validation_rows, scheme, report)
    report(f"{view}: {len(train)} training and {len(validation)} validation images from {data}")
    architecture = preset(preset_name, len(scheme.ids(view)))
    run = Run(folder, config, architecture, scheme, train, validation, _device(device), data=str(data))
    if resume:
        run.resume()
    run.train(report)


def load_usable(rows: list[DatasetRow], scheme: Scheme, report: Callable[[str], None]) -> list[Sample]:
    """Decode rows; unusable ones are named and left out, those that only a network has seen are counted.

    Raises FootDeformityError if none is left.
    """
    samples, unseen = [], 0
    for row in rows:
        try:
            samples.append(load_sample(row, scheme))
        except FootDeformityError as error:
            report(f"left out: {error}")
        else:
            unseen += _unseen_by_people(row.landmarks)
    if unseen:
        report(f"{unseen} of {len(rows)} landmark files stand as a network left them: check that they may teach one.")
    if not samples:
        raise FootDeformityError(f"none of {len(rows)} images is usable; the reasons stand above.")
    return samples


def _unseen_by_people(landmarks: Path) -> bool:
    try:
        return untouched_by_people(landmarks)
    except FootDeformityError:  # several lists in one file: a person put them together
        return False


def _view(name: str, scheme: Scheme) -> str:
    for view in scheme.views:
        if view.lower() == name.lower():
            return view
    raise FootDeformityError(f"--view {name}: scheme {scheme.name} has the views {', '.join(scheme.views)}.")


def _configuration(
    view: str, preset_name: str, scheme: str, epochs: int | None, batch: int | None, seed: int
) -> TrainingConfig:
    config = TrainingConfig(view=view, preset=preset_name, scheme=scheme, seed=seed)
    if preset_name == "paper":  # batch, epochs, loss and augmentation as published
        turn = 15.0 if view == "AP" else 180.0
        config = replace(
            config,
            batch=4,
            epochs=100,
            foreground_weight=0.0,
            ema_decay=0.0,
            augmentation=replace(PAPER_AUGMENTATION, rotation_wide=turn),
        )
    return replace(config, epochs=epochs or config.epochs, batch=batch or config.batch)


def _device(name: str) -> str:
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise FootDeformityError(f"--device {name}: not available here ({str(error).splitlines()[0]}).") from error
    return name
