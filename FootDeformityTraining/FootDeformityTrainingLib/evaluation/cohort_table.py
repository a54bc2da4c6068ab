"""Table 1: who is in each split, and whether the splits differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.measure.criteria import load_criteria
from FootDeformityLib.measure.decision import STATES
from FootDeformityTrainingLib.evaluation.cohort import Array, Cohort
from FootDeformityTrainingLib.evaluation.foot_findings import can_diagnose, deformities_of_view, states_of
from FootDeformityTrainingLib.evaluation.landmark_results import view_angles
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics_statistics import GroupTest, compare_counts, compare_means

_SPLITS = {"train": "training", "val": "validation", "test": "test", "": "no split"}
_CHI, _ANOVA = "chi-square", "ANOVA"
Parts = Sequence[Cohort]


def cohort_table(cohorts: Mapping[str, Cohort], profiles: Sequence[str]) -> Table:
    """cohorts: per view, the images of all splits. Every figure has its n in the cell."""
    present = {row.split for cohort in cohorts.values() for row in cohort.rows}
    splits = [split for split in _SPLITS if split in present]
    rows: list[Sequence[Cell]] = []
    for cohort in cohorts.values():
        parts = [cohort.select(np.array([row.split == split for row in cohort.rows])) for split in splits]
        rows += [[cohort.view, *row] for row in _rows(parts, profiles)]
    columns = [Column("view", "View"), Column("characteristic", "Characteristic")]
    columns += [Column(split or "none", _SPLITS[split].capitalize()) for split in splits]
    columns += [Column("p", "p", "p"), Column("statistic", "Test")]
    return Table(
        "table_1_cohort",
        "Table 1. Images and patients",
        columns,
        rows,
        (
            "Angles and deformities are those of the readers' points, mean (standard deviation) or present / judged; "
            "only images whose pixels are known to be square enter, and only weight-bearing or unstated ones are "
            "judged for deformities.",
            "Age and sex count once a patient, everything else once an image. chi-square: Pearson, without "
            'correction; "few": an expected count is below 5. Tests leave out what is unknown.',
        ),
    )


def _rows(parts: Parts, profiles: Sequence[str]) -> list[list[Cell]]:
    firsts = [_first_of_each_patient(part) for part in parts]
    rows: list[list[Cell]] = [
        ["images", *(str(len(part)) for part in parts), None, ""],
        ["patients", *(str(len(first)) for first in firsts), None, ""],
        _means("age, years", [first.age_years for first in firsts]),
        _counts("age below 18", firsts, lambda c: _words(c.age_years < 18, np.isfinite(c.age_years))),
        _counts(
            "male",
            firsts,
            lambda c: [{"m": "yes", "male": "yes", "f": "no", "female": "no"}.get(r.sex, "") for r in c.rows],
        ),
        _counts("weight-bearing", parts, lambda c: ["" if w == "unknown" else w for w in c.weight_bearing.tolist()]),
        _counts("square pixels known", parts, lambda c: _words(c.aspect_known, np.ones(len(c), bool))),
        _counts("pixel spacing known", parts, lambda c: _words(c.in_mm, np.ones(len(c), bool))),
        ["points, of these certain", *(_points(part) for part in parts), None, ""],
    ]
    reference = parts[0]
    angles = [view_angles(part, part.points) for part in parts]
    for definition in reference.scheme.angles(reference.view):
        if definition.name in angles[0]:
            rows.append(_means(f"{definition.label}, degrees", [values[definition.name] for values in angles]))
    if can_diagnose(reference):
        for profile in profiles:
            criteria = load_criteria(profile)
            for deformity in deformities_of_view(criteria, reference):
                label = f"{criteria.deformities[deformity].label} ({profile})"
                rows.append(_counts(label, parts, lambda c, p=profile, d=deformity: _present(c, p, d)))  # type: ignore[misc]
    return rows


def _means(label: str, groups: Sequence[Array]) -> list[Cell]:
    test = compare_means(groups)
    return [label, *(_mean_words(group) for group in groups), test.p, _ANOVA if not math.isnan(test.p) else ""]


def _mean_words(values: Array) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "– (n = 0)"
    deviation = f"{known.std(ddof=1):.1f}" if len(known) > 1 else "–"
    return f"{known.mean():.1f} ({deviation}), n = {len(known)}"


def _counts(label: str, parts: Parts, words: Callable[[Cohort], Sequence[str]]) -> list[Cell]:
    """A row of yes / known per split; words: yes, no or nothing for unknown."""
    counts = [Counter(words(part)) for part in parts]
    test = compare_counts([[count["yes"], count["no"]] for count in counts])
    return [label, *(_share_words(count) for count in counts), test.p, _test_words(test)]


def _share_words(count: Counter[str]) -> str:
    known = count["yes"] + count["no"]
    if not known:
        return f"– ({count['']} unknown)"
    share = f"{count['yes']}/{known} ({100 * count['yes'] / known:.1f} %)"
    return share + (f", {count['']} unknown" if count[""] else "")


def _test_words(test: GroupTest) -> str:
    return "" if math.isnan(test.p) else _CHI + (", few" if test.small else "")


def _words(values: ArrayLike, known: ArrayLike) -> list[str]:
    return [str(word) for word in np.where(known, np.where(values, "yes", "no"), "")]


def _present(cohort: Cohort, profile: str, deformity: str) -> list[str]:
    words = {"absent": "no", "present": "yes", "mixed_arch": "yes"}
    return [words.get(STATES[code], "") for code in states_of(cohort, cohort.points, profile)[deformity]]


def _points(cohort: Cohort) -> str:
    placed = np.isfinite(cohort.points).all(axis=-1)
    return f"{placed.sum()}, {(placed & cohort.certain).sum()}"


def _first_of_each_patient(cohort: Cohort) -> Cohort:
    first = np.zeros(len(cohort), dtype=bool)
    first[np.unique(np.array(cohort.patients, dtype=str), return_index=True)[1]] = True
    return cohort.select(first)
