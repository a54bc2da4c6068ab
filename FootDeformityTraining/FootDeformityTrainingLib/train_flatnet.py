"""Composes one FlatNet training, stage after stage and landmark after landmark, in one run folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.flatnet_config import FLATNET_PRESETS
from FootDeformityTrainingLib.config_override import override
from FootDeformityTrainingLib.distributed import Workers, joined_workers
from FootDeformityTrainingLib.flatnet_detection_recipe import FlatNetDetectionRecipe
from FootDeformityTrainingLib.flatnet_images import reduced_for_both
from FootDeformityTrainingLib.flatnet_patch_recipe import FlatNetPatchRecipe
from FootDeformityTrainingLib.flatnet_run import FLATNET, Part, all_parts, chosen_parts, run_settings
from FootDeformityTrainingLib.flatnet_training_config import FlatNetTrainingConfig, flatnet_preset
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.training_data import load_training_data
from FootDeformityTrainingLib.training_loop import FORMAT, SETTINGS, TrainingRun, started_otherwise
from FootDeformityTrainingLib.training_order import TrainingOrder

Report = Callable[[str], None]


def train_flatnet(order: TrainingOrder, report: Report = lambda line: print(line, flush=True)) -> None:
    """Train the parts that were asked for; a run folder may be filled by several calls.

    Raises FootDeformityError for unusable data or settings, or a part that is there already without ``resume``.
    """
    if order.init:
        raise FootDeformityError(
            f"--init {order.init}: FlatNet starts from --backbone and --encoder, not from a model."
        )
    known = run_settings(order.out) if (order.out / SETTINGS).is_file() else None
    config, scheme, data = _new_configuration(order) if known is None else _configuration_of_run(order, known)
    every = all_parts(scheme, config.view)
    parts = chosen_parts(every, order.stage, order.landmarks)
    if known is not None and order.resume and not (order.stage or order.landmarks):
        parts = [part for part in every if part.folder in known["parts"]]
    if not order.resume:
        for part in parts:
            if part.started(order.out):
                raise FootDeformityError(
                    f"{order.out}: holds {part.words} already; go on with --resume or choose another --out."
                )
    with joined_workers(order.device) as (workers, device):
        say = report if workers.first else _nothing
        train, validation = load_training_data(
            data,
            config.view,
            scheme,
            config.detection.seed,
            say,
            partial(reduced_for_both, config=config.architecture),
            order.strict,
            order.table or None,
        )
        say(f"{config.view}: {len(train)} training and {len(validation)} validation images from {data}")
        if workers.first:
            ordered = {part.folder for part in parts} | set(known["parts"] if known else ())
            _write_settings(
                order.out, config, scheme, data, [p.folder for p in every if p.folder in ordered], train, validation
            )
        for number, part in enumerate(parts, start=1):
            said = partial(_with_start, say, f"{part.words} ({number}/{len(parts)})")
            _train_part(order.out / part.folder, part, config, train, validation, device, workers, said)
        missing = [part.words for part in every if not part.started(order.out)]
        if missing:
            say(f"{order.out}: not trained yet: {', '.join(missing)}.")


def _train_part(
    folder: Path,
    part: Part,
    config: FlatNetTrainingConfig,
    train: Sequence[Sample],
    validation: Sequence[Sample],
    device: torch.device,
    workers: Workers,
    say: Report,
) -> None:
    recipe: FlatNetDetectionRecipe | FlatNetPatchRecipe
    if part.index is None:
        recipe, loop = FlatNetDetectionRecipe(config, train, validation), config.detection
    else:
        recipe, loop = FlatNetPatchRecipe(config, part.landmark, part.index, train, validation), config.patch
    run: TrainingRun[Any] = TrainingRun(folder, loop, recipe, device, workers)  # Any: each recipe has its own batch
    if part.started(folder.parent):
        run.resume()
        if run.finished:
            say(f"is finished (epoch {run.epoch})")
            return
    run.train(say)


def _new_configuration(order: TrainingOrder) -> tuple[FlatNetTrainingConfig, Scheme, str]:
    if order.resume:
        raise FootDeformityError(f"{order.out}: no run there; start the training without --resume.")
    if not order.view or not order.data:
        raise FootDeformityError("give --view and --data, or --resume with the folder of a run.")
    scheme_name = order.scheme or "foot27"
    scheme, name = load_scheme(scheme_name), order.preset or "paper"
    if name not in FLATNET_PRESETS:
        raise FootDeformityError(f"--preset {name}: known are {', '.join(FLATNET_PRESETS)}.")
    backbone, encoder = (str(Path(file).resolve()) if file else "" for file in (order.backbone, order.encoder))
    config = flatnet_preset(name, scheme.view_named(order.view), scheme_name, backbone, encoder)
    return _overridden(config, order), scheme, order.data


def _configuration_of_run(order: TrainingOrder, known: dict[str, Any]) -> tuple[FlatNetTrainingConfig, Scheme, str]:
    path = order.out / SETTINGS
    if known.get("network") != FLATNET:
        raise FootDeformityError(f"{path}: a run of {known.get('network', 'hih')}, expected {FLATNET}. Choose another.")
    try:
        config, data = FlatNetTrainingConfig.from_dict(known["training"]), str(order.data or known["data"])
        known["parts"]
    except (ValueError, KeyError, TypeError) as error:
        raise FootDeformityError(f"{path}: not the settings of a FlatNet run ({error!r}).") from error
    scheme = load_scheme(order.scheme or config.scheme)
    asked = replace(
        config,
        view=scheme.view_named(order.view) if order.view else config.view,
        scheme=order.scheme or config.scheme,
        preset=order.preset or config.preset,
        backbone_weights=str(Path(order.backbone).resolve()) if order.backbone else config.backbone_weights,
        encoder_weights=str(Path(order.encoder).resolve()) if order.encoder else config.encoder_weights,
    )
    asked = _overridden(asked, order)
    if asked != config:
        raise FootDeformityError(started_otherwise(path, config.to_dict(), asked.to_dict()))
    return config, scheme, data


def _overridden(config: FlatNetTrainingConfig, order: TrainingOrder) -> FlatNetTrainingConfig:
    return override(config, _of_both_stages(order.assignments()))


def _of_both_stages(assignments: Sequence[str]) -> list[str]:
    """Seed, epochs and the other settings of the loop mean both stages where no stage is named."""
    found = []
    for assignment in assignments:
        name = assignment.partition("=")[0].strip()
        both = name in LoopConfig.__dataclass_fields__
        found += [f"{stage}.{assignment}" for stage in ("detection", "patch")] if both else [assignment]
    return found


def _write_settings(
    out: Path,
    config: FlatNetTrainingConfig,
    scheme: Scheme,
    data: str,
    parts: list[str],
    train: Sequence[Sample],
    validation: Sequence[Sample],
) -> None:
    settings = {
        "format": FORMAT,
        "network": FLATNET,
        "training": config.to_dict(),
        "scheme": {"name": scheme.name, "sha256": scheme.sha256},
        "data": data,
        "parts": parts,
        "images": {"train": len(train), "validation": len(validation)},
        "sources": sorted({sample.source for sample in train if sample.source}),
    }
    write_text(out / SETTINGS, json.dumps(settings, indent=1))


def _with_start(say: Report, start: str, line: str) -> None:
    say(f"{start}: {line}")


def _nothing(line: str) -> None:
    return
