"""Confidence learned on held-out images, and how well it holds on images it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.confidence import ConfidenceModel, features, fit
from FootDeformityLib.network.two_looks import Looks
from FootDeformityTrainingLib.reliability import reliability

Array = NDArray[np.float64]
_FOLDS = 5
DROPPED = 0.2  # share of least confident points left out in the check


@dataclass(frozen=True, eq=False)
class NestedConfidence:
    """Expected errors and confidences (N, K) of images, each by a fit that knows no image of its fold."""

    expected: Array
    confidence: Array


def stacked_features(looks: list[Looks]) -> Array:
    """(N, K, F) features of N images."""
    return np.stack([features(look.height, look.width, look.disagreement) for look in looks])


def calibrate(looks: list[Looks], errors: Array) -> tuple[ConfidenceModel, dict[str, Any]]:
    """Fit on all given images (none of which the network was trained on) and check by cross-validation over images.

    errors: (N, K) in parts of the foot length, NaN = unknown. See `confidence_check`.
    """
    model = fit(stacked_features(looks), errors)
    folds = np.empty(len(errors), dtype=np.int64)
    folds[np.random.default_rng(0).permutation(len(errors))] = np.arange(len(errors)) % _FOLDS
    return model, confidence_check(nested_confidence(looks, errors, folds), errors, model.limit)


def nested_confidence(looks: list[Looks], errors: Array, folds: NDArray[np.int64]) -> NestedConfidence:
    """What fits on the other folds say of each fold (N,); errors as for `calibrate`."""
    values = stacked_features(looks)
    expected, confidence = np.full_like(errors, np.nan), np.full_like(errors, np.nan)
    for fold in np.unique(folds):
        held = folds == fold
        partial = fit(values[~held], errors[~held]) if not held.all() else fit(values, errors)
        expected[held], confidence[held] = partial.expected_error(values[held]), partial.confidence(values[held])
    return NestedConfidence(expected, confidence)


def confidence_check(found: NestedConfidence, errors: Array, limit: float) -> dict[str, Any]:
    """Plain values: mean error of all points and of those left when the least confident fifth is dropped, the
    correlation of expected and true error, and both reliability diagrams with their areas, see reliability.py."""
    known = np.isfinite(errors)
    expected, confidence, errors = found.expected[known], found.confidence[known], errors[known]
    kept = np.argsort(expected, kind="stable")[: round((1 - DROPPED) * len(errors))]
    shares, share_area = reliability(confidence, (errors < limit).astype(np.float64))
    means, mean_area = reliability(100 * expected, 100 * errors)
    return {
        "n": len(errors),
        "error_percent": round(100 * float(errors.mean()), 3),
        "error_percent_without_least_confident_fifth": round(100 * float(errors[kept].mean()), 3),
        "rank_correlation": round(float(np.corrcoef(_ranks(expected), _ranks(errors))[0, 1]), 3),
        "reliability": [
            {
                "n": one.n,
                "mean_confidence": round(one.expected, 3),
                f"share_within_{100 * limit:.0f}_percent": round(one.observed, 3),
            }
            for one in shares
        ],
        "reliability_area": round(share_area, 4),
        "expected_error": [
            {"n": one.n, "expected_percent": round(one.expected, 3), "error_percent": round(one.observed, 3)}
            for one in means
        ],
        "expected_error_area_percent": round(mean_area, 3),
    }


def _ranks(values: Array) -> Array:
    return np.argsort(np.argsort(values)).astype(np.float64)
