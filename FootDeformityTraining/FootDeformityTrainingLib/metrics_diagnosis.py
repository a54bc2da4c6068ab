"""How well a yes-no finding agrees with the truth: counts, rates and their Wilson intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


class Rate(NamedTuple):
    """hits of n, with the 95 % Wilson interval of the share; NaN where n is 0."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.n if self.n else math.nan


class Confusion(NamedTuple):
    """Counts of a yes-no finding. Those of several deformities add up to the micro-average."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def n(self) -> int:
        """All judged feet."""
        return sum(self)

    @property
    def accuracy(self) -> Rate:
        """Right ones of all."""
        return rate(self.true_positive + self.true_negative, self.n)

    @property
    def sensitivity(self) -> Rate:
        """Found ones of those that have it."""
        return rate(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> Rate:
        """Cleared ones of those that do not have it."""
        return rate(self.true_negative, self.true_negative + self.false_positive)

    @property
    def positive_predictive_value(self) -> Rate:
        """Right ones of those called present."""
        return rate(self.true_positive, self.true_positive + self.false_positive)

    @property
    def negative_predictive_value(self) -> Rate:
        """Right ones of those called absent."""
        return rate(self.true_negative, self.true_negative + self.false_negative)


def rate(hits: int, n: int) -> Rate:
    """A share with its 95 % Wilson interval.

    >>> rate(8, 10)
    Rate(hits=8, n=10, low=0.490..., high=0.943...)
    """
    if n == 0:
        return Rate(0, 0, math.nan, math.nan)
    interval = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    return Rate(hits, n, float(interval.low), float(interval.high))


def confusion(truth: ArrayLike, predicted: ArrayLike, judged: ArrayLike | None = None) -> Confusion:
    """Count (N,) booleans; judged (N,) leaves out those that cannot be compared.

    >>> confusion([True, True, False, False], [True, False, False, True], [True, True, True, False])
    Confusion(true_positive=1, false_positive=0, false_negative=1, true_negative=1)
    """
    true, found = np.asarray(truth, dtype=bool), np.asarray(predicted, dtype=bool)
    used = np.ones(true.shape, dtype=bool) if judged is None else np.asarray(judged, dtype=bool)
    return Confusion(
        true_positive=int((used & true & found).sum()),
        false_positive=int((used & ~true & found).sum()),
        false_negative=int((used & true & ~found).sum()),
        true_negative=int((used & ~true & ~found).sum()),
    )


def micro_average(parts: Iterable[Confusion]) -> Confusion:
    """Counts of all deformities together.

    >>> micro_average([Confusion(1, 0, 1, 1), Confusion(2, 1, 0, 0)])
    Confusion(true_positive=3, false_positive=1, false_negative=1, true_negative=1)
    """
    parts = list(parts)
    return Confusion(*(sum(column) for column in zip(*parts, strict=True))) if parts else Confusion(0, 0, 0, 0)
