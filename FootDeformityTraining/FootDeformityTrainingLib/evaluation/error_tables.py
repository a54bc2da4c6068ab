"""Table 3: errors in pixels and in degrees, with p values against the first model."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.cohort import Mask
from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult, LandmarkResult
from FootDeformityTrainingLib.evaluation.published import Published, published_label
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics import Array, image_means
from FootDeformityTrainingLib.metrics_statistics import compare_paired, mean_with_interval

CERTAIN, ALL = "certain", "all"
_P_COLUMNS = (
    Column("difference", "Difference to first", "number"),
    Column("p_t_test", "p (t)", "p"),
    Column("p_wilcoxon", "p (Wilcoxon)", "p"),
    Column("paired_patients", "Pairs"),
)
_P_NOTE = (
    "p: paired t-test and Wilcoxon's signed-rank test against the first model of the view, on the mean of each "
    "patient, over what both models found; not corrected for their number."
)


def point_sets(result: LandmarkResult) -> list[tuple[str, Mask]]:
    """Certain points and all points as masks (N, K)."""
    return [(CERTAIN, result.cohort.certain), (ALL, np.ones_like(result.cohort.certain))]


def pixel_table(results: Sequence[LandmarkResult]) -> Table:
    """Pixel errors of each view, certain and all points, and model."""
    columns = (
        Column("view", "View"),
        Column("points", "Points"),
        Column("model", "Model"),
        Column("images", "Images"),
        Column("n", "n"),
        Column("not_found", "Not found"),
        Column("error_px", "Mean error, px (95 % interval)", "interval"),
        Column("deviation_px", "SD", "number"),
        Column("median_px", "Median", "number"),
        Column("p95_px", "95th percentile", "number"),
        *_P_COLUMNS,
    )
    rows: list[Sequence[Cell]] = []
    for result, first in _with_first(results):
        for name, mask in point_sets(result):
            found = result.pixels[np.isfinite(result.pixels) & mask]
            rows.append(
                [
                    result.cohort.view,
                    name,
                    result.model,
                    len(result.cohort),
                    len(found),
                    int((np.isinf(result.pixels) & mask).sum()),
                    mean_with_interval(result.pixels, result.cohort.patients, mask),
                    *_spread(found),
                    *_compared_points(result, first, mask),
                ]
            )
    return Table(
        "table_3a_pixel_errors",
        "Table 3a. Errors of points in pixels of the stored images",
        columns,
        grouped(rows),
        (
            '"certain" leaves out the points that readers marked as estimates. n: points; means leave out points that '
            "were not found. Intervals: bootstrap over patients.",
            _P_NOTE,
        ),
    )


def angle_table(results: Sequence[LandmarkResult], published: Published) -> Table:
    """Angle errors: mean absolute difference and bias, certain and all, and the published ones."""
    name, title = "table_3b_angle_errors", "Table 3b. Errors of angles in degrees"
    if not any(result.angles for result in results):
        return Table(name, title, (), (), (_no_angles(results[0]),))
    columns = (
        Column("angle", "Angle"),
        Column("points", "Points"),
        Column("model", "Model"),
        Column("n", "n"),
        Column("not_measurable", "Not measurable"),
        Column("error_degrees", "Mean absolute error (95 % interval)", "interval"),
        Column("deviation", "SD", "number"),
        Column("median", "Median", "number"),
        Column("p95", "95th percentile", "number"),
        Column("bias_degrees", "Bias (95 % interval)", "interval"),
        *_P_COLUMNS,
    )
    rows: list[Sequence[Cell]] = []
    for view in dict.fromkeys(result.cohort.view for result in results):
        of_view = [(result, first) for result, first in _with_first(results) if result.cohort.view == view]
        for k, angle in enumerate(of_view[0][0].angles):
            for certain in (True, False):
                rows += [_angle_row(result, first, k, certain) for result, first in of_view]
            rows += [
                [angle.label, "", published_label(model), *[None] * 2, figures.angle_error[angle.name], *[None] * 8]
                for model, figures in published.models.items()
            ]
    return Table(
        name,
        title,
        columns,
        rows,
        (
            '"certain": only images on which all landmarks of the angle are certain. n: images whose pixels are known '
            "to be square and on which both angles are measurable; no quality check takes a bad prediction out. Bias: "
            "predicted minus true.",
            _P_NOTE,
            published.note,
        ),
    )


def _angle_row(result: LandmarkResult, first: LandmarkResult, k: int, certain: bool) -> list[Cell]:
    angle = result.angles[k]
    differences = _used(angle, certain)
    absolute = np.abs(differences)
    known = absolute[np.isfinite(absolute)]
    truth_known = np.isfinite(angle.truth) & (angle.certain if certain else True)
    patients = result.cohort.patients
    row: list[Cell] = [
        angle.label,
        CERTAIN if certain else ALL,
        result.model,
        len(known),
        int(truth_known.sum()) - len(known),
        mean_with_interval(absolute, patients),
        *_spread(known),
        mean_with_interval(differences, patients),
    ]
    if result is first:
        return [*row, None, None, None, None]
    other = np.abs(_used(first.angles[k], certain))
    return [*row, *compare_paired(absolute, other, patients)]


def _used(angle: AngleResult, certain: bool) -> Array:
    return np.where(angle.certain, angle.differences, np.nan) if certain else angle.differences


def _compared_points(result: LandmarkResult, first: LandmarkResult, mask: Mask) -> list[Cell]:
    if result is first:
        return [None, None, None, None]
    both = mask & np.isfinite(result.pixels) & np.isfinite(first.pixels)
    return [*compare_paired(image_means(result.pixels, both), image_means(first.pixels, both), result.cohort.patients)]


def _spread(values: Array) -> list[Cell]:
    """Standard deviation, median, 95th percentile."""
    if len(values) < 2:
        return [math.nan, math.nan, math.nan]
    return [float(values.std(ddof=1)), float(np.median(values)), float(np.percentile(values, 95))]


def _with_first(results: Sequence[LandmarkResult]) -> list[tuple[LandmarkResult, LandmarkResult]]:
    """Each result with the first one of its view, with which it is compared."""
    firsts: dict[str, LandmarkResult] = {}
    return [(result, firsts.setdefault(result.cohort.view, result)) for result in results]


def grouped(rows: list[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """View by view, the certain points of all models before all points: what is compared stands together."""
    views = list(dict.fromkeys(row[0] for row in rows))
    return sorted(rows, key=lambda row: (views.index(row[0]), row[1] != CERTAIN))


def _no_angles(result: LandmarkResult) -> str:
    return f"Not applicable: scheme {result.cohort.scheme.name} measures no angles in this view."
