"""The figures of judged images as tables: the page of a cross-validation and the model card show the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.judged_figures import PROFILE, rate_of
from FootDeformityTrainingLib.look_first import SHARES
from FootDeformityTrainingLib.metrics_statistics import Estimate
from FootDeformityTrainingLib.reliability import AREA_WORDS
from FootDeformityTrainingLib.wrong_bone import WORDS

_PARTS = ("certain", "all")


@dataclass(frozen=True)
class Judged:
    """What was judged, in words. title: of the tables; unit: of relative errors; prefix: of the files' names.

    patients: whose images they are.
    """

    title: str
    unit: str
    prefix: str = ""
    patients: str = "patients"

    @property
    def intervals(self) -> str:
        """How intervals were made, a sentence."""
        return f"Intervals: 95 %, bootstrap over {self.patients}."


def judged_tables(figures: Mapping[str, Any], judged: Judged) -> list[Table]:
    """Tables of `judged_figures`."""
    tables = [_points(figures, judged), _landmarks(figures, judged)]
    if figures["angles"]:
        tables.append(_angles(figures, judged))
    if figures["deformities"]:
        tables.append(_deformities(figures, judged))
    return tables


def confidence_tables(check: Mapping[str, Any], judged: Judged) -> list[Table]:
    """Both reliability diagrams as tables with their areas."""
    shares = [[*part.values()] for part in check["reliability"]]
    limit = next(key for key in check["reliability"][0] if key.startswith("share_within_"))
    within = f"{limit.removeprefix('share_within_').removesuffix('_percent')} %"
    means = [[part["n"], part["expected_percent"], part["error_percent"]] for part in check["expected_error"]]
    return [
        Table(
            f"{judged.prefix}confidence",
            f"{judged.title}: confidence",
            (
                Column("n", "n"),
                Column("mean_confidence", "Mean confidence", "number", 3),
                Column("observed_share", f"Found within {within}", "number", 3),
            ),
            shares,
            (
                f"Confidence: probability that a point lies within {within} of {judged.unit}. Area of the reliability "
                f"diagram: {check['reliability_area']:.3f}. {AREA_WORDS}",
            ),
        ),
        Table(
            f"{judged.prefix}expected_error",
            f"{judged.title}: expected error",
            (
                Column("n", "n"),
                Column("expected_percent", "Mean expected error, %", "number"),
                Column("error_percent", "Mean true error, %", "number"),
            ),
            means,
            (
                f"Errors in % of {judged.unit}, all points. Area: {check['expected_error_area_percent']:.2f} %. Rank "
                f"correlation of expected and true error {check['rank_correlation']:.2f} (n = {check['n']}). Without "
                f"the least confident fifth the mean error falls from {check['error_percent']:.2f} to "
                f"{check['error_percent_without_least_confident_fifth']:.2f} %.",
            ),
        ),
    ]


def look_first_table(look_first: Mapping[str, Any]) -> Table:
    """How well the order by doubt finds the worst images."""
    rows: list[Sequence[Cell]] = [
        [name, f"{one['share_percent']} %", one["worst"], one["found"], float(one["by_chance"]), one["times_chance"]]
        for name in _PARTS
        for one in look_first[name]
    ]
    shares = " and ".join(f"{100 * share:.0f}" for share in SHARES)
    return Table(
        "look_first",
        "Look at this first",
        (
            Column("points", "Mean true error of"),
            Column("share", "Share"),
            Column("worst", "Worst images"),
            Column("found", "Found"),
            Column("by_chance", "By chance", "number", 1),
            Column("times_chance", "Times chance", "number", 1),
        ),
        rows,
        (
            f"Images are ordered by their doubt, the mean expected error of their points, as a worklist does. Found: "
            f"of the worst images by true error, how many stand in an equally large first part; n = "
            f"{look_first['all'][0]['images']} images, shares {shares} %.",
        ),
    )


def _points(figures: Mapping[str, Any], judged: Judged) -> Table:
    limits = list(figures["all"]["sdr_percent"])
    rows: list[Sequence[Cell]] = []
    for name in _PARTS:
        part = figures[name]
        rows.append(
            [
                name,
                part["n"],
                _estimate(part["error_percent"], part["interval_percent"]),
                part["median_percent"],
                part["first_look_error_percent"],
                part["nme"],
                *(_estimate(part["sdr_percent"][limit], part["sdr_interval"][limit]) for limit in limits),
            ]
        )
    free = rate_of(figures["no_wrong_bone"])
    wrong = ", ".join(f"{name} {n}" for name, n in figures["wrong_bone_points"].items()) or "none"
    return Table(
        f"{judged.prefix}points",
        f"{judged.title}: points",
        (
            Column("points", "Points"),
            Column("n", "n"),
            Column("error_percent", "Mean error, % (95 % interval)", "interval"),
            Column("median_percent", "Median, %", "number"),
            Column("first_look_percent", "First look alone, %", "number"),
            Column("nme", "NME", "number", 5),
            *(Column(f"sdr_{limit}_percent", f"SDR {limit} %", "interval", 1) for limit in limits),
        ),
        rows,
        (
            f"{figures['images']} images of {figures['patients']} {judged.patients}. Errors in % of {judged.unit}; "
            'SDR: share of points with an error below so many percent. "certain" leaves out points marked as '
            f"estimates. {judged.intervals}",
            f"Images without a certain point on a wrong bone: {100 * free.value:.1f} % ({free.hits} of {free.n}; "
            f"Wilson interval {100 * free.low:.1f} to {100 * free.high:.1f}). {WORDS} Points on a wrong bone: {wrong}.",
        ),
    )


def _landmarks(figures: Mapping[str, Any], judged: Judged) -> Table:
    rows: list[Sequence[Cell]] = [
        [
            name,
            values["n_certain"],
            _estimate(values["certain_error_percent"], values["certain_interval_percent"]),
            values["certain_median_percent"],
            values["certain_sdr_4_percent"],
            values["n"],
            _estimate(values["error_percent"], values["interval_percent"]),
            values["median_percent"],
            values["sdr_4_percent"],
        ]
        for name, values in figures["per_landmark"].items()
    ]
    columns = [Column("landmark", "Landmark")]
    for name in _PARTS:
        columns += [
            Column(f"n_{name}", f"n {name}"),
            Column(f"error_{name}_percent", f"Mean error, {name}, %", "interval"),
            Column(f"median_{name}_percent", f"Median, {name}, %", "number"),
            Column(f"sdr_4_{name}_percent", f"SDR 4 %, {name}", "number", 1),
        ]
    note = f"Errors in % of {judged.unit}. {judged.intervals}"
    return Table(f"{judged.prefix}landmarks", f"{judged.title}: landmarks", columns, rows, (note,))


def _angles(figures: Mapping[str, Any], judged: Judged) -> Table:
    rows: list[Sequence[Cell]] = []
    for angle in figures["angles"].values():
        for name in _PARTS:
            part = angle[name]
            rows.append(
                [
                    angle["label"],
                    name,
                    part["n"],
                    _estimate(part["error_degrees"], part["interval"]),
                    part["median"],
                    _estimate(part["bias_degrees"], part["bias_interval"]),
                    _estimate(part["icc"], part["icc_interval"]),
                    part["spread_readers"],
                    part["spread_found"],
                ]
            )
    return Table(
        f"{judged.prefix}angles",
        f"{judged.title}: angles",
        (
            Column("angle", "Angle"),
            Column("points", "Points"),
            Column("n", "n"),
            Column("error_degrees", "Mean absolute error, degrees", "interval", 1),
            Column("median_degrees", "Median", "number", 1),
            Column("bias_degrees", "Bias, degrees", "interval", 1),
            Column("icc", "ICC(2,1)", "interval", 2),
            Column("spread_readers_degrees", "Spread of the readers", "number", 1),
            Column("spread_found_degrees", "Spread of the found", "number", 1),
        ),
        rows,
        (
            '"certain": only images on which all landmarks of the angle are certain. n: images whose pixels are known '
            f"to be square. Bias: found minus true. {judged.intervals}",
            "ICC(2,1): absolute agreement of readers and model over the images; below 0.5 it is poor, and a mean error "
            "near the readers' spread says little about a single foot. Spread: standard deviation in degrees.",
        ),
    )


def _deformities(figures: Mapping[str, Any], judged: Judged) -> Table:
    rows: list[Sequence[Cell]] = [
        [one["label"], one["n"], rate_of(one["sensitivity"]), rate_of(one["specificity"])]
        for one in figures["deformities"].values()
    ]
    return Table(
        f"{judged.prefix}deformities",
        f"{judged.title}: deformities",
        (
            Column("deformity", "Deformity"),
            Column("n", "n"),
            Column("sensitivity", "Sensitivity, %", "rate"),
            Column("specificity", "Specificity, %", "rate"),
        ),
        rows,
        (
            f"Criteria {PROFILE} on the found points against the same criteria on the true ones; rates with (count/n; "
            "95 % Wilson interval). Only weight-bearing images with square pixels are judged.",
        ),
    )


def _estimate(value: float | None, interval: Sequence[float | None]) -> Estimate:
    value, low, high = (np.nan if number is None else number for number in (value, *interval))
    return Estimate(value, low, high)
