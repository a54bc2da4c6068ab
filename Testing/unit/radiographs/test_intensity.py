"""Grey values to 0..1."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityLib.radiographs.intensity import ConstantImageError, normalise


def test_half_a_percent_at_each_end_saturates() -> None:
    values = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
    pixels = normalise(values)
    assert (pixels == 0).sum() == pytest.approx(50, abs=1) and (pixels == 1).sum() == pytest.approx(50, abs=1)
    assert pixels[50, 0] == pytest.approx(0.5, abs=1e-3)


def test_scale_and_offset_do_not_matter() -> None:
    values = np.random.default_rng(0).random((300, 200))
    np.testing.assert_allclose(normalise(values), normalise(values * 4000 - 77), atol=1e-5)


def test_inversion_mirrors_the_greys() -> None:
    values = np.random.default_rng(0).random((300, 200)).astype(np.float32)
    np.testing.assert_allclose(normalise(values, invert=True), 1 - normalise(values), atol=1e-6)


def test_the_input_is_not_changed() -> None:
    values = np.random.default_rng(0).random((50, 50)).astype(np.float32)
    kept = values.copy()
    normalise(values)
    np.testing.assert_array_equal(values, kept)


def test_a_few_bright_pixels_on_even_ground_are_kept() -> None:
    values = np.zeros((100, 100), np.uint8)
    values[40:44, 40:44] = 9
    assert normalise(values).max() == 1.0


@pytest.mark.parametrize("values", [np.full((40, 40), 3), np.full((40, 40), np.nan), np.full((40, 40), np.inf)])
def test_nothing_to_see(values: np.ndarray) -> None:
    with pytest.raises(ConstantImageError):
        normalise(values)
