"""Trains the view recogniser: once for each fold of a cross-validation, then on all images."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.config_override import override
from FootDeformityTrainingLib.flatnet_run import run_settings
from FootDeformityTrainingLib.training_loop import LAST, SETTINGS, TrainingRun, started_otherwise
from FootDeformityTrainingLib.training_order import TrainingOrder
from FootDeformityTrainingLib.view_data import folds_of, load_small, read_view_images
from FootDeformityTrainingLib.view_recipe import VIEW, ViewRecipe
from FootDeformityTrainingLib.view_training_config import ViewTrainingConfig

#: folder of the network that is shipped; the folds' are fold0, fold1 ...
ALL = "all"


def train_view(order: TrainingOrder, report: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
    """Train into a run folder. Raises FootDeformityError for unusable data or settings."""
    config, folders = _of_run(order) if order.resume else _new(order)
    images = read_view_images(folders)
    report(f"reading {len(images)} images from {', '.join(folders)}")
    small, folds = load_small(images, report), folds_of(images, config.folds, config.loop.seed)
    write_text(
        order.out / SETTINGS, json.dumps({"network": VIEW, "training": config.to_dict(), "data": folders}, indent=1)
    )
    device = torch.device("cpu")  # thumbnails: a graphics card would wait for them
    for part, fold in run_parts(config):
        report(f"{part}: " + ("all images" if fold < 0 else f"without the images of fold {fold}"))
        recipe = ViewRecipe(replace(config, fold=fold), images, small, folds)
        run = TrainingRun(order.out / part, recipe.config.loop, recipe, device)
        if (order.out / part / LAST).is_file():
            run.resume()
        run.train(report)


def run_parts(config: ViewTrainingConfig) -> list[tuple[str, int]]:
    """Folder and held-out fold of each network of a run; the last one is held out nothing and is shipped."""
    return [*((f"fold{fold}", fold) for fold in range(config.folds)), (ALL, -1)]


def config_of_view_run(folder: Path, settings: dict[str, Any]) -> tuple[ViewTrainingConfig, list[str]]:
    """Configuration and data folders of a run. Raises FootDeformityError if it is none of the recogniser."""
    try:
        return ViewTrainingConfig.from_dict(settings["training"]), [str(name) for name in settings["data"]]
    except (KeyError, TypeError) as error:
        raise FootDeformityError(f"{folder / SETTINGS}: not the settings of train view ({error!r}).") from error


def _new(order: TrainingOrder) -> tuple[ViewTrainingConfig, list[str]]:
    if not order.data:
        raise FootDeformityError("give --data with a folder that holds a manifest.csv, or --resume.")
    if (order.out / SETTINGS).exists():
        raise FootDeformityError(f"{order.out}: holds a run already; go on with --resume or choose another --out.")
    config = override(ViewTrainingConfig(), order.assignments())
    if config.folds < 2:
        raise FootDeformityError(f"folds is {config.folds}; the recogniser's limits need at least 2.")
    return config, [str(Path(folder).resolve()) for folder in (order.data, *order.also)]


def _of_run(order: TrainingOrder) -> tuple[ViewTrainingConfig, list[str]]:
    config, folders = config_of_view_run(order.out, run_settings(order.out))
    asked = override(config, order.assignments())
    if asked != config:
        raise FootDeformityError(started_otherwise(order.out / SETTINGS, config.to_dict(), asked.to_dict()))
    return config, folders
