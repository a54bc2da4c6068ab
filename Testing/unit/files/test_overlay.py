"""The measured picture: marks where the points are, nothing else changed, a legend below the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.files.overlay import STATE_COLOURS, draw_overlay, point_style
from FootDeformityLib.measure.scheme import Scheme

Document = dict[str, Any]
Pixels = dict[str, np.ndarray]


def colour_at(image: Any, x: float, y: float) -> np.ndarray:
    return np.asarray(image)[round(y), round(x)].astype(int)


@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_points_are_marked_where_they_are(
    example_document: Document, scheme: Scheme, foot_pixels: Pixels, view: str
) -> None:
    image = draw_overlay(example_document, view, scheme, foot_pixels[view])
    scale = image.width / foot_pixels[view].shape[1]
    marks = example_document["landmarks"][view]
    for mark in marks.values():
        x, y = ((value + 0.5) * scale - 0.5 for value in mark["xy_px"])
        wanted = np.array(STATE_COLOURS[point_style(mark)])
        patch = np.asarray(image)[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].reshape(-1, 3).astype(int)
        assert np.abs(patch - wanted).sum(axis=1).min() < 150


def test_small_images_are_enlarged_and_large_ones_kept(example_document: Document, scheme: Scheme) -> None:
    small = draw_overlay(example_document, "AP", scheme, np.zeros((460, 280), np.float32), legend=False)
    large = draw_overlay(example_document, "AP", scheme, np.zeros((2880, 2304), np.float32), legend=False)
    assert max(small.size) >= 1200
    assert large.size == (2304, 2880)


def test_the_legend_covers_nothing(example_document: Document, scheme: Scheme, foot_pixels: Pixels) -> None:
    bare = draw_overlay(example_document, "AP", scheme, foot_pixels["AP"], legend=False)
    full = draw_overlay(example_document, "AP", scheme, foot_pixels["AP"])
    assert full.height > bare.height
    np.testing.assert_array_equal(np.asarray(full)[: bare.height], np.asarray(bare))


def test_pixels_that_are_not_square_are_shown_in_true_proportions(
    example_document: Document, scheme: Scheme, foot_pixels: Pixels
) -> None:
    example_document["images"]["AP"]["spacing_mm"] = [0.1, 0.2]
    image = draw_overlay(example_document, "AP", scheme, foot_pixels["AP"], legend=False)
    height, width = foot_pixels["AP"].shape
    assert image.height / image.width == pytest.approx(2 * height / width, rel=0.01)


def test_without_the_image_points_are_drawn_on_an_empty_ground(example_document: Document, scheme: Scheme) -> None:
    image = draw_overlay(example_document, "lateral", scheme)
    assert np.asarray(image).std() > 5


def test_missing_points_and_axes_are_left_out(
    edited_document: Callable[[], Document], scheme: Scheme, foot_pixels: Pixels
) -> None:
    document = edited_document()
    assert document["landmarks"]["AP"]["A16"]["state"] == "missing"
    draw_overlay(document, "AP", scheme, foot_pixels["AP"])
    for mark in document["landmarks"]["AP"].values():
        mark.update(xy_px=None, state="missing")
    draw_overlay(document, "AP", scheme, foot_pixels["AP"])
    draw_overlay(document, "AP", scheme)


def test_points_off_the_image_do_no_harm(example_document: Document, scheme: Scheme, foot_pixels: Pixels) -> None:
    example_document["landmarks"]["AP"]["A1"]["xy_px"] = [-5000.0, 1e5]
    draw_overlay(example_document, "AP", scheme, foot_pixels["AP"])
    draw_overlay(example_document, "AP", scheme, foot_pixels["AP"], crop_to_foot=True)


def test_coinciding_points_do_no_harm(example_document: Document, scheme: Scheme, foot_pixels: Pixels) -> None:
    for mark in example_document["landmarks"]["AP"].values():
        mark["xy_px"] = [100.0, 100.0]
    draw_overlay(example_document, "AP", scheme, foot_pixels["AP"], crop_to_foot=True)
    draw_overlay(example_document, "AP", scheme)


def test_low_confidence_looks_different(example_document: Document) -> None:
    marks = example_document["landmarks"]["AP"]
    assert point_style(marks["A3"]) == "doubtful"
    assert point_style(marks["A1"]) == "ai"
