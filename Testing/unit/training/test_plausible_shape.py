"""Swapped and misplaced landmarks stand out among the other images, however these are turned or mirrored."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityTrainingLib.plausible_shape import compare_shapes


@pytest.fixture
def shapes() -> np.ndarray:
    """(12, 10, 2) variants of one shape, turned, scaled, moved, every third mirrored, one point missing in some."""
    rng = np.random.default_rng(0)
    base = rng.random((10, 2))
    found = []
    for number in range(12):
        a, scale = rng.uniform(0, 6.28), rng.uniform(50, 400)
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * scale
        mirror = np.array([-1.0 if number % 3 == 0 else 1.0, 1.0])
        found.append((base + rng.normal(0, 0.02, base.shape)) * mirror @ turn.T + rng.uniform(0, 500, 2))
        if number % 4 == 1:
            found[-1][number % 10] = np.nan
    return np.stack(found)


def test_variants_are_plausible(shapes: np.ndarray) -> None:
    assert all(not found.swapped and not found.far.any() for found in compare_shapes(shapes))


def test_swapped_landmarks_are_named(shapes: np.ndarray) -> None:
    apart = np.linalg.norm(shapes[0, :, None] - shapes[0, None], axis=2)
    i, j = np.unravel_index(np.argmax(apart), apart.shape)
    shapes[0, [i, j]] = shapes[0, [j, i]]
    findings = compare_shapes(shapes)
    assert findings[0].swapped == ((min(i, j), max(i, j)),) and not findings[0].far.any()
    assert not any(found.swapped or found.far.any() for found in findings[1:])


def test_a_misplaced_landmark_is_named(shapes: np.ndarray) -> None:
    shapes[6, 3] += 2 * np.ptp(shapes[6], axis=0)
    findings = compare_shapes(shapes)
    assert np.flatnonzero(findings[6].far).tolist() == [3]
    assert not any(found.swapped or found.far.any() for k, found in enumerate(findings) if k != 6)


def test_too_few_images_say_nothing(shapes: np.ndarray) -> None:
    shapes[0] = shapes[0][::-1].copy()
    assert not any(found.swapped or found.far.any() for found in compare_shapes(shapes[:5]))
