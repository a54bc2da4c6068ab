"""How far off a point probably is, learned from points that the network had not been trained on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear
from scipy.special import ndtr

Array = NDArray[np.float64]

#: features -> height and disagreement as what a point has more than its image's mean, width, and the means
_APART = np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [-1, 0, 0, 1, 0], [0, 0, -1, 0, 1]], dtype=float)
#: least and most weight of each: lower or wider peaks and more disagreement never mean a smaller error
_LEAST = np.array([-np.inf, 0.0, 0.0, -np.inf, 0.0])
_MOST = np.array([0.0, np.inf, np.inf, 0.0, np.inf])


@dataclass(frozen=True, eq=False)
class ConfidenceModel:
    """Log-normal model of the error in parts of the foot length: log e = landmark + features @ weights + noise.

    landmark: (K,) intercepts; weights: (F,); spread: standard deviation of the noise; limit: the error that
    "confident" means to stay below; floor: errors below it count as it, because readers differ by as much.
    """

    landmark: Array
    weights: Array
    spread: float
    limit: float = 0.03
    floor: float = 0.003

    def log_error(self, features: Array) -> Array:
        """(..., K, F) features -> (..., K) expected logarithm of the error."""
        return np.asarray(self.landmark + features @ self.weights)

    def expected_error(self, features: Array) -> Array:
        """Mean of the log-normal, in parts of the foot length, at most 1."""
        return np.minimum(np.exp(self.log_error(features) + self.spread**2 / 2), 1.0)

    def confidence(self, features: Array) -> Array:
        """Probability that the error is below ``limit``."""
        return np.asarray(ndtr((math.log(self.limit) - self.log_error(features)) / self.spread))

    def to_dict(self) -> dict[str, Any]:
        return {
            "landmark": self.landmark.round(4).tolist(),
            "weights": self.weights.round(4).tolist(),
            "spread": round(self.spread, 4),
            "limit": self.limit,
            "floor": self.floor,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ConfidenceModel:
        return cls(
            np.asarray(values["landmark"]),
            np.asarray(values["weights"]),
            float(values["spread"]),
            float(values["limit"]),
            float(values["floor"]),
        )


def features(height: Array, width: Array, disagreement: Array) -> Array:
    """(..., K) each -> (..., K, 5).

    height: of the peak; width: of the peak in cells, NaN counts as very wide; disagreement: between looks, in
    parts of the foot length. The image's means stand beside the point's own values: doubt about the rest of
    the foot is doubt about each point.
    """
    h = np.log(np.clip(height, 0.02, 1.5))
    w = np.log(np.clip(np.nan_to_num(width, nan=8.0), 0.5, 8.0))
    d = np.log(np.clip(disagreement, 1e-3, 1.0))
    mean_h, mean_d = (np.broadcast_to(x.mean(axis=-1, keepdims=True), x.shape) for x in (h, d))
    return np.stack([h, w, d, mean_h, mean_d], axis=-1)


def fit(values: Array, errors: Array, limit: float = 0.03, floor: float = 0.003, ridge: float = 3.0) -> ConfidenceModel:
    """Fit on held-out images: values (N, K, 5) of `features`, errors (N, K) in parts of the foot length, NaN = unknown.

    Ridge regression; the penalty (in points) pulls the landmarks' intercepts towards their mean, so that a few
    images are enough. Held-out feet look much alike: a few of them may seem to say that images with lower peaks are the
    better ones, and then the model would be surest of hands and chests. So the weights' signs are fixed.
    """
    count, size = errors.shape[1], values.shape[-1]
    known = np.isfinite(errors)
    rows, columns = np.nonzero(known)
    target = np.log(np.maximum(errors[known], floor))
    design = np.column_stack([np.ones(len(rows)), np.eye(count)[columns], values[rows, columns] @ _APART])
    penalty = np.diag(np.sqrt([0.0] + [ridge] * count + [1e-3] * size))
    free = np.full(1 + count, np.inf)
    solution = lsq_linear(
        np.concatenate([design, penalty]),
        np.concatenate([target, np.zeros(len(penalty))]),
        (np.concatenate([-free, _LEAST]), np.concatenate([free, _MOST])),
        method="bvls",
    ).x
    residual = target - design @ solution
    return ConfidenceModel(
        solution[0] + solution[1 : count + 1],
        _APART @ solution[count + 1 :],
        max(float(residual.std()), 0.1),
        limit,
        floor,
    )
