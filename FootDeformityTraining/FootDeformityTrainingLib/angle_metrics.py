"""Angles of a model against the readers' for a model card: error, bias, intervals over patients, n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult
from FootDeformityTrainingLib.metrics_statistics import mean_with_interval
from FootDeformityTrainingLib.model_metrics import rounded


def angle_metrics(angles: Sequence[AngleResult], patients: Sequence[str]) -> dict[str, Any]:
    """Plain values by angle, in degrees: of the images on which all its landmarks are certain, and of all."""
    figures: dict[str, Any] = {}
    for angle in angles:
        figures[angle.name] = {"label": angle.label}
        for name, mask in (("certain", angle.certain), ("all", np.ones_like(angle.certain))):
            differences = np.where(mask, angle.differences, np.nan)
            error = mean_with_interval(np.abs(differences), patients)
            bias = mean_with_interval(differences, patients)
            known = np.abs(differences[np.isfinite(differences)])
            figures[angle.name][name] = {
                "n": len(known),
                "error_degrees": rounded(error.value),
                "interval": [rounded(error.low), rounded(error.high)],
                "median": rounded(float(np.median(known))) if len(known) else None,
                "bias_degrees": rounded(bias.value),
                "bias_interval": [rounded(bias.low), rounded(bias.high)],
            }
    return figures
