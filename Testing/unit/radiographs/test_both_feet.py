"""Two feet side by side are found; one foot is never cut in two."""

from __future__ import annotations

import numpy as np
import pytest

from FootDeformityLib.radiographs.both_feet import both_feet


def _foot(height: int = 300, width: int = 150, shear: float = 0.0) -> np.ndarray:
    """Five rays and a heel on dark ground: enough vertical edges to look like an AP foot."""
    y, x = np.mgrid[:height, :width].astype(float)
    x = x - shear * (y - height / 2)
    image = np.exp(-(((x - width / 2) / (width * 0.27)) ** 4) - (((y - height / 2) / (height * 0.42)) ** 4)) * 0.3
    for ray in np.linspace(0.3, 0.7, 5):
        image += 0.5 * np.exp(-(((x - ray * width) / 3) ** 2) - (((y - height * 0.4) / (height * 0.22)) ** 4))
    image += 0.6 * np.exp(-(((x - width * 0.5) / (width * 0.12)) ** 4) - (((y - height * 0.78) / (height * 0.1)) ** 4))
    return np.clip(image, 0, 1).astype(np.float32)


def test_a_pair_is_cut_in_the_gap() -> None:
    one = _foot(shear=0.05)
    pair = np.concatenate([one, one[:, ::-1]], axis=1)
    boxes = both_feet(pair)
    assert boxes is not None
    left, right = boxes
    assert left.x0 == 0 and right.x1 == 300 and left.x1 == right.x0 == pytest.approx(150, abs=15)
    assert (left.y0, left.y1, right.y0, right.y1) == (0, 300, 0, 300)


@pytest.mark.parametrize("shift", [-60, 0, 60])
def test_a_single_foot_stays_whole(shift: int) -> None:
    image = np.roll(np.pad(_foot(), ((0, 0), (75, 75))), shift, axis=1)
    assert both_feet(image) is None


def test_a_foot_and_something_small_stays_whole() -> None:
    image = np.zeros((300, 300), np.float32)
    image[:, 140:290] = _foot()
    image[20:60, 20:50] = 1.0  # a lead letter
    assert both_feet(image) is None


def test_an_over_exposed_middle_is_no_gap() -> None:
    y, x = np.mgrid[:460, :280]
    blob = np.exp(-(((x - 140) / 70) ** 2) - (((y - 230) / 138) ** 2))
    assert both_feet((0.1 + 0.7 * blob).astype(np.float32)) is None


def test_noise_is_no_pair() -> None:
    assert both_feet(np.random.default_rng(0).random((300, 300), dtype=np.float32)) is None
