"""Composes one HIH training from what the command line or the Slicer module was told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.hih import PRESETS
from FootDeformityLib.network.model_folder import read_hih_model
from FootDeformityTrainingLib.config_override import override
from FootDeformityTrainingLib.distributed import joined_workers
from FootDeformityTrainingLib.hih_recipe import HIHRecipe
from FootDeformityTrainingLib.sample import shrunk
from FootDeformityTrainingLib.training_config import TrainingConfig, config_of_run, preset_config
from FootDeformityTrainingLib.training_data import load_training_data
from FootDeformityTrainingLib.training_loop import LAST, SETTINGS, TrainingRun, started_otherwise
from FootDeformityTrainingLib.training_order import TrainingOrder

#: fine-tuning: a network that knows the points needs neither so long nor such large steps
_FINE_TUNING = ("epochs=40", "learning_rate=2e-4")


def train_hih(order: TrainingOrder, report: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
    """Train from an annotated folder into a run folder. Raises FootDeformityError for unusable data or settings."""
    if order.resume:
        config, scheme, data = _configuration_of_run(order)
    elif (order.out / LAST).exists():
        raise FootDeformityError(f"{order.out}: holds a run already; go on with --resume or choose another --out.")
    else:
        config, scheme, data = _new_configuration(order)
    with joined_workers(order.device) as (workers, device):
        say = report if workers.first else _nothing
        reduce = partial(shrunk, input_size=config.architecture.input_size)
        train, validation = load_training_data(
            data,
            config.view,
            scheme,
            config.loop.seed,
            say,
            reduce,
            order.strict,
            order.table or None,
            config.split,
        )
        say(f"{config.view}: {len(train)} training and {len(validation)} validation images from {data}")
        recipe = HIHRecipe(config, scheme, train, validation, data)
        train.clear()  # the cache holds them
        run = TrainingRun(order.out, config.loop, recipe, device, workers)
        say(f"{recipe.cache.bytes / 1e6:.0f} MB of decoded images on {device}, {workers.count} process(es)")
        if order.resume:
            run.resume()
        run.train(say)


def _new_configuration(order: TrainingOrder) -> tuple[TrainingConfig, Scheme, str]:
    if not order.view or not order.data:
        raise FootDeformityError("give --view and --data, or --resume with the folder of a run.")
    scheme_name = order.scheme or "foot27"
    scheme = load_scheme(scheme_name)
    view = scheme.view_named(order.view)
    if order.init:
        if order.preset:
            raise FootDeformityError(f"--init {order.init} brings its own architecture: leave --preset out.")
        config = _fine_tuning_config(order.init, view, scheme_name)
    else:
        name = order.preset or "compact"
        if name not in PRESETS:
            raise FootDeformityError(f"--preset {name}: known are {', '.join(PRESETS)}.")
        config = preset_config(name, view, scheme_name, len(scheme.ids(view)))
    return _last_epoch_counts(override(config, order.assignments())), scheme, order.data


def _fine_tuning_config(folder: str, view: str, scheme_name: str) -> TrainingConfig:
    model = read_hih_model(folder)
    config = preset_config("compact", view, scheme_name, model.architecture.landmarks)
    if model.mean_shape is None:  # a network that sees the whole image once, upright
        config = replace(config, augmentation=preset_config("paper", view, scheme_name, 0).augmentation)
    name = str(model.notes.get("training", {}).get("preset", model.path.name))
    config = replace(config, architecture=model.architecture, preset=name, init=str(Path(folder).resolve()))
    return override(config, _FINE_TUNING)


def _configuration_of_run(order: TrainingOrder) -> tuple[TrainingConfig, Scheme, str]:
    path = order.out / SETTINGS
    if not path.is_file() or not (order.out / LAST).is_file():
        raise FootDeformityError(f"{order.out}: no checkpoint there; start the training without --resume.")
    try:
        settings = json.loads(path.read_text("utf-8"))
        config = config_of_run(settings)
        data = order.data or settings["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise FootDeformityError(f"{path}: not the settings of an HIH run ({error!r}).") from error
    scheme = load_scheme(order.scheme or config.scheme)
    asked = replace(
        config,
        view=scheme.view_named(order.view) if order.view else config.view,
        preset=order.preset or config.preset,
    )
    asked = _last_epoch_counts(override(asked, order.assignments()))
    if asked != config:
        raise FootDeformityError(started_otherwise(path, config.to_dict(), asked.to_dict()))
    return config, scheme, data


def _last_epoch_counts(config: TrainingConfig) -> TrainingConfig:
    """Nothing may be chosen on held-out images that are to judge the run: one validation, at its end."""
    if not config.split:
        return config
    return replace(config, loop=replace(config.loop, validate_every=config.loop.epochs, patience=0))


def _nothing(line: str) -> None:
    return
