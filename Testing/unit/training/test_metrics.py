"""Errors worked by hand."""

from __future__ import annotations

import doctest

import numpy as np

from FootDeformityTrainingLib import metrics
from FootDeformityTrainingLib.metrics import mean_error, point_errors, success_rate


def test_docstring_examples() -> None:
    assert doctest.testmod(metrics).failed == 0


def test_errors_and_rates_leave_out_what_is_missing() -> None:
    truth = np.array([[[0.0, 0.0], [np.nan, np.nan]], [[10.0, 0.0], [0.0, 10.0]]])
    predicted = np.array([[[3.0, 4.0], [1.0, 1.0]], [[10.0, 1.0], [0.0, 12.0]]])
    errors = point_errors(predicted, truth)
    np.testing.assert_allclose(errors, [[5, np.nan], [1, 2]])
    assert mean_error(errors) == (8 / 3, 3)
    assert success_rate(errors, 2.0) == (1 / 3, 3)  # strictly below
    assert mean_error(errors, np.zeros((2, 2), bool))[1] == 0
