"""The figures of a model card: errors of certain and of all points, per landmark, with n beside each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from FootDeformityTrainingLib.metrics import Array, Mask, mean_error, success_rate
from FootDeformityTrainingLib.metrics_statistics import Estimate, mean_with_interval, success_with_interval
from FootDeformityTrainingLib.validation import ValidationResult

#: SDR limits in parts of the foot length
LIMITS = (0.01, 0.02, 0.03, 0.04)


def model_metrics(
    result: ValidationResult, ids: tuple[str, ...], patients: Sequence[str] | None = None
) -> dict[str, Any]:
    """Plain values for model.json; errors in percent of foot length, NME in parts of the padded side.

    patients: of each image; with them, medians and 95 % bootstrap intervals over patients stand beside the means.
    """
    figures: dict[str, Any] = {"images": len(result.errors)}
    if patients is not None:
        figures["patients"] = len(set(patients))
    for name, mask in (("certain", result.certain), ("all", np.isfinite(result.errors))):
        error, count = mean_error(result.errors, mask)
        figures[name] = {
            "n": count,
            "nme": round(mean_error(result.nme, mask)[0], 5),
            "error_percent": round(100 * error, 3),
            "first_look_error_percent": round(100 * mean_error(result.first_errors, mask)[0], 3),
            "sdr_percent": {
                f"{100 * limit:.0f}": round(100 * success_rate(result.errors, limit, mask)[0], 1) for limit in LIMITS
            },
        }
        if patients is not None:
            figures[name] |= _spread(result.errors, mask, patients)
            figures[name]["sdr_interval"] = {
                f"{100 * limit:.0f}": _bounds(success_with_interval(result.errors, limit, patients, mask))
                for limit in LIMITS
            }
    figures["per_landmark"] = {
        identifier: _landmark(result.errors[:, i], result.certain[:, i], patients) for i, identifier in enumerate(ids)
    }
    return figures


def rounded(value: float) -> float | None:
    """Three decimals; None instead of NaN, which JSON does not know."""
    return None if math.isnan(value) else round(value, 3)


def _landmark(errors: Array, certain: Mask, patients: Sequence[str] | None) -> dict[str, Any]:
    every, of_certain = mean_error(errors), mean_error(errors, certain)
    figures: dict[str, Any] = {
        "n": every[1],
        "error_percent": rounded(100 * every[0]),
        "n_certain": of_certain[1],
        "certain_error_percent": rounded(100 * of_certain[0]),
    }
    if patients is not None:
        for prefix, mask in (("", np.isfinite(errors)), ("certain_", certain)):
            figures |= {f"{prefix}{key}": value for key, value in _spread(errors, mask, patients).items()}
            figures[f"{prefix}sdr_4_percent"] = rounded(100 * success_rate(errors, LIMITS[-1], mask)[0])
    return figures


def _spread(errors: Array, mask: Mask, patients: Sequence[str]) -> dict[str, Any]:
    known = errors[np.isfinite(errors) & mask]
    return {
        "interval_percent": _bounds(mean_with_interval(errors, patients, mask)),
        "median_percent": rounded(100 * float(np.median(known))) if len(known) else None,
    }


def _bounds(estimate: Estimate) -> list[float | None]:
    return [rounded(100 * estimate.low), rounded(100 * estimate.high)]
