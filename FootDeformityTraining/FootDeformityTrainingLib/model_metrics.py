"""The figures of a model card: errors of certain and of all points, per landmark, with n beside each."""

from __future__ import annotations

from typing import Any

from FootDeformityTrainingLib.metrics import mean_error, success_rate
from FootDeformityTrainingLib.validation import ValidationResult

#: SDR limits in parts of the foot length
LIMITS = (0.01, 0.02, 0.03, 0.04)


def model_metrics(result: ValidationResult, ids: tuple[str, ...]) -> dict[str, Any]:
    """Plain values for model.json; errors in percent of foot length, NME in parts of the padded side."""
    figures: dict[str, Any] = {"images": len(result.errors)}
    for name, mask in (("certain", result.certain), ("all", None)):
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
    figures["per_landmark"] = {
        identifier: {
            "n": mean_error(result.errors[:, i])[1],
            "error_percent": round(100 * mean_error(result.errors[:, i])[0], 3),
            "n_certain": mean_error(result.errors[:, i], result.certain[:, i])[1],
            "certain_error_percent": _rounded(100 * mean_error(result.errors[:, i], result.certain[:, i])[0]),
        }
        for i, identifier in enumerate(ids)
    }
    return figures


def _rounded(value: float) -> float | None:
    return None if value != value else round(value, 3)  # NaN: no certain point of this landmark
