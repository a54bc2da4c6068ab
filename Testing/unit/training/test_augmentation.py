"""Augmented landmarks stay on the structure that they marked; grey values stay in range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from FootDeformityLib.network.canonical_pose import align, input_shape, mean_shape
from FootDeformityLib.network.two_looks import EXTENT
from FootDeformityTrainingLib.augmentation import apply_matrices, disturb, pose_matrices, random_matrices
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.random_generator import random_generator
from FootDeformityTrainingLib.sample import Sample, shrunk
from FootDeformityTrainingLib.training_config import AugmentationConfig

SIZE, CPU = 64, torch.device("cpu")


def dots(scale: int) -> Sample:
    """Five small round dots on black, landmarks at their centres."""
    points = np.array([[40.0, 30.0], [110.0, 44.0], [60.0, 90.0], [120.0, 130.0], [30.0, 120.0]]) * scale
    y, x = np.mgrid[: 160 * scale, : 150 * scale]
    pixels = sum(np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * (4.0 * scale) ** 2)) for px, py in points)
    return Sample(Path("dots.png"), "front", "p", points, np.zeros(5, bool), np.asarray(pixels, np.float32))


def views(
    samples: list[Sample], config: AugmentationConfig, seed: int, times: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Matrices, images and points of ``times`` random views of each sample."""
    shape = mean_shape([sample.points for sample in samples])
    cache = ImageCache(sample.pixels for sample in samples)
    chosen = torch.arange(len(samples)).repeat(times)
    points = torch.from_numpy(np.stack([sample.points for sample in samples]))[chosen]
    pose = torch.from_numpy(input_shape(shape, SIZE, EXTENT))
    matrices = random_matrices(points, cache.sizes[chosen], pose, SIZE, config, random_generator([seed], CPU))
    return matrices, cache.crop(chosen, matrices, SIZE, SIZE), apply_matrices(matrices, points)


@pytest.mark.parametrize("close_share", [0.0, 1.0])
@pytest.mark.parametrize("scale", [1, 12])
def test_points_follow_the_image(close_share: float, scale: int) -> None:
    _, images, points = views([dots(scale)], AugmentationConfig(close_share=close_share), 0, 40)
    y, x = np.mgrid[:SIZE, :SIZE]
    checked = 0
    for view, shown in zip(images[:, 0].numpy(), points.numpy(), strict=True):
        for px, py in shown:
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
    first, second = views([sample, turned], still, 0, 1)[2]
    torch.testing.assert_close(first, second, atol=1e-6, rtol=0)


def test_whole_views_without_ranges_are_letterboxed() -> None:
    still = AugmentationConfig(close_share=0, flip=False, rotation_wide=0, scale_wide=0, shift_wide=0, aspect=0)
    matrix = views([dots(1)], still, 0, 1)[0][0].numpy()
    factor = SIZE / 160  # 150 x 160: five pixels of padding on each side
    np.testing.assert_allclose(matrix[:2, :2], np.eye(2) * factor, atol=1e-12)
    np.testing.assert_allclose((matrix @ [-5.5, -0.5, 1])[:2], [-0.5, -0.5], atol=1e-12)


def test_poses_are_those_of_the_detector() -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(size=(6, 2))
    points = rng.normal(size=(30, 6, 2)) * 20 + target @ np.array([[0.0, 30.0], [30.0, 0.0]])
    points[::3, 4] = np.nan
    found = pose_matrices(torch.from_numpy(points), torch.from_numpy(target)).numpy()
    expected = np.stack([align(shape, target).matrix for shape in points])
    np.testing.assert_allclose(found[:, :2], expected, atol=1e-12)
    assert {align(shape, target).mirrors for shape in points} == {True, False}


def test_views_follow_their_seed() -> None:
    first, again, other = (views([dots(1)], AugmentationConfig(), seed, 3) for seed in (1, 1, 2))
    assert torch.equal(first[1], again[1]) and torch.equal(first[2], again[2])
    assert not torch.equal(first[1], other[1])


def test_disturbed_values_stay_in_range_and_nothing_is_done_without_ranges() -> None:
    images = torch.rand(16, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    strong = AugmentationConfig(inversion=0.5, blur=1, noise=1, cutout=1, marker=1)
    found = disturb(images, strong, random_generator([1], CPU))
    assert found.min() >= 0 and found.max() <= 1 and torch.isfinite(found).all()
    none = AugmentationConfig(brightness=0, contrast=0, gamma=0, inversion=0, blur=0, noise=0, cutout=0, marker=0)
    torch.testing.assert_close(disturb(images, none, random_generator([1], CPU)), images, atol=2e-6, rtol=0)


def test_large_images_are_kept_small() -> None:
    large = dots(12)
    small = shrunk(large, SIZE)
    extent = np.ptp(small.points, axis=0).max()
    assert SIZE * 1.5 < extent <= SIZE * 3
    factor = round(large.pixels.shape[0] / small.pixels.shape[0])
    x, y = np.round(small.points[2]).astype(int)
    assert factor == 8 and small.pixels[y, x] > 0.9
    assert shrunk(dots(1), 512).pixels.shape == (160, 150)
