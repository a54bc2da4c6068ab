"""The runs of one cross-validation: one for each fold, all of one recipe, none of which saw its held-out images."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.model_folder import read_model
from FootDeformityTrainingLib.dataset import DatasetRow
from FootDeformityTrainingLib.flatnet_run import run_settings
from FootDeformityTrainingLib.image_fingerprint import TRAINED, image_fingerprint
from FootDeformityTrainingLib.split import ALL, fold_of
from FootDeformityTrainingLib.trained_network import TrainedNetwork, trained_network
from FootDeformityTrainingLib.training_config import TrainingConfig, config_of_run
from FootDeformityTrainingLib.training_loop import settings_differences


@dataclass(frozen=True, eq=False)
class FoldRun:
    """One finished run that held out fold ``fold`` of ``count``. share: of its weights, 1 = not blended."""

    folder: Path
    fold: int
    count: int
    settings: dict[str, Any]
    config: TrainingConfig
    share: float = 1.0

    def network(self) -> TrainedNetwork:
        """The averaged weights at the run's end: nothing was chosen on the images that judge them."""
        return trained_network(
            self.folder, self.settings, None if self.share == 1.0 else (self.config.init, self.share)
        )


def read_fold_runs(folders: Sequence[Path], share: float = 1.0) -> list[FoldRun]:
    """Read the runs, sorted by fold.

    share: of each run's weights; the rest is of the model that it started from. Raises FootDeformityError unless there
    is one finished run for every fold, and all have the same settings and seed.
    """
    runs = sorted((_fold_run(folder, share) for folder in folders), key=lambda run: run.fold)
    if not runs:
        raise FootDeformityError("give the folders of the fold runs, one for each fold.")
    first = runs[0]
    for run in runs[1:]:
        if run.count != first.count:
            raise FootDeformityError(
                f"{run.folder}: is fold {run.config.split}, {first.folder} is {first.config.split}: they divide the "
                "patients differently. Give the folds of one division."
            )
        if run.settings["scheme"] != first.settings["scheme"]:
            raise FootDeformityError(f"{run.folder}: was trained on another landmark scheme than {first.folder}.")
        different = list(settings_differences(recipe_of(first.config), recipe_of(run.config)))
        if different:
            words = ", ".join(different).replace(" then, ", " there, ").replace(" now", " here")
            raise FootDeformityError(
                f"{run.folder}: has other settings than {first.folder} ({words}). Folds of one cross-validation differ "
                "in nothing but --split."
            )
    found = [run.fold for run in runs]
    twice = sorted({fold for fold in found if found.count(fold) > 1})
    if twice:
        raise FootDeformityError(f"fold {twice[0]}/{first.count} is there {found.count(twice[0])} times: give it once.")
    missing = sorted(set(range(1, first.count + 1)) - set(found))
    if missing:
        words = ", ".join(f"{fold}/{first.count}" for fold in missing)
        raise FootDeformityError(f"the run of fold {words} is missing: train it with --split, and give all runs.")
    return runs


def recipe_of(config: TrainingConfig) -> dict[str, Any]:
    """The settings, as JSON has them, that folds of one cross-validation and the model it stands for have in common."""
    values: dict[str, Any] = json.loads(json.dumps(config.to_dict()))
    del values["split"]
    del values["loop"]["picture_every"]
    return values | {"init": "a model" if config.init else ""}


def seen_by_start(run: FoldRun) -> set[str]:
    """Fingerprints of the images on which the model that a run started from was trained, none without such a model.

    Raises FootDeformityError if it does not say.
    """
    if not run.config.init:
        return set()
    seen = read_model(run.config.init).notes.get(TRAINED)
    if seen is None:
        raise FootDeformityError(
            f"{run.config.init}: does not say on which images it was trained, so that nobody knows whether the images "
            f"held out of {run.folder} are among them. Export it again, and start the folds from that."
        )
    return set(seen)


def check_start(run: FoldRun, held_out: Sequence[DatasetRow]) -> None:
    """Raise FootDeformityError if the model that a run started from was trained on images that are to judge it."""
    seen = seen_by_start(run)
    known = [row.image.name for row in held_out if image_fingerprint(row.image) in seen]
    if known:
        raise FootDeformityError(
            f"{run.folder}: started from {run.config.init}, which was trained on {len(known)} of the "
            f"{len(held_out)} held-out images ({known[0]}, ...). Start every fold from a model that has not seen its "
            "images: one trained with the same --split, or on simulated images alone."
        )


def _fold_run(folder: Path, share: float) -> FoldRun:
    settings = run_settings(folder)
    network = settings.get("network", "hih")
    if network != "hih":
        raise FootDeformityError(f"{folder}: a run of {network}; cross-validation is for runs of HIH.")
    config = config_of_run(settings)
    if config.split in ("", ALL):
        raise FootDeformityError(
            f"{folder}: was not trained as one fold of a cross-validation ({_split_words(config.split)}). Expected a "
            "run of train --split K/N."
        )
    if not 0.0 <= share <= 1.0:
        raise FootDeformityError(f"The share of the runs' weights is {share:g}; give a number from 0 to 1.")
    if share != 1.0 and not config.init:
        raise FootDeformityError(f"{folder}: started from no model (--init) with which it could be blended.")
    fold, count = fold_of(config.split)
    run = FoldRun(folder, fold, count, settings, config, share)
    epoch = run.network().epoch
    if epoch != config.loop.epochs:
        raise FootDeformityError(
            f"{folder}: holds the network of epoch {epoch} of {config.loop.epochs}. Go on with train --resume."
        )
    return run


def _split_words(split: str) -> str:
    return "it holds nothing out" if split == ALL else "it keeps the data's own split"
