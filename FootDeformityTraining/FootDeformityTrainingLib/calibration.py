"""Confidence learned on held-out images, and how well it holds on images it was not fitted on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.confidence import ConfidenceModel, features, fit
from FootDeformityLib.network.two_looks import Looks

Array = NDArray[np.float64]
_FOLDS = 5
DROPPED = 0.2  # share of least confident points left out in the check


def stacked_features(looks: list[Looks]) -> Array:
    """(N, K, F) features of N images."""
    return np.stack([features(look.height, look.width, look.disagreement) for look in looks])


def calibrate(looks: list[Looks], errors: Array) -> tuple[ConfidenceModel, dict[str, Any]]:
    """Fit on all given images (none of which the network was trained on) and check by cross-validation over images.

    errors: (N, K) in parts of the foot length, NaN = unknown. The check states the mean error of all points and
    of those left when the least confident fifth is dropped, the correlation of expected and true error, and per
    fifth of the confidence how often the point was within the limit; every image was judged by a fit without it.
    """
    values = stacked_features(looks)
    model = fit(values, errors)
    order = np.random.default_rng(0).permutation(len(errors))
    expected, confidence = np.full_like(errors, np.nan), np.full_like(errors, np.nan)
    for fold in range(min(_FOLDS, len(errors))):
        held = order[fold::_FOLDS]
        others = np.setdiff1d(order, held)
        partial = fit(values[others], errors[others]) if len(others) else model
        expected[held], confidence[held] = partial.expected_error(values[held]), partial.confidence(values[held])
    known = np.isfinite(errors)
    return model, _check(expected[known], confidence[known], errors[known], model.limit)


def _check(expected: Array, confidence: Array, errors: Array, limit: float) -> dict[str, Any]:
    kept = np.argsort(expected)[: round((1 - DROPPED) * len(errors))]
    fifths = np.array_split(np.argsort(confidence), 5)
    return {
        "n": len(errors),
        "error_percent": round(100 * float(errors.mean()), 3),
        "error_percent_without_least_confident_fifth": round(100 * float(errors[kept].mean()), 3),
        "rank_correlation": round(float(np.corrcoef(_ranks(expected), _ranks(errors))[0, 1]), 3),
        "reliability": [
            {
                "n": len(part),
                "mean_confidence": round(float(confidence[part].mean()), 3),
                f"share_within_{100 * limit:.0f}_percent": round(float((errors[part] < limit).mean()), 3),
            }
            for part in fifths
        ],
    }


def _ranks(values: Array) -> Array:
    return np.argsort(np.argsort(values)).astype(np.float64)
