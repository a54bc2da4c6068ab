"""Angles of a model against the readers' for a model card: error, bias, agreement, intervals over patients, n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult
from FootDeformityTrainingLib.metrics_agreement import icc_2_1
from FootDeformityTrainingLib.metrics_statistics import mean_with_interval
from FootDeformityTrainingLib.model_metrics import rounded


def angle_metrics(angles: Sequence[AngleResult], patients: Sequence[str]) -> dict[str, Any]:
    """Plain values by angle, in degrees: of the images on which all its landmarks are certain, and of all.

    icc: ICC(2,1) of readers and model. A model that always finds the mean has a fair mean error and an ICC of 0: then
    its angle says nothing about the foot. spread_readers and spread_found: standard deviations over the images.
    """
    figures: dict[str, Any] = {}
    for angle in angles:
        figures[angle.name] = {"label": angle.label}
        for name, mask in (("certain", angle.certain), ("all", np.ones_like(angle.certain))):
            differences = np.where(mask, angle.differences, np.nan)
            error = mean_with_interval(np.abs(differences), patients)
            bias = mean_with_interval(differences, patients)
            there = np.isfinite(differences)
            known = np.abs(differences[there])
            true, found = angle.truth[there], angle.truth[there] + differences[there]
            agreement = icc_2_1(np.column_stack([true, found]))
            figures[angle.name][name] = {
                "n": len(known),
                "error_degrees": rounded(error.value),
                "interval": [rounded(error.low), rounded(error.high)],
                "median": rounded(float(np.median(known))) if len(known) else None,
                "bias_degrees": rounded(bias.value),
                "bias_interval": [rounded(bias.low), rounded(bias.high)],
                "icc": rounded(agreement.value),
                "icc_interval": [rounded(agreement.low), rounded(agreement.high)],
                "spread_readers": rounded(float(true.std(ddof=1))) if len(known) > 1 else None,
                "spread_found": rounded(float(found.std(ddof=1))) if len(known) > 1 else None,
            }
    return figures
