"""Deformities of whole cohorts by the same rules and checks as for one foot, and why some are not judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.criteria import Criteria, load_criteria
from FootDeformityLib.measure.decision import MIXED_ARCH, NOT_APPLICABLE, NOT_MEASURABLE, PRESENT
from FootDeformityLib.measure.feet import measure_feet
from FootDeformityTrainingLib.evaluation.cohort import Array, Cohort
from FootDeformityTrainingLib.metrics_diagnosis import Confusion, confusion

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class JudgedDeformity:
    """counts: of the images on which both truth and model are judged. reasons: why the others are not, with counts."""

    deformity: str
    label: str
    counts: Confusion
    reasons: Mapping[str, int]


def can_diagnose(cohort: Cohort) -> bool:
    """Whether the scheme measures the angles that criteria are made of."""
    return set(ANGLES) <= {angle.name for angle in cohort.scheme.all_angles} and cohort.view in ("AP", "lateral")


def deformities_of_view(criteria: Criteria, cohort: Cohort) -> list[str]:
    """Deformities whose rules name angles of this view only."""
    measured = {angle.name for angle in cohort.scheme.angles(cohort.view)}
    return [
        name
        for name, deformity in criteria.deformities.items()
        if {operand.angle for rule in deformity.rules.values() for operand in rule} <= measured
    ]


def states_of(cohort: Cohort, points: Array, profile: str) -> dict[str, Codes]:
    """Codes (N,) of decision.STATES per deformity of the view from points (N, K, 2) in image pixels.

    Images whose pixels are not known to be square are not measurable. Quality checks reject as for one foot.
    """
    criteria = load_criteria(profile)
    square = np.where(cohort.aspect_known[:, None, None], cohort.scaled(points), np.nan)
    ap, lateral = (square, None) if cohort.view == "AP" else (None, square)
    decisions = measure_feet(
        ap,
        lateral,
        age_years=cohort.age_years,
        weight_bearing=cohort.weight_bearing,
        criteria=criteria,
        scheme=cohort.scheme,
    ).decisions
    return {
        name: decisions.state[..., decisions.deformities.index(name)] for name in deformities_of_view(criteria, cohort)
    }


def judge(cohort: Cohort, predicted: Array, profile: str) -> list[JudgedDeformity]:
    """Compare the deformities of a model's points (N, K, 2) with those of the truth.

    Mixed arch signs count as present for both deformities: both criteria fire.
    """
    criteria = load_criteria(profile)
    truth, found = states_of(cohort, cohort.points, profile), states_of(cohort, predicted, profile)
    return [
        JudgedDeformity(
            deformity=name,
            label=criteria.deformities[name].label,
            counts=confusion(_present(truth[name]), _present(found[name]), _judged(truth[name]) & _judged(found[name])),
            reasons=_reasons(cohort, truth[name], found[name]),
        )
        for name in truth
    ]


def _present(codes: Codes) -> NDArray[np.bool_]:
    return np.isin(codes, (PRESENT, MIXED_ARCH))


def _judged(codes: Codes) -> NDArray[np.bool_]:
    return ~np.isin(codes, (NOT_MEASURABLE, NOT_APPLICABLE))


def _reasons(cohort: Cohort, truth: Codes, found: Codes) -> dict[str, int]:
    """The first reason that applies to each image that is not judged."""
    left = np.ones(len(cohort), dtype=bool)
    counts = {}
    for words, mask in (
        ("pixels not known to be square", ~cohort.aspect_known),
        ("not weight-bearing", cohort.weight_bearing == "no"),
        ("too young", truth == NOT_APPLICABLE),
        ("truth not measurable, or the age is needed", truth == NOT_MEASURABLE),
        ("prediction not measurable", found == NOT_MEASURABLE),
    ):
        if (left & mask).any():
            counts[words] = int((left & mask).sum())
        left &= ~mask
    return counts
