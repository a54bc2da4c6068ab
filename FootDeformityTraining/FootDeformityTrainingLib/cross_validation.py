"""Patient-wise cross-validation: every image judged by the network that never saw its patient, all figures pooled."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib import __version__
from FootDeformityLib.files.results_folder import ResultsFolder
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.confidence import fit
from FootDeformityLib.network.detection import Detection
from FootDeformityTrainingLib.calibration import (
    NestedConfidence,
    confidence_check,
    nested_confidence,
    stacked_features,
)
from FootDeformityTrainingLib.cross_validation_file import FIGURES, FORMAT, PICTURE
from FootDeformityTrainingLib.cross_validation_page import PAGE_FILES, JudgedSet, cross_validation_page
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.evaluation.cohort import read_cohort
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.fold_runs import FoldRun, read_fold_runs, recipe_of
from FootDeformityTrainingLib.image_fingerprint import image_fingerprint
from FootDeformityTrainingLib.judged_figures import judged_figures
from FootDeformityTrainingLib.look_first import ranking_figures
from FootDeformityTrainingLib.metrics import Array, image_means
from FootDeformityTrainingLib.out_of_fold import JudgedRows, look_at_simulated, look_out_of_fold
from FootDeformityTrainingLib.reliability_figure import reliability_figure
from FootDeformityTrainingLib.split import ALL, divide

Report = Callable[[str], None]


def cross_validate(
    folders: Sequence[str | Path],
    out: str | Path,
    data: str | Path | None = None,
    simulated: str | Path | None = None,
    share: float = 1.0,
    report: Report = lambda line: print(line, flush=True),
) -> Mapping[str, Any]:
    """Judge fold runs on their held-out images; write JSON, CSV, PNG, Markdown and HTML into ``out``.

    data: annotated folder (default: the runs' own). simulated: folder of simulated feet; those that the first fold's
    network was not trained on are judged by it. share: see `fold_runs.read_fold_runs`. Returns what
    cross_validation.json holds.
    Raises FootDeformityError for runs that do not belong together or data that are not theirs.
    """
    runs = read_fold_runs([Path(folder) for folder in folders], share)
    results = ResultsFolder(out, [*PAGE_FILES, FIGURES])
    results.check()
    first = runs[0]
    folder = Path(data or first.settings["data"])
    scheme = load_scheme(first.config.scheme)
    judged = look_out_of_fold(runs, folder, scheme, report)
    feet = None if simulated is None else look_at_simulated(first, Path(simulated), folder, scheme, report)
    values, sets = pooled(runs, judged, feet, scheme, folder, report)
    real = sets[0]
    picture = reliability_figure(
        values["confidence_check"], real.doubt, image_means(real.judged.result.errors, real.judged.result.certain)
    )
    page = cross_validation_page(values, sets, picture, [folder, *([Path(simulated)] if simulated else [])])
    with results.staged() as stage:
        page.write(stage)
        (stage / FIGURES).write_text(json.dumps(values, indent=1), "utf-8")
    for name in ("certain", "all"):
        part = values["real"][name]
        low, high = part["interval_percent"]
        report(f"{name}: mean error {part['error_percent']:.2f} % ({low} to {high}), n = {part['n']}")
    report(f"{out}/{page.name}.html: all figures on one page; the same as .md, .csv, .json and {PICTURE} beside it.")
    return values


def pooled(
    runs: Sequence[FoldRun], judged: JudgedRows, feet: JudgedRows | None, scheme: Scheme, data: Path, report: Report
) -> tuple[dict[str, Any], list[JudgedSet]]:
    """All figures as plain values, and the sets they come from: real images first, then simulated ones if any."""
    config = runs[0].config
    errors = judged.result.errors
    confidence = fit(stacked_features(judged.result.looks), errors)
    nested = nested_confidence(judged.result.looks, errors, judged.folds)
    real = _judged_set("out of fold", judged, nested, config.view, scheme, report)
    sets = [real]
    rows, _ = divide(read_rows(data, config.view, scheme), ALL, config.loop.seed)
    values: dict[str, Any] = {
        "format": FORMAT,
        "software": f"footdeformity {__version__}",
        "view": config.view,
        "scheme": {"name": scheme.name, "sha256": scheme.sha256},
        "folds": len(runs),
        "recipe": recipe_of(config),
        "share_of_run": runs[0].share,
        "runs": [{"fold": run.fold, **run.settings["images"]} for run in runs],
        "images_sha256": sorted({image_fingerprint(row.image) for row in rows}),
        "error_unit": "foot length" if config.view in scheme.foot_length else "the landmarks' extent",
        "real": judged_figures(judged.result, real.found),
        "simulated": None,
        "confidence": confidence.to_dict(),
        "confidence_check": confidence_check(nested, errors, confidence.limit),
        "look_first": {
            "certain": ranking_figures(real.doubt, image_means(errors, judged.result.certain)),
            "all": ranking_figures(real.doubt, image_means(errors)),
        },
    }
    if feet is not None:
        looks = stacked_features(feet.result.looks)
        said = NestedConfidence(confidence.expected_error(looks), confidence.confidence(looks))
        sets.append(_judged_set("simulated", feet, said, config.view, scheme, report))
        values["simulated"] = judged_figures(feet.result, sets[1].found) | {
            "confidence_check": confidence_check(said, feet.result.errors, confidence.limit)
        }
    return values, sets


def _judged_set(
    name: str, judged: JudgedRows, said: NestedConfidence, view: str, scheme: Scheme, report: Report
) -> JudgedSet:
    points = np.stack([look.points for look in judged.result.looks])
    cohort = read_cohort(judged.rows, view, scheme, report)
    found = LandmarkResult(name, cohort, points, np.full(len(points), np.nan))
    return JudgedSet(judged, found, said, _doubts(view, points, said))


def _doubts(view: str, points: Array, said: NestedConfidence) -> Array:
    """(N,) by the very function that orders a worklist."""
    return np.array(
        [Detection(view, *one, model="").doubt for one in zip(points, said.confidence, said.expected, strict=True)]
    )
