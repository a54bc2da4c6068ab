"""Confidence fitted on errors with a known law finds that law."""

from __future__ import annotations

import json

import numpy as np

from FootDeformityLib.network.confidence import ConfidenceModel, features, fit

IMAGES, POINTS = 300, 6


def simulated(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of peaks and errors whose size grows as peaks get lower and wider."""
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.1, 1.0, (IMAGES, POINTS))
    width = rng.uniform(1.2, 4.0, (IMAGES, POINTS))
    difference = rng.uniform(0.002, 0.2, (IMAGES, POINTS))
    scale = 0.006 * (1 + np.arange(POINTS) / POINTS) * width / np.sqrt(height) * (difference / 0.02) ** 0.3
    return features(height, width, difference), scale * np.exp(rng.normal(0, 0.5, scale.shape))


def test_probability_and_expected_error_hold_on_new_images() -> None:
    model = fit(*simulated(0))
    values, errors = simulated(1)
    assert abs(model.expected_error(values).mean() / errors.mean() - 1) < 0.15
    confidence = model.confidence(values)
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        part = (confidence >= low) & (confidence < high)
        assert part.sum() > 50
        assert abs((errors[part] < model.limit).mean() - confidence[part].mean()) < 0.08


def test_dropping_the_least_confident_fifth_lowers_the_error() -> None:
    model = fit(*simulated(0))
    values, errors = simulated(2)
    kept = model.expected_error(values) < np.quantile(model.expected_error(values), 0.8)
    assert errors[kept].mean() < 0.8 * errors.mean()


def test_missing_errors_are_left_out() -> None:
    values, errors = simulated(0)
    errors[::2, 1] = np.nan
    assert np.isfinite(fit(values, errors).to_dict()["landmark"]).all()


def test_survives_json() -> None:
    model, (values, _) = fit(*simulated(0)), simulated(3)
    again = ConfidenceModel.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_allclose(again.confidence(values), model.confidence(values), atol=2e-3)


def test_features_of_hopeless_peaks_are_finite() -> None:
    assert np.isfinite(features(np.zeros(3), np.full(3, np.nan), np.zeros(3))).all()


def test_images_that_a_network_hardly_sees_are_never_the_surest() -> None:
    """Even if the few images at hand seem to say so: among them the errors fall with the peaks' mean height."""
    rng = np.random.default_rng(5)
    mean = rng.uniform(0.6, 0.9, (25, 1))
    height = mean * rng.uniform(0.9, 1.1, (25, POINTS))
    width, difference = rng.uniform(1.4, 1.8, height.shape), rng.uniform(0.002, 0.01, height.shape)
    model = fit(features(height, width, difference), 0.01 * mean**4 * np.exp(rng.normal(0, 0.3, height.shape)))
    feet = model.confidence(features(height, width, difference)).mean()
    nothing = model.confidence(features(0.2 * height, 2 * width, 20 * difference)).mean()
    assert nothing <= feet + 1e-9
