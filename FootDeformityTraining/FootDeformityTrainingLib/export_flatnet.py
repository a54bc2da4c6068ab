"""From a FlatNet run to a model folder: both stages packed, judged together and calibrated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from FootDeformityLib import __version__
from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.flatnet import FlatNet
from FootDeformityLib.network.hih import parameter_count
from FootDeformityLib.network.model_folder import write_flatnet_model
from FootDeformityTrainingLib.calibration import calibrate
from FootDeformityTrainingLib.checkpoint import load_checkpoint
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.flatnet_run import Part, all_parts
from FootDeformityTrainingLib.flatnet_training_config import FlatNetTrainingConfig
from FootDeformityTrainingLib.image_fingerprint import seen_images
from FootDeformityTrainingLib.model_card import CARD, model_card
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.split import divide
from FootDeformityTrainingLib.training_data import load_validation_data
from FootDeformityTrainingLib.training_log import seconds_per_epoch
from FootDeformityTrainingLib.training_loop import BEST, SETTINGS
from FootDeformityTrainingLib.validation import compare

_REPORTED = 10  # images between two lines


def export_flatnet(
    run: Path,
    settings: dict[str, Any],
    out: str | Path,
    data: str | Path | None,
    name: str | None,
    limits: str,
    report: Callable[[str], None],
) -> None:
    """See `export_model`; settings: of the run. Raises FootDeformityError naming the networks that are missing."""
    try:
        config = FlatNetTrainingConfig.from_dict(settings["training"])
    except (KeyError, TypeError) as error:
        raise FootDeformityError(f"{run / SETTINGS}: not the settings of a FlatNet run ({error!r}).") from error
    scheme = load_scheme(config.scheme)
    parts, ids = all_parts(scheme, config.view), scheme.ids(config.view)
    network, epochs = _packed(run, config, parts)
    folder, seed = Path(data or settings["data"]), config.detection.seed
    samples = load_validation_data(folder, config.view, scheme, seed, report)
    report(f"validating on {len(samples)} images ...")
    network.to("cuda" if torch.cuda.is_available() else "cpu")

    def progress(done: int) -> None:
        if done % _REPORTED == 0:
            report(f"{done} of {len(samples)} images")

    result = compare(network.find, samples, scheme, progress)
    confidence, check = calibrate(result.looks, result.errors)
    times = [seconds_per_epoch(run / part.folder) for part in parts]
    notes: dict[str, Any] = {
        "name": name or f"flatnet-{config.view.lower()}-{config.preset}",
        "software": f"footdeformity {__version__}",
        "parameters": parameter_count(network),
        "epoch": epochs,
        "training": config.to_dict(),
        "training_images": settings["images"]["train"],
        # an epoch of every network, one after the other
        "training_seconds_per_epoch": None if None in times else round(sum(t for t in times if t is not None), 1),
        "sources": settings["sources"],
        "error_unit": _unit(scheme, config.view),
        "validation": model_metrics(result, ids),
        "confidence_check": check,
        **seen_images(*divide(read_rows(folder, config.view, scheme), "", seed)),
    }
    write_flatnet_model(
        out, network.cpu(), config.architecture, view=config.view, scheme=scheme, confidence=confidence, notes=notes
    )
    write_text(Path(out) / CARD, model_card(config.view, notes, limits))
    certain = notes["validation"]["certain"]
    report(
        f"{out}: mean error {certain['error_percent']:.2f} % of {notes['error_unit']} "
        f"(certain points, n = {certain['n']})"
    )


def _packed(run: Path, config: FlatNetTrainingConfig, parts: list[Part]) -> tuple[FlatNet, dict[str, int]]:
    """The trained network with weights as they are shipped, in half precision, and the best epoch of each part."""
    missing = [part.words for part in parts if not (run / part.folder / BEST).is_file()]
    if missing:
        raise FootDeformityError(
            f"{run}: not all of FlatNet is trained, there is no validated network of {', '.join(missing)}. Train the "
            "rest with train flatnet --stage and --landmarks, or go on with --resume."
        )
    network = FlatNet(config.architecture, len(parts) - 1)
    epochs = {}
    for part in parts:
        checkpoint = load_checkpoint(run / part.folder / BEST)
        module = network.coarse if part.index is None else network.patches[part.index]
        _load(module, checkpoint["network"], run / part.folder / BEST)
        epochs[part.words] = int(checkpoint["epoch"])
    return network.eval().requires_grad_(False), epochs


def _load(module: nn.Module, state: dict[str, Tensor], file: Path) -> None:
    shipped = {key: value.half().float() if value.is_floating_point() else value for key, value in state.items()}
    if not all(bool(value.isfinite().all()) for value in shipped.values()):
        raise FootDeformityError(f"{file}: holds weights too large for half precision. Train again with clip_norm=1.")
    module.load_state_dict(shipped)


def _unit(scheme: Scheme, view: str) -> str:
    return "foot length" if view in scheme.foot_length else "the landmarks' extent"
