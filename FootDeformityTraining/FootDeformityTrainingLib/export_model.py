"""From a finished run to a model folder with its figures, its calibrated confidence and its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from FootDeformityLib import __version__
from FootDeformityLib.atomic_write import replacing, write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.confidence import ConfidenceModel
from FootDeformityLib.network.hih import parameter_count
from FootDeformityLib.network.model_folder import read_model, write_model
from FootDeformityTrainingLib.calibration import calibrate
from FootDeformityTrainingLib.cross_validation_file import PICTURE, check_speaks_of, read_cross_validation
from FootDeformityTrainingLib.dataset import DatasetRow, read_rows
from FootDeformityTrainingLib.export_flatnet import export_flatnet
from FootDeformityTrainingLib.export_view import export_view
from FootDeformityTrainingLib.flatnet_run import FLATNET, run_settings
from FootDeformityTrainingLib.image_fingerprint import CHOSEN, TRAINED, seen_images
from FootDeformityTrainingLib.model_card import CARD, model_card
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.split import ALL, divide
from FootDeformityTrainingLib.trained_network import TrainedNetwork, trained_network
from FootDeformityTrainingLib.training_config import TrainingConfig, config_of_run
from FootDeformityTrainingLib.training_data import load_validation_data
from FootDeformityTrainingLib.training_log import seconds_per_epoch
from FootDeformityTrainingLib.view_recipe import VIEW

#: of cross_validation.json: what a model keeps in places of its own, or need not know
_ELSEWHERE = ("format", "view", "scheme", "error_unit", "real", "confidence", "confidence_check", "images_sha256")
Report = Callable[[str], None]


class _Judged(NamedTuple):
    """What is known of a network's quality: its calibrated confidence and notes for model.json."""

    confidence: ConfidenceModel
    notes: dict[str, Any]


def export_model(
    run: str | Path,
    out: str | Path,
    data: str | Path | None = None,
    name: str | None = None,
    remarks: str | Path | None = None,
    blend: tuple[str | Path, float] | None = None,
    report: Report = lambda line: print(line, flush=True),
    cross_validation: str | Path | None = None,
    other_recipe: bool = False,
) -> None:
    """Validate, calibrate and write the model.

    blend: model folder that the run started from, and the share of the run's weights, see weight_blend.py.
    cross_validation: folder of figures of the same recipe instead of the run's own validation, see cross_validation.py.
    other_recipe: take the figures although the folds were trained otherwise; the card then says how.
    Raises FootDeformityError for an unusable run or data.
    """
    settings, limits = run_settings(Path(run)), _text(remarks)
    network_name = settings.get("network", "hih")
    if network_name == FLATNET:
        if blend is not None or cross_validation is not None:
            words = "blended" if blend is not None else "cross-validated"
            raise FootDeformityError(f"{run}: only networks of HIH can be {words}, and this is a FlatNet run.")
        export_flatnet(Path(run), settings, out, data, name, limits, report)
        return
    if network_name == VIEW:
        export_view(Path(run), settings, out, name, limits, report)
        return
    if network_name != "hih":
        raise FootDeformityError(
            f"{run}: one part ({network_name}) of a run. Give the folder above it, {Path(run).parent}."
        )
    config = config_of_run(settings)
    if config.split == ALL and cross_validation is None:
        raise FootDeformityError(
            f"{run}: was trained on every image, so that none is left to judge it. Train the folds of the same recipe "
            "(train --split 1/5 and so on), run cross-validate on them, and give its folder with --cross-validation."
        )
    trained = trained_network(Path(run), settings, blend)
    scheme = load_scheme(config.scheme)
    folder = Path(data or settings["data"])
    rows = divide(read_rows(folder, config.view, scheme), config.split, config.loop.seed)
    seen = _seen_images(rows, config)
    if cross_validation is None:
        judged = _validated(trained, folder, scheme, report)
    else:
        share = 1.0 if blend is None else blend[1]
        judged = _cross_validated(cross_validation, Path(run), config, share, seen_images(*rows), other_recipe)
    notes: dict[str, Any] = {
        "name": name or f"footdeformity-{config.view.lower()}-{config.preset}",
        "software": f"footdeformity {__version__}",
        "parameters": parameter_count(trained.network),
        "epoch": trained.epoch,
        "training": _without_folders(config.to_dict()),
        **({} if blend is None else {"blended_with": read_model(blend[0]).name, "share_of_run": blend[1]}),
        "training_images": settings["images"]["train"],
        "training_images_simulated": sum(row.simulated for row in rows[0]),
        "training_seconds_per_epoch": seconds_per_epoch(Path(run)),
        "sources": settings["sources"],
        "error_unit": "foot length" if config.view in scheme.foot_length else "the landmarks' extent",
        **judged.notes,
        **seen,
    }
    write_model(
        out,
        trained.network,
        view=config.view,
        scheme=scheme,
        codec=trained.codec,
        normalise=True,
        mean_shape=trained.shape,
        confidence=judged.confidence,
        notes=notes,
    )
    _write_picture(Path(out), cross_validation)
    write_text(Path(out) / CARD, model_card(config.view, notes, limits))
    certain = notes["validation"]["certain"]
    report(
        f"{out}: mean error {certain['error_percent']:.2f} % of {notes['error_unit']} "
        f"(certain points, n = {certain['n']})"
    )


def _validated(trained: TrainedNetwork, folder: Path, scheme: Scheme, report: Report) -> _Judged:
    """Judge by the run's own held-out images."""
    config = trained.config
    samples = load_validation_data(folder, config.view, scheme, config.loop.seed, report, config.split)
    report(f"validating on {len(samples)} images ...")
    result = trained.judge(samples, scheme)
    confidence, check = calibrate(result.looks, result.errors)
    figures = model_metrics(result, scheme.ids(config.view))
    return _Judged(confidence, {"validation": figures, "confidence_check": check})


def _cross_validated(
    folder: str | Path,
    run: Path,
    config: TrainingConfig,
    share: float,
    seen: Mapping[str, list[str]],
    other_recipe: bool,
) -> _Judged:
    """Take over the figures of the folds."""
    values = read_cross_validation(folder)
    images = {image for part in seen.values() for image in part}
    different = check_speaks_of(values, folder, run, config, share, images, other_recipe)
    notes = {
        "validation": values["real"],
        "confidence_check": values["confidence_check"],
        "cross_validation": {key: value for key, value in values.items() if key not in _ELSEWHERE}
        | ({"trained_otherwise": different} if different else {}),
    }
    return _Judged(ConfidenceModel.from_dict(values["confidence"]), notes)


def _seen_images(rows: tuple[list[DatasetRow], list[DatasetRow]], config: TrainingConfig) -> dict[str, list[str]]:
    """What the network has seen, the model that it started from included as far as that one says."""
    seen = seen_images(*rows)
    if config.init and Path(config.init).is_dir():
        before = read_model(config.init).notes
        seen = {key: sorted({*seen[key], *before.get(key, ())}) for key in (TRAINED, CHOSEN)}
    return seen


def _write_picture(out: Path, cross_validation: str | Path | None) -> None:
    """Put the reliability diagram beside the card, which shows it; that of an earlier model goes away."""
    if cross_validation is None:
        (out / PICTURE).unlink(missing_ok=True)
        return
    source = Path(cross_validation) / PICTURE
    try:
        content = source.read_bytes()
    except OSError as error:
        raise FootDeformityError(f"{source}: cannot be read ({error.strerror}). Run cross-validate again.") from error
    with replacing(out / PICTURE) as temporary:
        temporary.write_bytes(content)


def _without_folders(training: dict[str, Any]) -> dict[str, Any]:
    """Settings to give away: where a model lay on this machine is nobody's business."""
    return training | ({"init": Path(training["init"]).name} if training.get("init") else {})


def _text(file: str | Path | None) -> str:
    try:
        return "" if file is None else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FootDeformityError(f"{file}: the remarks cannot be read as text ({error}).") from error
