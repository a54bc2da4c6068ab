"""Table 2: how well the deformities of a model's points agree with those of the readers' points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from FootDeformityLib.measure.criteria import load_criteria
from FootDeformityTrainingLib.evaluation.foot_findings import JudgedDeformity, can_diagnose, judge
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.published import Published, published_label
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics_diagnosis import Confusion, micro_average

_COLUMNS = (
    Column("criteria", "Criteria"),
    Column("deformity", "Deformity"),
    Column("model", "Model"),
    Column("n", "n"),
    Column("true_positive", "TP"),
    Column("false_positive", "FP"),
    Column("false_negative", "FN"),
    Column("true_negative", "TN"),
    Column("accuracy", "Accuracy, %", "rate"),
    Column("sensitivity", "Sensitivity, %", "rate"),
    Column("specificity", "Specificity, %", "rate"),
    Column("positive_predictive_value", "PPV, %", "rate"),
    Column("negative_predictive_value", "NPV, %", "rate"),
    Column("not_judged", "Not judged"),
)
_NAME, _TITLE = "table_2_diagnosis", "Table 2. Deformities"


def diagnosis_table(results: Sequence[LandmarkResult], profiles: Sequence[str], published: Published) -> Table:
    """One row a criteria profile, deformity and model, and the micro-average over deformities (both views)."""
    judged = [result for result in results if can_diagnose(result.cohort)]
    if not judged:
        scheme = results[0].cohort.scheme.name
        return Table(_NAME, _TITLE, (), (), (f"Not applicable: scheme {scheme} measures no angles with criteria.",))
    rows: list[Sequence[Cell]] = []
    by_name: dict[str, list[LandmarkResult]] = {}
    for result in judged:
        by_name.setdefault(result.model, []).append(result)
    for profile in profiles:
        for name, views in by_name.items():
            found = [one for result in views for one in judge(result.cohort, result.predicted, profile)]
            rows += [_row(profile, one.label, name, one.counts, one.reasons) for one in found]
            rows.append(_row(profile, "all deformities together", name, micro_average(one.counts for one in found), {}))
        rows += _published_rows(profile, published)
    total, anything = _total_note(by_name, profiles)
    if not anything:
        return Table(_NAME, _TITLE, (), (), (total,))
    notes = [total] + [
        f"{profile}: {load_criteria(profile).caveat}" for profile in profiles if load_criteria(profile).caveat
    ]
    notes += [
        "Truth: the same rules on the readers' points. Rates with (count/n; 95 % Wilson interval); the interval of all "
        "deformities together takes them as independent, which they are not quite.",
        "Not judged, with the number of images: deformities are defined on weight-bearing images with square pixels "
        "from 7 years on; mixed arch signs count as present for planus and for cavus. Where weight-bearing is unknown "
        "the image is judged.",
        published.note,
    ]
    return Table(_NAME, _TITLE, _COLUMNS, rows, notes)


def _row(profile: str, label: str, model: str, counts: Confusion, reasons: Mapping[str, int]) -> list[Cell]:
    return [
        profile,
        label,
        model,
        counts.n,
        *counts,
        counts.accuracy,
        counts.sensitivity,
        counts.specificity,
        counts.positive_predictive_value,
        counts.negative_predictive_value,
        _reason_words(reasons),
    ]


def _published_rows(profile: str, published: Published) -> list[list[Cell]]:
    if profile != "lee2025-calibrated":  # the profile that stands for the paper's rules
        return []
    labels = {name: deformity.label for name, deformity in load_criteria(profile).deformities.items()}
    labels["all"] = "all deformities together"
    before: list[Cell] = [None] * 5
    return [
        [profile, labels[name], published_label(model), *before, value, None, None, None, None, ""]
        for model, figures in published.models.items()
        for name, value in figures.diagnosis_accuracy_percent.items()
    ]


def _total_note(by_name: dict[str, list[LandmarkResult]], profiles: Sequence[str]) -> tuple[str, bool]:
    """How many images are judged, and whether any is; the rules' angles decide, so any profile tells."""
    views = next(iter(by_name.values()))
    reasons: Counter[str] = Counter()
    judged = images = 0
    for result in views:
        found: list[JudgedDeformity] = judge(result.cohort, result.predicted, profiles[0])
        images += len(result.cohort)
        if found:
            reasons.update(found[0].reasons)
            judged += found[0].counts.n
    if judged:
        return f"{judged} of {images} images are judged.", True
    words = f"Not applicable: none of the {images} images can be judged for deformities ({_reason_words(reasons)})."
    return words, False


def _reason_words(reasons: Mapping[str, int]) -> str:
    return "; ".join(f"{count} {reason}" for reason, count in reasons.items())
