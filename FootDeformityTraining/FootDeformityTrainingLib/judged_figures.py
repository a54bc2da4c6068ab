"""All figures of one set of judged images for a model card: points, wrong bones, angles, deformities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from FootDeformityTrainingLib.angle_metrics import angle_metrics
from FootDeformityTrainingLib.evaluation.foot_findings import can_diagnose, judge
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.metrics import Mask
from FootDeformityTrainingLib.metrics_diagnosis import Rate, rate
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.validation import ValidationResult
from FootDeformityTrainingLib.wrong_bone import on_wrong_bone

#: criteria by which deformities of readers' and of found points are compared: the clinical default
PROFILE = "literature"


def judged_figures(result: ValidationResult, found: LandmarkResult) -> dict[str, Any]:
    """Plain values for JSON; ``result`` and ``found`` are of the same images in the same order."""
    cohort = found.cohort
    certain = wrong_bones(found) & cohort.certain
    return {
        **model_metrics(result, cohort.ids, cohort.patients),
        "no_wrong_bone": rate_values(rate(int((~certain.any(axis=1)).sum()), len(cohort))),
        "wrong_bone_points": {name: int(n) for name, n in zip(cohort.ids, certain.sum(axis=0), strict=True) if n},
        "angles": angle_metrics(found.angles, cohort.patients),
        "deformities": _deformities(found),
    }


def wrong_bones(found: LandmarkResult) -> Mask:
    """(N, K): see wrong_bone.py."""
    cohort = found.cohort
    bones = tuple(landmark.bone for landmark in cohort.scheme.landmarks(cohort.view))
    return on_wrong_bone(cohort.scaled(found.predicted), cohort.scaled(cohort.points), cohort.lengths, bones)


def rate_values(value: Rate) -> dict[str, Any]:
    """A rate for JSON."""
    low, high = (None if math.isnan(bound) else round(100 * bound, 1) for bound in (value.low, value.high))
    percent = round(100 * value.value, 1) if value.n else None
    return {"percent": percent, "hits": value.hits, "n": value.n, "interval": [low, high]}


def rate_of(values: Mapping[str, Any]) -> Rate:
    """What `rate_values` made of it."""
    low, high = (np.nan if bound is None else bound / 100 for bound in values["interval"])
    return Rate(values["hits"], values["n"], low, high)


def _deformities(found: LandmarkResult) -> dict[str, Any]:
    if not can_diagnose(found.cohort):
        return {}
    return {
        one.deformity: {
            "label": one.label,
            "n": one.counts.n,
            "sensitivity": rate_values(one.counts.sensitivity),
            "specificity": rate_values(one.counts.specificity),
        }
        for one in judge(found.cohort, found.predicted, PROFILE)
        if one.counts.n
    }
