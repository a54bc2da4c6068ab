"""Table 4: NME and success rates (SDR): of foot length, of true millimetres, and as the paper counts them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.error_tables import grouped, point_sets
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.published import Published, published_label
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics import NOMINAL_MM_PER_PIXEL, Array, Mask
from FootDeformityTrainingLib.metrics_statistics import Estimate, mean_with_interval, success_with_interval

#: limits of the SDR in mm, nominal mm and percent of the foot length
LIMITS = (1.0, 2.0, 3.0, 4.0)
_HEAD = (
    Column("view", "View"),
    Column("points", "Points"),
    Column("model", "Model"),
    Column("images", "Images"),
    Column("n", "n"),
)
_COUNTED = "n: points of the truth; a point that was not found counts as a failure. Intervals: bootstrap over patients."


def length_table(results: Sequence[LandmarkResult], published: Published) -> Table:
    """NME and errors in percent of the foot length."""
    rows: list[Sequence[Cell]] = []
    unit = length_words(results)
    for result in results:
        for name, mask in point_sets(result):
            patients = result.cohort.patients
            rows.append(
                [
                    *_head(result, name, result.percent, mask),
                    mean_with_interval(1000 * result.nme, patients, mask),
                    mean_with_interval(result.percent, patients, mask),
                    *_rates(result.percent, patients, mask),
                ]
            )
    rows = grouped(rows) + _published_rows(results, published, "nme")
    return Table(
        "table_4a_nme_and_relative_error",
        f"Table 4a. NME, and error and success rate in % of {unit}",
        (
            *_HEAD,
            Column("nme_x1000", "NME x 1000", "interval"),
            Column("error_percent", f"Mean error, % of {unit}", "interval"),
            *_rate_columns("%", "percent"),
        ),
        rows,
        (
            "NME: error / side of the padded image, as in the paper; it depends on how closely images are cropped. "
            f"Error in % of {unit} does not. SDR: share of errors strictly below the limit.",
            _COUNTED,
            *([published.note] if published.models else []),
        ),
    )


def millimetre_table(results: Sequence[LandmarkResult]) -> Table:
    """MRE and SDR in true millimetres, on the images whose spacing is known."""
    name, title = "table_4b_millimetres", "Table 4b. Mean radial error and success rate in true millimetres"
    if not any(result.cohort.in_mm.any() for result in results):
        return Table(name, title, (), (), ("Not applicable: no evaluated image states its pixel spacing.",))
    rows: list[Sequence[Cell]] = []
    for result in results:
        for points, mask in point_sets(result):
            patients = result.cohort.patients
            head = _head(result, points, result.millimetres, mask)
            head[3] = int(result.cohort.in_mm.sum())
            mean = mean_with_interval(result.millimetres, patients, mask)
            rows.append([*head, mean, *_rates(result.millimetres, patients, mask)])
    columns = (*_HEAD, Column("mre_mm", "MRE, mm", "interval"), *_rate_columns("mm", "mm"))
    return Table(name, title, columns, grouped(rows), ("Only images whose pixel spacing is known. " + _COUNTED,))


def nominal_table(results: Sequence[LandmarkResult], published: Published) -> Table:
    """SDR as the paper counts it, beside the published rates."""
    rows: list[Sequence[Cell]] = []
    for result in results:
        for points, mask in point_sets(result):
            rates = _rates(result.nominal, result.cohort.patients, mask)
            rows.append([*_head(result, points, result.nominal, mask), *rates])
    rows = grouped(rows) + _published_rows(results, published, "sdr")
    return Table(
        "table_4c_nominal_success",
        f"Table 4c. Success rate at a nominal {NOMINAL_MM_PER_PIXEL} mm a pixel, to stand beside the paper",
        (*_HEAD, *_rate_columns("nominal mm", "nominal_mm")),
        rows,
        (
            f"These are not millimetres: the paper counts every pixel as {NOMINAL_MM_PER_PIXEL} mm, so the rates "
            "depend on the resolution of the images. Compare models on the same images only.",
            _COUNTED,
            *([published.note] if published.models else []),
        ),
    )


def landmark_table(results: Sequence[LandmarkResult]) -> Table:
    """Errors of each landmark (the figures behind figure 5)."""
    rows: list[Sequence[Cell]] = []
    for result in results:
        for k, identifier in enumerate(result.cohort.ids):
            for name, mask in point_sets(result):
                patients, used = result.cohort.patients, mask[:, k]
                rows.append(
                    [
                        result.cohort.view,
                        identifier,
                        name,
                        result.model,
                        int((~np.isnan(result.pixels[:, k]) & used).sum()),
                        mean_with_interval(result.pixels[:, k], patients, used),
                        mean_with_interval(1000 * result.nme[:, k], patients, used),
                        mean_with_interval(result.percent[:, k], patients, used),
                    ]
                )
    order = [identifier for result in results for identifier in result.cohort.ids]
    rows.sort(key=lambda row: (order.index(str(row[1])), row[2] == "all"))  # what is compared stands together
    return Table(
        "table_5_landmarks",
        "Table 5. Errors of each landmark",
        (
            Column("view", "View"),
            Column("landmark", "Landmark"),
            Column("points", "Points"),
            Column("model", "Model"),
            Column("n", "n"),
            Column("error_px", "Mean error, px", "interval"),
            Column("nme_x1000", "NME x 1000", "interval"),
            Column("error_percent", f"% of {length_words(results)}", "interval"),
        ),
        rows,
        ("n: images with this point; means leave out those that were not found. Intervals: bootstrap over patients.",),
    )


def length_words(results: Sequence[LandmarkResult]) -> str:
    """What relative errors are relative to."""
    cohort = results[0].cohort
    return "foot length" if cohort.view in cohort.scheme.foot_length else "the landmarks' diagonal"


def _head(result: LandmarkResult, points: str, errors: Array, mask: Mask) -> list[Cell]:
    cohort = result.cohort
    return [cohort.view, points, result.model, len(cohort), int((~np.isnan(errors) & mask).sum())]


def _rates(errors: Array, patients: Sequence[str], mask: Mask) -> list[Cell]:
    found = (success_with_interval(errors, limit, patients, mask) for limit in LIMITS)
    return [Estimate(*(100 * value for value in estimate)) for estimate in found]


def _rate_columns(unit: str, key: str) -> list[Column]:
    return [Column(f"sdr_{limit:.0f}_{key}", f"SDR {limit:.0f} {unit}, %", "interval", 1) for limit in LIMITS]


def _published_rows(results: Sequence[LandmarkResult], published: Published, figure: str) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for view in dict.fromkeys(result.cohort.view for result in results):
        for model, figures in published.models.items():
            values: list[Cell] = (
                [figures.nme_x1000[view], math.nan, *[None] * len(LIMITS)]
                if figure == "nme"
                else list(figures.sdr_nominal_percent[view])
            )
            rows.append([view, "all", published_label(model), None, None, *values])
    return rows
