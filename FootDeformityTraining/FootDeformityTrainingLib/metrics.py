"""Landmark errors; arrays are (N, K, 2) points and (N, K) masks, NaN = missing, pixels unless said otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def point_errors(predicted: Array, truth: Array) -> Array:
    """Euclidean error per point: (N, K, 2), (N, K, 2) -> (N, K), NaN where the truth is missing.

    >>> point_errors(np.array([[[3.0, 4.0]]]), np.zeros((1, 1, 2)))
    array([[5.]])
    """
    return np.asarray(np.hypot(*np.moveaxis(predicted - truth, -1, 0)))


def mean_error(errors: Array, mask: NDArray[np.bool_] | None = None) -> tuple[float, int]:
    """Mean of the errors that are defined (and in the mask), and how many they are.

    >>> mean_error(np.array([[1.0, 3.0, np.nan]]))
    (2.0, 2)
    """
    used = np.isfinite(errors) if mask is None else np.isfinite(errors) & mask
    return (float(errors[used].mean()) if used.any() else float("nan")), int(used.sum())


def success_rate(errors: Array, limit: float, mask: NDArray[np.bool_] | None = None) -> tuple[float, int]:
    """Share of the defined errors strictly below ``limit`` (SDR), and how many entered.

    >>> success_rate(np.array([[1.0, 2.0, np.nan]]), 2.0)
    (0.5, 2)
    """
    used = np.isfinite(errors) if mask is None else np.isfinite(errors) & mask
    return (float((errors[used] < limit).mean()) if used.any() else float("nan")), int(used.sum())
