"""Comparisons and intervals; scipy does the statistics, this file says what is compared with what.

Images of one patient are not independent: tests between models pair the means of each patient, and bootstrap
intervals draw patients, not images or points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from FootDeformityTrainingLib.metrics import Mask

Array = NDArray[np.float64]
_RESAMPLES = 2000
_SMALLEST_EXPECTED = 5.0


class Estimate(NamedTuple):
    """A value with its 95 % interval; NaN where it cannot be told."""

    value: float
    low: float
    high: float


class PairedComparison(NamedTuple):
    """First minus second: mean difference over n patients, p of the paired t-test and of Wilcoxon's signed ranks."""

    difference: float
    t_test: float
    wilcoxon: float
    n: int


class GroupTest(NamedTuple):
    """p of a test between groups; small: a chi-square test in which an expected count lies below 5."""

    p: float
    small: bool = False


def patient_means(values: ArrayLike, patients: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Mean of each patient's finite values: (N,) and N names -> (P,) and P names in sorted order; NaN without any.

    >>> patient_means([1.0, 3.0, np.nan, 5.0], ["b", "b", "b", "a"])
    (array([5., 2.]), ('a', 'b'))
    """
    total, count, names = _patient_sums(np.asarray(values, dtype=np.float64)[:, None], patients, None)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan)), names


def compare_paired(first: ArrayLike, second: ArrayLike, patients: Sequence[str]) -> PairedComparison:
    """Compare two models' values (N,) of the same images; only images with both count.

    >>> compare_paired([1.0, 2.0, 3.0], [1.5, 2.6, 3.4], ["a", "b", "c"]).n
    3
    """
    a, b = (np.asarray(values, dtype=np.float64) for values in (first, second))
    differences, _ = patient_means(a - b, patients)
    differences = differences[np.isfinite(differences)]
    n = len(differences)
    if n < 2:
        return PairedComparison(float(differences.mean()) if n else math.nan, math.nan, math.nan, n)
    if not differences.any():  # the same predictions: scipy would divide nothing by nothing
        return PairedComparison(0.0, 1.0, 1.0, n)
    t_test = float(stats.ttest_1samp(differences, 0.0).pvalue) if differences.std() > 0 else 0.0
    return PairedComparison(float(differences.mean()), t_test, float(stats.wilcoxon(differences).pvalue), n)


def mean_with_interval(values: Array, patients: Sequence[str], mask: Mask | None = None, seed: int = 0) -> Estimate:
    """Mean of the finite values (N, K) or (N,) with its 95 % bootstrap interval over patients (percentiles, 2000).

    A patient's values are drawn together, so the interval is that of other patients, not of other points.

    >>> mean_with_interval(np.array([[1.0, 1.0], [1.0, np.nan]]), ["a", "b"])
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    table = values.reshape(len(values), -1)
    total, count, _ = _patient_sums(table, patients, None if mask is None else mask.reshape(table.shape))
    total, count = total[count > 0], count[count > 0]
    if not len(total):
        return Estimate(math.nan, math.nan, math.nan)
    value = float(total.sum() / count.sum())
    if len(total) == 1:
        return Estimate(value, math.nan, math.nan)
    low, high = stats.bootstrap(
        (total, count),
        lambda t, c, axis: t.sum(axis=axis) / c.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(value, float(low), float(high))


def success_with_interval(
    errors: Array, limit: float, patients: Sequence[str], mask: Mask | None = None, seed: int = 0
) -> Estimate:
    """`metrics.success_rate` of errors (N, K) with its 95 % bootstrap interval over patients.

    >>> success_with_interval(np.array([[0.5, np.inf], [0.5, 3.0]]), 1.0, ["a", "b"])
    Estimate(value=0.5, low=0.5, high=0.5)
    """
    return mean_with_interval(np.where(np.isnan(errors), np.nan, errors < limit), patients, mask, seed)


def compare_means(groups: Sequence[ArrayLike]) -> GroupTest:
    """One-way ANOVA between groups of values, NaN left out; p is NaN unless two groups have at least two values each.

    >>> round(compare_means([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]).p, 3)
    0.288
    """
    known = [values[np.isfinite(values)] for values in (np.asarray(group, dtype=np.float64) for group in groups)]
    known = [values for values in known if len(values) > 1]
    if len(known) < 2 or all(values.std() == 0 for values in known):
        return GroupTest(math.nan)
    return GroupTest(float(stats.f_oneway(*known).pvalue))


def compare_counts(counts: ArrayLike) -> GroupTest:
    """Pearson's chi-square test of a table (groups, categories) of counts; empty rows and columns are left out.

    >>> compare_counts([[10, 10], [20, 20]])
    GroupTest(p=1.0, small=False)
    """
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return GroupTest(math.nan)
    result = stats.chi2_contingency(table, correction=False)
    return GroupTest(float(result.pvalue), bool((result.expected_freq < _SMALLEST_EXPECTED).any()))


def _patient_sums(
    values: Array, patients: Sequence[str], mask: Mask | None
) -> tuple[Array, NDArray[np.int64], tuple[str, ...]]:
    """Sum and number of the finite values of each patient: (N, K) -> (P,), (P,), names."""
    names, index = np.unique(np.asarray(patients, dtype=str), return_inverse=True)
    used = np.isfinite(values) if mask is None else np.isfinite(values) & mask
    total = np.bincount(index, np.where(used, values, 0.0).sum(axis=1), len(names))
    count = np.bincount(index, used.sum(axis=1), len(names)).astype(np.int64)
    return total.astype(np.float64), count, tuple(names.tolist())
