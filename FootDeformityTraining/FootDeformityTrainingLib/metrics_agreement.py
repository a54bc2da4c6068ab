"""How far two or more readers agree on a measurement; a network is a reader, too."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]
_LIMIT = float(stats.norm.ppf(0.975))


class IntraclassCorrelation(NamedTuple):
    """ICC(2,1) with its 95 % interval over n subjects; NaN where it is not defined."""

    value: float
    low: float
    high: float
    n: int


class BlandAltman(NamedTuple):
    """Differences of n pairs: bias with its 95 % interval, standard deviation, and the limits of agreement.

    lower and upper: bias -+ 1.96 standard deviations; limit_margin: half width of each limit's 95 % interval.
    """

    bias: float
    bias_low: float
    bias_high: float
    deviation: float
    lower: float
    upper: float
    limit_margin: float
    n: int

    @property
    def smallest_detectable_change(self) -> float:
        """MDC95 = 1.96 sqrt(2) SEM with SEM = deviation / sqrt(2): what a repeated reading exceeds in 5 %."""
        return _LIMIT * self.deviation


def icc_2_1(ratings: ArrayLike) -> IntraclassCorrelation:
    """ICC(2,1): two-way random effects, absolute agreement, one rating (Shrout and Fleiss 1979).

    ratings (n, k): subjects by readers; subjects with a NaN are left out. Interval after McGraw and Wong 1996.

    >>> icc_2_1([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    IntraclassCorrelation(value=0.289..., low=0.018..., high=0.761..., n=6)
    """
    table = np.asarray(ratings, dtype=np.float64)
    table = table[np.isfinite(table).all(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return IntraclassCorrelation(math.nan, math.nan, math.nan, n)
    mean = table.mean()
    rows, columns = table.mean(axis=1) - mean, table.mean(axis=0) - mean
    residual = table - mean - rows[:, None] - columns[None, :]
    subjects = float(k * (rows**2).sum() / (n - 1))
    readers = float(n * (columns**2).sum() / (k - 1))
    error = float((residual**2).sum() / ((n - 1) * (k - 1)))
    denominator = subjects + (k - 1) * error + k * (readers - error) / n
    if denominator <= 0:
        return IntraclassCorrelation(math.nan, math.nan, math.nan, n)
    value = (subjects - error) / denominator
    low, high = _icc_interval(value, subjects, readers, error, n, k)
    return IntraclassCorrelation(value, low, high, n)


def _icc_interval(value: float, subjects: float, readers: float, error: float, n: int, k: int) -> tuple[float, float]:
    if value >= 1.0 or readers + error <= 0:
        return math.nan, math.nan
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * readers) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if spread <= 0:
        return math.nan, math.nan
    freedom = (a * readers + b * error) ** 2 / spread
    lower_f = float(stats.f.ppf(0.975, n - 1, freedom))
    upper_f = float(stats.f.ppf(0.975, freedom, n - 1))
    rest = k * readers + (k * n - k - n) * error
    low = n * (subjects - lower_f * error) / (lower_f * rest + n * subjects)
    high = n * (upper_f * subjects - error) / (rest + n * upper_f * subjects)
    return low, high


def bland_altman(first: ArrayLike, second: ArrayLike) -> BlandAltman:
    """Bland-Altman figures of first minus second (n,); pairs with a NaN are left out.

    The limits' interval follows Bland and Altman 1999: variance (1/n + 1.96^2 / (2 (n - 1))) s^2.

    >>> result = bland_altman([1.0, 2.0, 3.0], [0.0, 2.0, 2.0])
    >>> round(result.bias, 3), round(result.deviation, 3), result.n
    (0.667, 0.577, 3)
    """
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    differences = differences[np.isfinite(differences)]
    n = len(differences)
    bias = float(differences.mean()) if n else math.nan
    if n < 2:
        return BlandAltman(bias, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, n)
    deviation = float(differences.std(ddof=1))
    quantile = float(stats.t.ppf(0.975, n - 1))
    margin = quantile * deviation / math.sqrt(n)
    limit_margin = quantile * deviation * math.sqrt(1 / n + _LIMIT**2 / (2 * (n - 1)))
    half = _LIMIT * deviation
    return BlandAltman(bias, bias - margin, bias + margin, deviation, bias - half, bias + half, limit_margin, n)
