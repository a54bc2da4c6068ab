"""Landmark errors; arrays are (N, K, 2) points and (N, K) errors and masks, NaN = missing, pixels unless told.

MRE (mean radial error) is `mean_error` of `point_errors`, NME that of `normalised_errors`, SDR is `success_rate`.
Every figure comes with the number of values that entered it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: what the published success rates call a millimetre: 1 / 0.15 pixels of the stored image, whatever its true spacing
NOMINAL_MM_PER_PIXEL = 0.15


def point_errors(predicted: Array, truth: Array) -> Array:
    """Euclidean error per point: (N, K, 2), (N, K, 2) -> (N, K), NaN where the truth or the prediction is missing.

    >>> point_errors(np.array([[[3.0, 4.0]]]), np.zeros((1, 1, 2)))
    array([[5.]])
    """
    return np.asarray(np.hypot(*np.moveaxis(predicted - truth, -1, 0)))


def missed_as_infinite(errors: Array, truth: Array) -> Array:
    """Errors (N, K) with infinity where the truth (N, K, 2) has a point and the prediction has none.

    `success_rate` then counts a point that was not found as a failure; `mean_error` leaves it out.

    >>> missed_as_infinite(np.array([[np.nan, np.nan]]), np.array([[[1.0, 1.0], [np.nan, np.nan]]]))
    array([[inf, nan]])
    """
    missed = np.isnan(errors) & np.isfinite(truth).all(axis=-1)
    return np.where(missed, np.inf, errors)


def normalised_errors(errors: Array, unit: ArrayLike) -> Array:
    """Errors (N, K) in units of a length per image (N,): of the padded image's side for the NME of the paper.

    >>> normalised_errors(np.array([[5.0, 10.0]]), [1000.0])
    array([[0.005, 0.01 ]])
    """
    return np.asarray(errors / np.asarray(unit, dtype=np.float64)[:, None])


def padded_side(sizes: ArrayLike) -> Array:
    """Side (N,) of the square to which images of (height, width) pixels (N, 2) are padded.

    >>> padded_side([[400, 300]])
    array([400.])
    """
    return np.asarray(np.asarray(sizes, dtype=np.float64).max(axis=-1))


def nominal_millimetres(errors: Array) -> Array:
    """Pixel errors (N, K) times 0.15, to stand beside published success rates only: these are not millimetres.

    >>> nominal_millimetres(np.array([[20.0]]))
    array([[3.]])
    """
    return np.asarray(errors * NOMINAL_MM_PER_PIXEL)


def mean_error(errors: Array, mask: Mask | None = None) -> tuple[float, int]:
    """Mean of the errors that are finite (and in the mask), and how many they are.

    >>> mean_error(np.array([[1.0, 3.0, np.nan]]))
    (2.0, 2)
    """
    used = np.isfinite(errors) if mask is None else np.isfinite(errors) & mask
    return (float(errors[used].mean()) if used.any() else float("nan")), int(used.sum())


def success_rate(errors: Array, limit: float, mask: Mask | None = None) -> tuple[float, int]:
    """Share of the errors strictly below ``limit`` (SDR), and how many entered; infinity counts as a failure.

    >>> success_rate(np.array([[1.0, 2.0, np.nan]]), 2.0)
    (0.5, 2)
    """
    used = ~np.isnan(errors) if mask is None else ~np.isnan(errors) & mask
    return (float((errors[used] < limit).mean()) if used.any() else float("nan")), int(used.sum())


def angle_differences(predicted: ArrayLike, truth: ArrayLike) -> Array:
    """Signed differences (...) of angles in degrees, the short way round: -180 to below 180; NaN where one is missing.

    >>> angle_differences([179.0, 10.0], [-179.0, 4.0])
    array([-2.,  6.])
    """
    difference = np.asarray(predicted, dtype=np.float64) - np.asarray(truth, dtype=np.float64)
    return np.asarray((difference + 180.0) % 360.0 - 180.0)


def image_means(errors: Array, mask: Mask | None = None) -> Array:
    """Mean error per image: (N, K) -> (N,) over the finite (and masked) points, NaN for an image without any.

    >>> image_means(np.array([[1.0, 3.0, np.nan], [np.nan, np.nan, np.nan]]))
    array([ 2., nan])
    """
    used = np.isfinite(errors) if mask is None else np.isfinite(errors) & mask
    count = used.sum(axis=1)
    total = np.where(used, errors, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
