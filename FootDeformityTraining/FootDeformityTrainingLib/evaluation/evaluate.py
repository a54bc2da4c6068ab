"""All tables and figures of the paper for some models on one data folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from FootDeformityLib import __version__
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.results_folder import ResultsFolder
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityTrainingLib.data_check import unseen_by_people
from FootDeformityTrainingLib.dataset import DatasetRow, read_rows
from FootDeformityTrainingLib.evaluation.agreement_table import agreement_table
from FootDeformityTrainingLib.evaluation.cohort import Cohort, read_cohort
from FootDeformityTrainingLib.evaluation.cohort_table import cohort_table
from FootDeformityTrainingLib.evaluation.diagnosis_table import diagnosis_table
from FootDeformityTrainingLib.evaluation.efficiency_table import efficiency_table
from FootDeformityTrainingLib.evaluation.error_tables import angle_table, pixel_table
from FootDeformityTrainingLib.evaluation.example_figure import example_figure
from FootDeformityTrainingLib.evaluation.figures import bland_altman_figure, efficiency_figure, landmark_figure
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.page import Page, Picture
from FootDeformityTrainingLib.evaluation.point_lists import angles_table, points_table
from FootDeformityTrainingLib.evaluation.published import published_for
from FootDeformityTrainingLib.evaluation.robustness import robustness
from FootDeformityTrainingLib.evaluation.robustness_table import robustness_figure, robustness_table
from FootDeformityTrainingLib.evaluation.success_tables import (
    landmark_table,
    length_table,
    length_words,
    millimetre_table,
    nominal_table,
)
from FootDeformityTrainingLib.evaluation.table import Table
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel, open_models, run_model
from FootDeformityTrainingLib.evaluation.training_overlap import training_overlap

#: criteria profiles of table 2: the one that stands for the paper's rules, and the clinical default
PROFILES = ("lee2025-calibrated", "literature")
SPLITS = ("val", "train", "test", "all")
_NAME = "evaluation"
#: every file that an evaluation may write beside the example pictures, so that none of an older one stays
_FILES = (
    "evaluation.html",
    "evaluation.md",
    "points.csv",
    "angles.csv",
    "table_1_cohort.csv",
    "table_2_diagnosis.csv",
    "table_3a_pixel_errors.csv",
    "table_3b_angle_errors.csv",
    "table_4a_nme_and_relative_error.csv",
    "table_4b_millimetres.csv",
    "table_4c_nominal_success.csv",
    "table_5_landmarks.csv",
    "table_6_efficiency.csv",
    "table_7_agreement.csv",
    "table_8_robustness.csv",
    "figure_5_landmarks.png",
    "figure_6_efficiency.png",
    "figure_7_bland_altman.png",
    "figure_8_robustness.png",
)
_SMALL = 30
Report = Callable[[str], None]


def evaluate(
    data: str | Path,
    named_models: Sequence[tuple[str, Path]],
    out: str | Path,
    view: str | None = None,
    split: str = "val",
    scheme_name: str = "foot27",
    report: Report = lambda line: print(line, flush=True),
    with_robustness: bool = False,
) -> Page:
    """Judge model folders on a split and write evaluation.html, .md, CSV and PNG files into ``out``.

    view: only this one; None: every view that a model is for. with_robustness: on disturbed images, too.
    Raises FootDeformityError for unusable input.
    """
    scheme = load_scheme(scheme_name)
    wanted = None if view is None else _view(view, scheme)
    ResultsFolder(out, ()).check()
    models = [model for model in open_models(named_models, scheme, scheme_name) if wanted in (None, model.view)]
    if not models:
        raise FootDeformityError(f"--view {view}: none of the models detects this view. Give a model of it.")
    page = evaluate_models(Path(data), models, scheme, split, report, with_robustness)
    with ResultsFolder(out, [*_FILES, *map(_example_file, scheme.views)]).staged() as stage:
        page.write(stage)
    report(f"{out}/{_NAME}.html: all tables and figures on one page; the same as .md, .csv and .png beside it.")
    return page


def evaluate_models(
    data: Path,
    models: Sequence[TestedModel],
    scheme: Scheme,
    split: str,
    report: Report,
    with_robustness: bool = False,
) -> Page:
    """Run the models and make the page; nothing is written."""
    everything: dict[str, Cohort] = {}
    chosen: dict[str, Cohort] = {}
    rows: dict[str, list[DatasetRow]] = {}
    facts = []
    for view in dict.fromkeys(model.view for model in models):
        rows[view] = read_rows(data, view, scheme)
        everything[view] = read_cohort(rows[view], view, scheme, report)
        chosen[view], words = choose_split(everything[view], split)
        facts.append(words)
    results = [run_model(model, chosen[model.view], report) for model in models]
    overlaps = [training_overlap(model, chosen[model.view], rows[model.view]) for model in models]
    warnings = [overlap.words for overlap in overlaps if overlap.serious] + cohort_warnings(chosen)
    facts = [f"Made by footdeformity {__version__} from {_models_words(models)}.", *facts]
    facts += [overlap.words for overlap in overlaps if not overlap.serious]
    lists = [points_table(results, data), angles_table(results, data)]
    parts = _parts(models, results, everything)
    if with_robustness:
        parts += _robustness_parts(models, chosen, length_words(results), report)
    return Page(_NAME, "Evaluation of landmark models", facts, warnings, parts, lists)


def choose_split(cohort: Cohort, split: str) -> tuple[Cohort, str]:
    """The evaluated images and a sentence about them. Data without any split is evaluated as a whole."""
    splits = [row.split for row in cohort.rows]
    if split == "all" or not any(splits):
        chosen = cohort
        words = "all images" if split == "all" else "all images, because the data names no splits"
    else:
        mask = np.array([name == split for name in splits])
        if not mask.any():
            there = ", ".join(sorted({name or "(empty)" for name in splits}))
            raise FootDeformityError(f"--split {split}: no {cohort.view} image has this split; the data has {there}.")
        chosen, words = cohort.select(mask), f"split {split}"
    patients = len(set(chosen.patients))
    return chosen, (
        f"{cohort.view}: {len(chosen)} images of {patients} patients ({words}), "
        f"{int(chosen.aspect_known.sum())} with pixels known to be square, "
        f"{int(chosen.in_mm.sum())} with known spacing."
    )


def _parts(
    models: Sequence[TestedModel], results: Sequence[LandmarkResult], everything: Mapping[str, Cohort]
) -> list[Table | Picture]:
    published = published_for(results[0].cohort.scheme)
    compared = [(result.model, result.angles) for result in results]
    unit = length_words(results)
    parts: list[Table | Picture] = [
        cohort_table(everything, PROFILES),
        diagnosis_table(results, PROFILES, published),
        pixel_table(results),
        angle_table(results, published),
        length_table(results, published),
        millimetre_table(results),
        nominal_table(results, published),
    ]
    for view in dict.fromkeys(result.cohort.view for result in results):
        caption = (
            f"Figure 4, {view}. Readers' points (blue) and the model's (red) on images from the best to the worst of "
            f"the first model; mean error of the certain points in % of {unit}."
        )
        of_view = [result for result in results if result.cohort.view == view]
        parts.append(Picture(_example_file(view).removesuffix(".png"), caption, example_figure(of_view)))
    parts += [
        Picture(
            "figure_5_landmarks",
            "Figure 5. NME of each landmark with 95 % bootstrap intervals over patients; n stands in table 5.",
            landmark_figure(results),
        ),
        landmark_table(results),
        Picture(
            "figure_6_efficiency",
            "Figure 6. Size and time of detection"
            + ("; hollow: the paper, on its machine." if published.models else "."),
            efficiency_figure(models, results, published),
        ),
        efficiency_table(models, results, published),
        agreement_table(
            compared, "table_7_agreement", "Table 7. Agreement of models and readers on angles", "model minus readers"
        ),
    ]
    plot = bland_altman_figure(compared, "model minus readers, degrees")
    if plot is not None:
        caption = "Figure 7. Bland-Altman plots: line bias, broken lines limits of agreement, hollow: estimated points."
        parts.append(Picture("figure_7_bland_altman", caption, plot))
    return parts


def _robustness_parts(
    models: Sequence[TestedModel], chosen: Mapping[str, Cohort], unit: str, report: Report
) -> list[Table | Picture]:
    figures = [row for model in models for row in robustness(model, chosen[model.view], report)]
    caption = (
        "Figure 8. Mean error of certain and of all points on disturbed images, and the worst image; "
        "n stands in table 8."
    )
    picture = Picture("figure_8_robustness", caption, robustness_figure(figures, unit))
    return [robustness_table(figures, unit), picture]


def _example_file(view: str) -> str:
    return f"figure_4_examples_{view.lower()}.png"


def cohort_warnings(cohorts: Mapping[str, Cohort]) -> list[str]:
    """What the evaluated images cannot show, one sentence or two each."""
    found = []
    for view, cohort in cohorts.items():
        square = int(cohort.aspect_known.sum())
        if square < len(cohort):
            found.append(
                f"{view}: the pixels of {len(cohort) - square} of {len(cohort)} images are not known to be square. "
                "They enter no figure of angles, deformities or agreement."
            )
        if untouched := sum(unseen_by_people(row.landmarks) for row in cohort.rows):
            found.append(
                f"{view}: {untouched} of {len(cohort)} landmark files stand as a network left them. They are no truth: "
                "the figures say how far networks agree, not how good one is."
            )
        if (patients := len(set(cohort.patients))) < _SMALL:
            found.append(f"{view}: few patients ({patients}); intervals are wide and p values weak.")
    return found


def _models_words(models: Sequence[TestedModel]) -> str:
    return "; ".join(f"{model.name} = {model.identity or 'unnamed'} ({model.view})" for model in models)


def _view(name: str, scheme: Scheme) -> str:
    for view in scheme.views:
        if view.lower() == name.lower():
            return view
    raise FootDeformityError(f"--view {name}: scheme {scheme.name} has the views {', '.join(scheme.views)}.")
