"""Random views of annotated radiographs: geometry per sample, grey values in one batch."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from FootDeformityLib.network.canonical_pose import pose_of
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import EXTENT
from FootDeformityLib.radiographs.geometry import Affine, letterbox
from FootDeformityTrainingLib.sample import ImagePyramid, Sample
from FootDeformityTrainingLib.training_config import AugmentationConfig

Array = NDArray[np.float64]


def _about_centre(size: int, linear: Array, shift: Array) -> Affine:
    middle = (size - 1) / 2
    turned = Affine.translation(-middle, -middle).then(Affine(np.column_stack([linear, np.zeros(2)])))
    return turned.then(Affine.translation(middle + shift[0], middle + shift[1]))


def _turn(degrees: float) -> Array:
    a = math.radians(degrees)
    return np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])


def random_affine(
    sample: Sample, shape: Array, size: int, config: AugmentationConfig, rng: np.random.Generator
) -> Affine:
    """Image pixels -> network input: the whole image or the posed foot, randomly disturbed."""
    stretch = Affine.scaling(1.0, math.exp(rng.uniform(-config.aspect, config.aspect)))
    if rng.random() < config.close_share:
        pose = stretch.then(pose_of(stretch.apply(sample.points), shape, size, EXTENT))
        scale = math.exp(rng.normal(0.0, config.scale_close))
        shift = rng.normal(0.0, config.shift_close, 2) * size
        return pose.then(_about_centre(size, _turn(rng.normal(0.0, config.rotation_close)) * scale, shift))
    height, width = sample.pixels.shape
    whole = stretch.then(letterbox(width, height * stretch.matrix[1, 1], size))
    flip = -1.0 if config.flip and rng.random() < 0.5 else 1.0
    scale = math.exp(rng.uniform(-config.scale_wide, config.scale_wide))
    linear = _turn(rng.uniform(-config.rotation_wide, config.rotation_wide)) @ np.diag([flip, 1.0]) * scale
    # grow and shift around the foot, not the image: a small foot in a corner must not leave it every time
    foot = np.nanmean(whole.apply(sample.points), axis=0) - (size - 1) / 2
    shift = rng.uniform(-config.shift_wide, config.shift_wide, 2) * size + (foot - linear @ foot)
    return whole.then(_about_centre(size, linear, shift))


def crop(pyramid: ImagePyramid, affine: Affine, size: int) -> Tensor:
    """(1, 1, size, size) view through the affine (image -> input), zero outside the image."""
    level, shrink = pyramid.level(1.0 / affine.scale)
    to_level = affine.inverse().then(Affine.resizing(1.0 / shrink))
    height, width = level.shape[-2:]
    # grid_sample's frame: -1 and 1 are the outer edges of the image
    m = torch.from_numpy(to_level.matrix.copy()).float()
    axis = torch.arange(size, dtype=torch.float32)
    x = m[0, 0] * axis[None, :] + m[0, 1] * axis[:, None] + m[0, 2]
    y = m[1, 0] * axis[None, :] + m[1, 1] * axis[:, None] + m[1, 2]
    grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=-1)
    return F.grid_sample(level, grid[None], mode="bilinear", padding_mode="zeros", align_corners=False)


def disturb(images: Tensor, config: AugmentationConfig, generator: torch.Generator) -> Tensor:
    """(B, 1, S, S) in 0..1 -> the same with random grey values, blur, noise, covered parts and markers."""
    batch, _, size, _ = images.shape

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, 1, 1, 1, generator=generator) * (high - low) + low

    def happens(probability: float) -> Tensor:
        return uniform(0, 1) < probability

    images = images ** torch.exp(uniform(-config.gamma, config.gamma))
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    images = (images - mean) * (1 + uniform(-config.contrast, config.contrast)) + mean
    images = images + uniform(-config.brightness, config.brightness) * 0.5
    small = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    images = torch.where(happens(config.blur), torch.lerp(images, small, uniform(0.3, 1)), images)
    noise = torch.randn(images.shape, generator=generator) * uniform(0.005, 0.05)
    images = torch.where(happens(config.noise), images + noise, images)
    axis = torch.arange(size, dtype=torch.float32)
    for probability, low, high, value in (
        (config.cutout, 0.05, 0.22, uniform(0, 1)),
        (config.marker, 0.02, 0.07, uniform(0.85, 1)),
    ):
        half_w, half_h = uniform(low, high) * size / 2, uniform(low, high) * size / 2
        left, top = uniform(0, size), uniform(0, size)
        covered = ((axis - left).abs() < half_w) & ((axis[:, None] - top).abs() < half_h)
        images = torch.where(covered & happens(probability), value, images)
    images = images.clamp(0, 1)
    return torch.where(happens(config.inversion), 1 - images, images)


class Augmenter:
    """Makes training batches; everything random follows the generators that are passed in."""

    def __init__(self, samples: list[Sample], shape: Array, size: int, config: AugmentationConfig) -> None:
        self.samples, self.shape, self.size, self.config = samples, shape, size, config
        self._pyramids = [ImagePyramid(sample) for sample in samples]

    def batch(self, indices: list[int], seed: list[int]) -> tuple[Tensor, Tensor]:
        """Images (B, 1, S, S) in 0..1 and points (B, K, 2) in input pixels, NaN = missing."""
        rng = np.random.default_rng(seed)
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        images, points = [], []
        for index in indices:
            sample = self.samples[index]
            affine = random_affine(sample, self.shape, self.size, self.config, rng)
            images.append(crop(self._pyramids[index], affine, self.size))
            points.append(affine.apply(sample.points))
        grey = disturb(normalise(torch.cat(images)), self.config, generator)
        return grey, torch.from_numpy(np.stack(points))
