"""From a finished run to a model folder with its figures, its calibrated confidence and its card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib import __version__
from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, parameter_count
from FootDeformityLib.network.model_folder import read_model, write_model
from FootDeformityTrainingLib.calibration import calibrate
from FootDeformityTrainingLib.checkpoint import load_checkpoint
from FootDeformityTrainingLib.dataset import read_rows, split_rows
from FootDeformityTrainingLib.export_flatnet import export_flatnet
from FootDeformityTrainingLib.flatnet_run import FLATNET, run_settings
from FootDeformityTrainingLib.image_fingerprint import seen_images
from FootDeformityTrainingLib.model_card import CARD, model_card
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.training_config import config_of_run
from FootDeformityTrainingLib.training_data import VALIDATION_SHARE, load_validation_data
from FootDeformityTrainingLib.training_log import seconds_per_epoch
from FootDeformityTrainingLib.training_loop import BEST
from FootDeformityTrainingLib.validation import network_look, validate
from FootDeformityTrainingLib.weight_blend import blended


def export_model(
    run: str | Path,
    out: str | Path,
    data: str | Path | None = None,
    name: str | None = None,
    remarks: str | Path | None = None,
    blend: tuple[str | Path, float] | None = None,
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Validate, calibrate and write the model.

    blend: model folder that the run started from, and the share of the run's weights, see weight_blend.py.
    Raises FootDeformityError for an unusable run or data.
    """
    settings, limits = run_settings(Path(run)), _text(remarks)
    network_name = settings.get("network", "hih")
    if network_name == FLATNET:
        if blend is not None:
            raise FootDeformityError(f"{run}: only weights of HIH can be blended, and this is a FlatNet run.")
        export_flatnet(Path(run), settings, out, data, name, limits, report)
        return
    if network_name != "hih":
        raise FootDeformityError(
            f"{run}: one part ({network_name}) of a run. Give the folder above it, {Path(run).parent}."
        )
    config = config_of_run(settings)
    codec = HIHCodec(**settings["codec"])
    scheme = load_scheme(config.scheme)
    if not (Path(run) / BEST).is_file():
        raise FootDeformityError(
            f"{run}: holds no validated network yet; validation follows every {config.loop.validate_every} epochs and "
            "the last one. Go on with train --resume."
        )
    checkpoint = load_checkpoint(Path(run) / BEST)
    network = HIH(config.architecture)
    weights = checkpoint["network"]
    if blend is not None:
        weights = blended(weights, config.architecture, *blend)
    network.load_state_dict(weights)
    network.half().float()  # judge what is shipped: weights in half precision
    folder = Path(data or settings["data"])
    samples = load_validation_data(folder, config.view, scheme, config.loop.seed, report)
    shape = np.asarray(settings["mean_shape"]) if config.augmentation.close_share else None
    report(f"validating on {len(samples)} images ...")
    result = validate(network_look(network.eval(), codec), samples, shape, codec.input_size, scheme)
    confidence, check = calibrate(result.looks, result.errors)
    notes: dict[str, Any] = {
        "name": name or f"footdeformity-{config.view.lower()}-{config.preset}",
        "software": f"footdeformity {__version__}",
        "parameters": parameter_count(network),
        "epoch": checkpoint["epoch"],
        "training": _without_folders(config.to_dict()),
        **({} if blend is None else {"blended_with": read_model(blend[0]).name, "share_of_run": blend[1]}),
        "training_images": settings["images"]["train"],
        "training_seconds_per_epoch": seconds_per_epoch(Path(run)),
        "sources": settings["sources"],
        "error_unit": "foot length" if config.view in scheme.foot_length else "the landmarks' extent",
        "validation": model_metrics(result, scheme.ids(config.view)),
        "confidence_check": check,
        **seen_images(*split_rows(read_rows(folder, config.view, scheme), VALIDATION_SHARE, config.loop.seed)),
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
    write_text(Path(out) / CARD, model_card(config.view, notes, limits))
    certain = notes["validation"]["certain"]
    report(
        f"{out}: mean error {certain['error_percent']:.2f} % of {notes['error_unit']} "
        f"(certain points, n = {certain['n']})"
    )


def _without_folders(training: dict[str, Any]) -> dict[str, Any]:
    """Settings to give away: where a model lay on this machine is nobody's business."""
    return training | ({"init": Path(training["init"]).name} if training.get("init") else {})


def _text(file: str | Path | None) -> str:
    try:
        return "" if file is None else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FootDeformityError(f"{file}: the remarks cannot be read as text ({error}).") from error
