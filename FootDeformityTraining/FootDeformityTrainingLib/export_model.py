"""From a finished run to a model folder with its figures, its calibrated confidence and its card."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib import __version__
from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, HIHConfig, parameter_count
from FootDeformityLib.network.model_folder import write_model
from FootDeformityTrainingLib.calibration import calibrate
from FootDeformityTrainingLib.checkpoint import load_checkpoint
from FootDeformityTrainingLib.dataset import read_rows, split_rows
from FootDeformityTrainingLib.model_card import CARD, model_card
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.train_hih import VALIDATION_SHARE, load_usable
from FootDeformityTrainingLib.training_config import TrainingConfig
from FootDeformityTrainingLib.training_loop import BEST, SETTINGS
from FootDeformityTrainingLib.validation import network_look, validate


def export_model(
    run: str | Path,
    out: str | Path,
    data: str | Path | None = None,
    name: str | None = None,
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Validate, calibrate and write the model. Raises FootDeformityError for an unusable run or data."""
    settings = _settings(Path(run))
    config = TrainingConfig.from_dict(settings["training"])
    architecture, codec = HIHConfig.from_dict(settings["architecture"]), HIHCodec(**settings["codec"])
    scheme = load_scheme(config.scheme)
    if not (Path(run) / BEST).is_file():
        raise FootDeformityError(
            f"{run}: holds no validated network yet; validation follows every {config.validate_every} epochs and the "
            "last one. Go on with train --resume."
        )
    checkpoint = load_checkpoint(Path(run) / BEST)
    network = HIH(architecture)
    network.load_state_dict(checkpoint["network"])
    network.half().float()  # judge what is shipped: weights in half precision
    _, rows = split_rows(read_rows(Path(data or settings["data"]), config.view, scheme), VALIDATION_SHARE, config.seed)
    samples = load_usable(rows, scheme, report)
    shape = np.asarray(settings["mean_shape"]) if config.augmentation.close_share else None
    report(f"validating on {len(samples)} images ...")
    result = validate(network_look(network.eval(), codec), samples, shape, codec.input_size, scheme)
    confidence, check = calibrate(result.looks, result.errors)
    notes: dict[str, Any] = {
        "name": name or f"footdeformity-{config.view.lower()}-{config.preset}",
        "software": f"footdeformity {__version__}",
        "parameters": parameter_count(network),
        "epoch": checkpoint["epoch"],
        "training": settings["training"],
        "training_images": settings["images"]["train"],
        "sources": settings["sources"],
        "validation": model_metrics(result, scheme.ids(config.view)),
        "confidence_check": check,
    }
    write_model(
        out,
        network,
        view=config.view,
        scheme=scheme,
        codec=codec,
        normalise=True,
        mean_shape=shape,
        confidence=confidence,
        notes=notes,
    )
    write_text(Path(out) / CARD, model_card(config.view, notes))
    certain = notes["validation"]["certain"]
    report(f"{out}: mean error {certain['error_percent']:.2f} % of foot length (certain points, n = {certain['n']})")


def _settings(run: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((run / SETTINGS).read_text("utf-8"))
        return settings
    except (OSError, json.JSONDecodeError) as error:
        raise FootDeformityError(
            f"{run}: not a run folder, {SETTINGS} cannot be read. Give the --out of train."
        ) from error
