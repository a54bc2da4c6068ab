"""Pooled figures are those that a reader computes by hand."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.confidence import fit
from FootDeformityLib.network.two_looks import Looks
from FootDeformityTrainingLib.angle_metrics import angle_metrics
from FootDeformityTrainingLib.calibration import confidence_check, nested_confidence, stacked_features
from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult
from FootDeformityTrainingLib.look_first import found_early, ranking_figures
from FootDeformityTrainingLib.model_metrics import model_metrics
from FootDeformityTrainingLib.reliability import reliability
from FootDeformityTrainingLib.validation import ValidationResult
from FootDeformityTrainingLib.wrong_bone import on_wrong_bone


def result(errors: list[list[float]], certain: list[list[bool]]) -> ValidationResult:
    values = np.array(errors)
    return ValidationResult([], 2 * values, values, values / 10, np.array(certain))


def test_mean_median_and_success_rate_by_hand() -> None:
    judged = result([[0.01, 0.05], [0.02, np.nan], [0.03, 0.005]], [[True, False], [True, True], [True, True]])
    figures = model_metrics(judged, ("A1", "A2"), ["one", "two", "two"])
    assert (figures["images"], figures["patients"]) == (3, 2)
    certain, every = figures["certain"], figures["all"]
    assert (certain["n"], every["n"]) == (4, 5)
    assert certain["error_percent"] == pytest.approx((1 + 2 + 3 + 0.5) / 4, abs=1e-3)
    assert every["error_percent"] == pytest.approx((1 + 5 + 2 + 3 + 0.5) / 5)
    assert (certain["median_percent"], every["median_percent"]) == (1.5, 2.0)
    assert certain["sdr_percent"] == {"1": 25.0, "2": 50.0, "3": 75.0, "4": 100.0}
    assert every["first_look_error_percent"] == pytest.approx(2 * every["error_percent"])
    second = figures["per_landmark"]["A2"]
    assert (second["n"], second["error_percent"], second["n_certain"]) == (2, 2.75, 1)
    assert (second["certain_error_percent"], second["certain_sdr_4_percent"], second["sdr_4_percent"]) == (0.5, 100, 50)


def test_intervals_are_of_patients_not_of_points() -> None:
    rng = np.random.default_rng(0)
    levels = rng.uniform(0.005, 0.03, 20)
    errors = np.repeat(levels, 3)[:, None] + rng.normal(0, 1e-4, (60, 4))
    certain = np.ones_like(errors, dtype=bool)
    of_patients = model_metrics(ValidationResult([], errors, errors, errors, certain), tuple("abcd"), [
        str(k // 3) for k in range(60)
    ])["all"]["interval_percent"]  # fmt: skip
    of_images = model_metrics(
        ValidationResult([], errors, errors, errors, certain), tuple("abcd"), [str(k) for k in range(60)]
    )["all"]["interval_percent"]
    expected = 2 * 1.96 * 100 * levels.std() / np.sqrt(20)
    assert of_patients[1] - of_patients[0] == pytest.approx(expected, rel=0.2)
    assert of_images[1] - of_images[0] < 0.7 * (of_patients[1] - of_patients[0])


def test_angles_have_error_and_bias_of_certain_and_of_all_images() -> None:
    angle = AngleResult("meary", "Meary's angle", np.array([0.0, 5, 10, np.nan]), np.array([1.0, 3, 13, 2]),
                        np.array([True, True, False, True]))  # fmt: skip
    figures = angle_metrics([angle], ["a", "b", "c", "d"])["meary"]
    assert (figures["certain"]["n"], figures["certain"]["error_degrees"], figures["certain"]["bias_degrees"]) == (
        2, 1.5, -0.5,
    )  # fmt: skip
    assert (figures["all"]["n"], figures["all"]["error_degrees"]) == (3, 2.0)
    assert figures["all"]["bias_degrees"] == pytest.approx(2 / 3, abs=1e-3)
    assert (figures["all"]["spread_readers"], figures["certain"]["spread_found"]) == (5.0, pytest.approx(1.414))
    assert 0.8 < figures["all"]["icc"] < 1


def test_an_angle_that_is_always_the_mean_agrees_with_nobody() -> None:
    readers = np.random.default_rng(0).normal(10, 5, 60)
    constant = AngleResult("meary", "Meary's angle", readers, np.full(60, 10.0), np.ones(60, dtype=bool))
    figures = angle_metrics([constant], [str(k) for k in range(60)])["meary"]["all"]
    assert figures["error_degrees"] < 5 and figures["icc"] == pytest.approx(0, abs=0.05)
    assert figures["spread_found"] == 0


def test_a_wrong_bone_is_far_off_or_nearer_to_another_bone(scheme: Scheme, foot_points: dict[str, np.ndarray]) -> None:
    truth = foot_points["lateral"][None]
    bones = tuple(landmark.bone for landmark in scheme.landmarks("lateral"))
    length = np.array([np.hypot(*(truth[0, 0] - truth[0, 10]))])
    ids = scheme.ids("lateral")
    found = truth.copy()
    head, partner = ids.index("L6"), ids.index("L7")
    found[0, head] = truth[0, partner]  # 12 % off, though on the same bone: too far for a matter of place
    assert on_wrong_bone(found, truth, length, bones)[0].nonzero()[0].tolist() == [head]
    found[0, head] = truth[0, head] + 0.07 * length * np.array([0.6, 0.8])  # between talus and calcaneus
    assert not on_wrong_bone(found, truth, length, bones).any()
    near = truth.copy()
    near[0, ids.index("L10")] = near[0, head] + 0.08 * length * np.array([0.6, 0.8])  # now there is another bone
    assert on_wrong_bone(found, near, length, bones)[0, head]
    found[0, head] = np.nan
    assert not on_wrong_bone(found, near, length, bones)[0, head]


def test_the_area_is_the_mean_gap_between_expected_and_observed() -> None:
    expected = np.array([0.1, 0.1, 0.9, 0.9, 0.9, 0.9])
    observed = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    bins, area = reliability(expected, observed, bins=3)
    assert [one.n for one in bins] == [2, 2, 2]
    assert [one.observed for one in bins] == [0.5, 1.0, 0.5]
    assert area == pytest.approx((2 * 0.4 + 2 * 0.1 + 2 * 0.4) / 6)


def test_a_ranking_that_knows_the_errors_is_ten_times_as_good_as_chance() -> None:
    error = np.arange(100.0)
    assert found_early(error, error, 0.1) == (10, 10)
    assert ranking_figures(error, error)[0] == {
        "share_percent": 10, "images": 100, "worst": 10, "found": 10, "by_chance": 1.0, "times_chance": 10.0,
    }  # fmt: skip
    assert ranking_figures(-error, error)[1]["found"] == 0
    unknown = np.where(error > 89, np.nan, error)  # images without a certain point are left out
    assert ranking_figures(error, unknown)[0]["images"] == 90


def looks(count: int, seed: int = 0) -> tuple[list[Looks], np.ndarray]:
    """Images whose errors follow their peaks' heights."""
    rng = np.random.default_rng(seed)
    height, points = rng.uniform(0.2, 1, (count, 5)), np.zeros((5, 2))
    seen = [Looks(points, points, h, np.full(5, 2.0), np.full(5, 0.01)) for h in height]
    return seen, 0.01 / height * np.exp(rng.normal(0, 0.3, height.shape))


def test_confidence_of_an_image_comes_from_a_fit_without_its_fold() -> None:
    seen, errors = looks(30)
    folds = np.arange(30) % 3
    found = nested_confidence(seen, errors, folds)
    altered = errors.copy()
    altered[folds == 1] *= 50  # whatever was wrong with fold 1 ...
    other = nested_confidence(seen, altered, folds)
    np.testing.assert_array_equal(found.expected[folds == 1], other.expected[folds == 1])  # ... it never hears of it
    assert (other.expected[folds == 0] > 2 * found.expected[folds == 0]).all()
    values = stacked_features(seen)
    without = fit(values[folds != 2], errors[folds != 2])
    np.testing.assert_allclose(found.confidence[folds == 2], without.confidence(values[folds == 2]))


def test_the_check_states_both_diagrams() -> None:
    seen, errors = looks(100)
    errors[::7, 2] = np.nan
    check = confidence_check(nested_confidence(seen, errors, np.arange(100) % 5), errors, 0.03)
    assert check["n"] == np.isfinite(errors).sum() == sum(part["n"] for part in check["reliability"])
    assert len(check["reliability"]) == 10 == len(check["expected_error"])
    assert check["reliability_area"] < 0.05 and check["expected_error_area_percent"] < 0.3
    assert check["error_percent_without_least_confident_fifth"] < check["error_percent"]
