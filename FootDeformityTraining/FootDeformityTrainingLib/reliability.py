"""Whether what a model expects of itself comes true: bins of equal size, and the area between them and the truth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from FootDeformityTrainingLib.metrics import Array

BINS = 10
AREA_WORDS = (
    "Area: mean over the bins, weighted by their points, of the absolute difference between expected and observed "
    "(the expected calibration error); 0 is perfect."
)


class Bin(NamedTuple):
    """Means over n points."""

    n: int
    expected: float
    observed: float


def reliability(expected: Array, observed: Array, bins: int = BINS) -> tuple[list[Bin], float]:
    """Bins of equally many values by ``expected``, and their area, see AREA_WORDS. Both (M,), in one unit.

    >>> reliability(np.array([0.0, 1.0]), np.array([0.5, 0.5]), bins=2)
    ([Bin(n=1, expected=0.0, observed=0.5), Bin(n=1, expected=1.0, observed=0.5)], 0.5)
    """
    order = np.argsort(expected, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    found = [Bin(len(part), float(expected[part].mean()), float(observed[part].mean())) for part in parts]
    return found, sum(one.n * abs(one.expected - one.observed) for one in found) / max(len(expected), 1)
