"""Training images of FlatNet's two stages on the device, and how they are looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.flatnet_geometry import canvas_side, coarse_factor
from FootDeformityTrainingLib.augmentation import affine_matrices, apply_matrices, turn_matrices
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.sample import Sample, halved
from FootDeformityTrainingLib.training_config import AugmentationConfig


def reduced(sample: Sample, factor: float) -> Sample:
    """The sample with as few pixels as a view with ``factor`` view pixels per pixel of it can use."""
    return halved(sample, max(0, math.floor(math.log2(1 / factor))))


def reduced_for_both(sample: Sample, config: FlatNetConfig) -> Sample:
    """The sample as the finer of the two stages needs it."""
    height, width = sample.pixels.shape
    return reduced(sample, max(coarse_factor(width, height, config), config.width / width))


def random_views(
    base: Tensor, middle: Tensor, shift: Tensor, config: AugmentationConfig, generator: torch.Generator
) -> Tensor:
    """Views ``base`` (B, 3, 3) turned, scaled, stretched and mirrored at random about ``middle`` (B, 2), then shifted.

    middle, shift: (B, 2) in the views' pixels; the shift is at most so much in x and y.
    """
    batch, device = len(base), base.device

    def uniform(limit: float) -> Tensor:
        return (torch.rand(batch, generator=generator, device=device, dtype=torch.float64) * 2 - 1) * limit

    scale = torch.exp(uniform(config.scale_wide))
    stretch = torch.exp(uniform(config.aspect))
    mirror = torch.where((uniform(1.0) < 0) & config.flip, -1.0, 1.0).double()
    linear = turn_matrices(uniform(config.rotation_wide)) * scale[:, None, None]
    linear = linear * torch.stack([mirror, stretch], dim=1)[:, None]
    moved = middle + torch.stack([uniform(1.0), uniform(1.0)], dim=1) * shift
    return affine_matrices(linear, moved - (linear @ middle[..., None])[..., 0]) @ base


class WholeImages:
    """Whole images as stage 1 sees them.

    points: (N, K, 2) pixels of the images kept here; sides: (N,) of the padded image, in the same pixels.
    """

    def __init__(self, samples: Sequence[Sample], config: FlatNetConfig) -> None:
        kept = [reduced(s, coarse_factor(s.pixels.shape[1], s.pixels.shape[0], config)) for s in samples]
        self.cache = ImageCache(sample.pixels for sample in kept)
        self.points = torch.from_numpy(np.stack([sample.points for sample in kept]))
        self.sides = self.cache.sizes.amax(dim=1)
        shapes = [sample.pixels.shape for sample in kept]
        self._factor = torch.tensor([coarse_factor(w, h, config) for h, w in shapes], dtype=torch.float64)
        self._box = torch.tensor([config.box_side / sample.shrink for sample in kept], dtype=torch.float64)
        self._short_side = config.short_side

    def to(self, device: torch.device) -> None:
        """Move everything to the device."""
        self.cache.to(device)
        self.points, self.sides = self.points.to(device), self.sides.to(device)
        self._factor, self._box = self._factor.to(device), self._box.to(device)

    def views(self, chosen: Tensor) -> tuple[Tensor, int, int]:
        """Matrices (B, 3, 3) image -> input, and the width and height of an input that holds all of them."""
        factor = self._factor[chosen]
        width, height = (self.cache.sizes[chosen] * factor[:, None]).amax(dim=0).tolist()
        linear = factor[:, None, None] * torch.eye(2, dtype=torch.float64, device=factor.device)
        base = affine_matrices(linear, (0.5 * factor - 0.5)[:, None].expand(-1, 2))
        return base, canvas_side(width), canvas_side(height)

    def random(self, chosen: Tensor, config: AugmentationConfig, generator: torch.Generator) -> tuple[Tensor, int, int]:
        """As `views`, changed at random about the middle of the landmarks."""
        base, width, height = self.views(chosen)
        middle = apply_matrices(base, self.points[chosen]).nanmean(dim=1)
        shift = torch.full_like(middle, config.shift_wide * self._short_side)
        return random_views(base, middle, shift, config, generator), width, height

    def box_sides(self, chosen: Tensor, matrices: Tensor) -> Tensor:
        """Sides (B,) of the landmarks' boxes in input pixels."""
        return self._box[chosen] * matrices[:, :2, :2].det().abs().sqrt()


class PatchImages:
    """What lies about one landmark in each image, as stage 2 sees it; images without the landmark are left out.

    points: (N, 2) pixels of the parts kept here; sides: (N,) of the padded image, in the same pixels.
    """

    def __init__(
        self, samples: Sequence[Sample], landmark: int, config: FlatNetConfig, jitter: float, scale: float = 0.0
    ) -> None:
        """scale: natural logarithm of the strongest enlargement or reduction."""
        known = [sample for sample in samples if np.isfinite(sample.points[landmark]).all()]
        kept = [reduced(sample, config.width / sample.pixels.shape[1]) for sample in known]
        factors = [config.width / sample.pixels.shape[1] for sample in kept]
        # corner of a turned patch whose middle is off the landmark, and a pixel of the next coarser level
        reach = math.sqrt(2) * (0.5 + jitter) * config.patch_size * math.exp(scale)
        parts = [_part(s, landmark, reach / factor + 4) for s, factor in zip(kept, factors, strict=True)]
        self.count = len(parts)
        if not parts:
            return
        self.cache = ImageCache(part.pixels for part in parts)
        self.points = torch.from_numpy(np.stack([part.points[landmark] for part in parts]))
        self.sides = torch.tensor([max(sample.pixels.shape) for sample in kept], dtype=torch.float64)
        self.factor = torch.tensor(factors, dtype=torch.float64)
        self._middle = (config.patch_size - 1) / 2

    def to(self, device: torch.device) -> None:
        """Move everything to the device."""
        if self.count:
            self.cache.to(device)
            self.points, self.sides, self.factor = (x.to(device) for x in (self.points, self.sides, self.factor))

    def views(self, chosen: Tensor) -> Tensor:
        """Matrices (B, 3, 3) image -> patch with the landmark in its middle."""
        factor = self.factor[chosen]
        linear = factor[:, None, None] * torch.eye(2, dtype=torch.float64, device=factor.device)
        return affine_matrices(linear, self._middle - factor[:, None] * self.points[chosen])


def _part(sample: Sample, landmark: int, reach: float) -> Sample:
    """The sample's square about the landmark, as far as the image goes; at least a pixel of it."""
    height, width = sample.pixels.shape
    x, y = sample.points[landmark]
    left, top = (int(np.clip(math.floor(c - reach), 0, n - 1)) for c, n in ((x, width), (y, height)))
    right, bottom = math.ceil(x + reach) + 1, math.ceil(y + reach) + 1
    pixels = sample.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    return replace(sample, pixels=np.ascontiguousarray(pixels), points=sample.points - [left, top])
