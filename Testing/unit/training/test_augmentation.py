"""Augmented landmarks stay on the structure that they marked; grey values stay in range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from FootDeformityLib.network.canonical_pose import mean_shape
from FootDeformityTrainingLib.augmentation import Augmenter, crop, disturb, random_affine
from FootDeformityTrainingLib.sample import ImagePyramid, Sample
from FootDeformityTrainingLib.training_config import AugmentationConfig

SIZE = 64


def dots(scale: int) -> Sample:
    """Five small round dots on black, landmarks at their centres."""
    points = np.array([[40.0, 30.0], [110.0, 44.0], [60.0, 90.0], [120.0, 130.0], [30.0, 120.0]]) * scale
    y, x = np.mgrid[: 160 * scale, : 150 * scale]
    pixels = sum(np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * (4.0 * scale) ** 2)) for px, py in points)
    return Sample(Path("dots.png"), "front", "p", points, np.zeros(5, bool), np.asarray(pixels, np.float32))


@pytest.mark.parametrize("close_share", [0.0, 1.0])
@pytest.mark.parametrize("scale", [1, 12])
def test_points_follow_the_image(close_share: float, scale: int) -> None:
    sample, config = dots(scale), AugmentationConfig(close_share=close_share)
    shape, pyramid, rng = mean_shape([sample.points]), ImagePyramid(sample), np.random.default_rng(0)
    y, x = np.mgrid[:SIZE, :SIZE]
    checked = 0
    for _ in range(40):
        affine = random_affine(sample, shape, SIZE, config, rng)
        view = crop(pyramid, affine, SIZE)[0, 0].numpy()
        for px, py in affine.apply(sample.points):
            if 6 < px < SIZE - 7 and 6 < py < SIZE - 7:
                near = view * (np.hypot(x - px, y - py) < 5)
                if near.sum() > 0.5:
                    centre = np.array([(near * x).sum(), (near * y).sum()]) / near.sum()
                    assert np.hypot(*(centre - (px, py))) < 0.6
                    checked += 1
    assert checked > 80


def test_close_views_show_every_foot_in_one_pose() -> None:
    sample = dots(1)
    turned = Sample(
        sample.image, "front", "p", np.column_stack([159 - sample.points[:, 1], sample.points[:, 0]]),
        sample.uncertain, np.rot90(sample.pixels, -1).copy(),
    )  # fmt: skip
    still = AugmentationConfig(close_share=1.0, rotation_close=0, scale_close=0, shift_close=0, aspect=0)
    shape, rng = mean_shape([sample.points]), np.random.default_rng(0)
    first, second = (random_affine(s, shape, SIZE, still, rng).apply(s.points) for s in (sample, turned))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_batches_follow_their_seed() -> None:
    augmenter = Augmenter([dots(1), dots(1)], mean_shape([dots(1).points]), SIZE, AugmentationConfig())
    images, points = augmenter.batch([0, 1, 1], [7, 1])
    assert images.shape == (3, 1, SIZE, SIZE) and points.shape == (3, 5, 2)
    assert images.min() >= 0 and images.max() <= 1
    again, other = augmenter.batch([0, 1, 1], [7, 1]), augmenter.batch([0, 1, 1], [7, 2])
    assert torch.equal(images, again[0]) and torch.equal(points, again[1])
    assert not torch.equal(images, other[0]) and not torch.equal(points, other[1])


def test_disturbed_values_stay_in_range_and_nothing_is_done_without_ranges() -> None:
    images = torch.rand(16, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    strong = AugmentationConfig(inversion=0.5, blur=1, noise=1, cutout=1, marker=1)
    found = disturb(images, strong, torch.Generator().manual_seed(1))
    assert found.min() >= 0 and found.max() <= 1 and torch.isfinite(found).all()
    none = AugmentationConfig(brightness=0, contrast=0, gamma=0, inversion=0, blur=0, noise=0, cutout=0, marker=0)
    torch.testing.assert_close(disturb(images, none, torch.Generator()), images)


def test_large_images_are_kept_small() -> None:
    levels = ImagePyramid(dots(12))
    level, shrink = levels.level(1.0)
    assert shrink == 2.0 and level.shape[-1] == 150 * 12 // 2
