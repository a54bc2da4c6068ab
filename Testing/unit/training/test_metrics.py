"""Errors worked by hand."""

from __future__ import annotations

import doctest
from types import ModuleType

import numpy as np
import pytest

from FootDeformityTrainingLib import metrics, metrics_agreement, metrics_diagnosis, metrics_statistics
from FootDeformityTrainingLib.metrics import (
    angle_differences,
    image_means,
    mean_error,
    missed_as_infinite,
    point_errors,
    success_rate,
)


@pytest.mark.parametrize("module", [metrics, metrics_agreement, metrics_diagnosis, metrics_statistics])
def test_docstring_examples(module: ModuleType) -> None:
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


def test_errors_and_rates_leave_out_what_is_missing() -> None:
    truth = np.array([[[0.0, 0.0], [np.nan, np.nan]], [[10.0, 0.0], [0.0, 10.0]]])
    predicted = np.array([[[3.0, 4.0], [1.0, 1.0]], [[10.0, 1.0], [0.0, 12.0]]])
    errors = point_errors(predicted, truth)
    np.testing.assert_allclose(errors, [[5, np.nan], [1, 2]])
    assert mean_error(errors) == (8 / 3, 3)
    assert success_rate(errors, 2.0) == (1 / 3, 3)  # strictly below
    assert mean_error(errors, np.zeros((2, 2), bool))[1] == 0


def test_a_point_that_was_not_found_is_a_failure_but_has_no_distance() -> None:
    truth = np.array([[[0.0, 0.0], [4.0, 0.0], [np.nan, np.nan]]])
    predicted = np.array([[[1.0, 0.0], [np.nan, np.nan], [np.nan, np.nan]]])
    errors = missed_as_infinite(point_errors(predicted, truth), truth)
    assert success_rate(errors, 2.0) == (0.5, 2)
    assert mean_error(errors) == (1.0, 1)
    np.testing.assert_array_equal(image_means(errors), [1.0])


def test_angles_differ_the_short_way_round() -> None:
    np.testing.assert_allclose(angle_differences([-178, 5, np.nan], [178, 8, 1]), [4, -3, np.nan])
