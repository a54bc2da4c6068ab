"""Tests and intervals against scipy used differently and against formulas worked here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from FootDeformityTrainingLib.metrics_agreement import bland_altman, icc_2_1
from FootDeformityTrainingLib.metrics_diagnosis import Confusion, confusion, micro_average, rate
from FootDeformityTrainingLib.metrics_statistics import (
    compare_counts,
    compare_means,
    compare_paired,
    mean_with_interval,
    success_with_interval,
)

RNG = np.random.default_rng(1)


def test_models_are_compared_patient_by_patient() -> None:
    patients = [name for name in "abcdefgh" for _ in range(3)]
    first, second = RNG.normal(2, 1, 24), RNG.normal(2.5, 1, 24)
    means = [values.reshape(8, 3).mean(axis=1) for values in (first, second)]
    found = compare_paired(first, second, patients)
    assert found.n == 8
    assert found.difference == pytest.approx(means[0].mean() - means[1].mean())
    assert found.t_test == pytest.approx(stats.ttest_rel(*means).pvalue)
    assert found.wilcoxon == pytest.approx(stats.wilcoxon(*means).pvalue)


def test_only_what_both_models_have_is_compared() -> None:
    found = compare_paired([1.0, np.nan, 3.0, 4.0], [2.0, 2.0, np.nan, 7.0], list("abcd"))
    assert (found.n, found.difference) == (2, -2.0)
    assert math.isnan(compare_paired([1.0], [2.0], ["a"]).t_test)


def test_equal_models_do_not_differ() -> None:
    assert compare_paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], list("abc")) == (0.0, 1.0, 1.0, 3)


def test_bootstrap_agrees_with_the_normal_interval_where_that_holds() -> None:
    values = RNG.normal(10, 2, 400)
    found = mean_with_interval(values, [str(k) for k in range(400)])
    half = 1.96 * values.std(ddof=1) / 20
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)


def test_bootstrap_draws_patients_not_images() -> None:
    """Ten copies of each patient's image tell nothing new: the interval must not shrink by the root of ten."""
    values = RNG.normal(10, 2, 30)
    names = [str(k) for k in range(30)]
    once = mean_with_interval(values, names)
    copied = mean_with_interval(np.repeat(values, 10), [name for name in names for _ in range(10)])
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))


def test_a_single_patient_has_no_interval() -> None:
    found = mean_with_interval(np.array([[1.0, 3.0]]), ["a"])
    assert found.value == 2.0
    assert math.isnan(found.low)
    assert math.isnan(mean_with_interval(np.array([np.nan]), ["a"]).value)


def test_success_counts_missed_points_and_masks() -> None:
    errors = np.array([[0.5, np.inf, np.nan], [0.5, 0.5, 9.0]])
    mask = np.array([[True, True, True], [True, False, True]])
    assert success_with_interval(errors, 1.0, ["a", "b"], mask).value == 2 / 4


def test_chi_square_by_its_formula() -> None:
    table = np.array([[12, 8, 5], [20, 9, 16]])
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    statistic = ((table - expected) ** 2 / expected).sum()
    assert compare_counts(table).p == pytest.approx(stats.chi2.sf(statistic, 2))
    assert not compare_counts(table).small
    assert compare_counts([[1, 3], [2, 2]]).small
    assert math.isnan(compare_counts([[3, 0], [5, 0]]).p)


def test_anova_of_two_groups_is_the_t_test() -> None:
    a, b = RNG.normal(0, 1, 12), RNG.normal(0.5, 1, 9)
    assert compare_means([np.append(a, np.nan), b]).p == pytest.approx(stats.ttest_ind(a, b).pvalue)
    assert math.isnan(compare_means([a, []]).p)


def test_wilson_interval_by_its_formula() -> None:
    hits, n, z = 37, 41, 1.959963985
    p = hits / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    found = rate(hits, n)
    assert (found.value, found.low, found.high) == pytest.approx((p, middle - half, middle + half))
    assert math.isnan(rate(0, 0).value)


def test_diagnostic_rates_by_hand() -> None:
    truth = [True] * 6 + [False] * 4
    found = [True] * 5 + [False] + [True] + [False] * 3
    counts = confusion(truth, found)
    assert counts == (5, 1, 1, 3)
    assert counts.accuracy[:2] == (8, 10)
    assert counts.sensitivity[:2] == (5, 6)
    assert counts.specificity[:2] == (3, 4)
    assert counts.positive_predictive_value[:2] == (5, 6)
    assert counts.negative_predictive_value[:2] == (3, 4)
    assert micro_average([counts, Confusion(1, 2, 3, 4)]) == (6, 3, 4, 7)
    assert micro_average([]).n == 0


def test_icc_of_shrout_and_fleiss() -> None:
    """The example of their paper (table 2): ICC(2,1) = 0.29; the interval as statistics packages print it."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = icc_2_1(ratings)
    assert round(found.value, 2) == 0.29
    assert (round(found.low, 2), round(found.high, 2)) == (0.02, 0.76)


def test_icc_of_two_readers_from_sums_and_differences() -> None:
    x = RNG.normal(20, 5, 25)
    y = x + RNG.normal(1.5, 2, 25)
    between, within = (x + y).var(ddof=1) / 2, (x - y).var(ddof=1) / 2
    readers = 25 * (x.mean() - y.mean()) ** 2 / 2
    expected = (between - within) / (between + within + 2 / 25 * (readers - within))
    found = icc_2_1(np.column_stack([x, y]))
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    assert icc_2_1(np.column_stack([x, y + 10])).value < found.value  # absolute agreement: a bias counts


def test_icc_leaves_out_incomplete_subjects() -> None:
    assert icc_2_1([[1, 1], [2, 2.5], [3, 3], [np.nan, 4]]) == icc_2_1([[1, 1], [2, 2.5], [3, 3]])
    assert math.isnan(icc_2_1([[1, 2]]).value)
    assert icc_2_1([[1, 1], [2, 2]]).value == 1.0


def test_bland_altman_by_hand() -> None:
    found = bland_altman([10.0, 12.0, 14.0, 16.0, np.nan], [9.0, 12.0, 12.0, 15.0, 3.0])  # differences 1, 0, 2, 1
    deviation = math.sqrt(2 / 3)
    assert (found.n, found.bias, found.deviation) == (4, 1.0, pytest.approx(deviation))
    assert (found.lower, found.upper) == pytest.approx((1 - 1.959964 * deviation, 1 + 1.959964 * deviation))
    quantile = 3.182446  # t, 3 degrees of freedom
    assert (found.bias_low, found.bias_high) == pytest.approx(
        (1 - quantile * deviation / 2, 1 + quantile * deviation / 2)
    )
    margin = quantile * deviation * math.sqrt(1 / 4 + 1.959964**2 / 6)
    assert found.limit_margin == pytest.approx(margin)
    assert found.smallest_detectable_change == pytest.approx(1.959964 * deviation)
