"""Random views of annotated radiographs, a batch at a time on the device: geometry, then grey values.

Matrices are (B, 3, 3) float64 in homogeneous pixels, x right, y down, centre of the first pixel (0, 0).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from FootDeformityTrainingLib.training_config import AugmentationConfig


def apply_matrices(matrices: Tensor, points: Tensor) -> Tensor:
    """Map points (B, K, 2) through matrices (B, 3, 3); NaN stays NaN."""
    return points @ matrices[:, :2, :2].mT + matrices[:, None, :2, 2]


def pose_matrices(points: Tensor, target: Tensor) -> Tensor:
    """(B, 3, 3) least-squares similarities, mirrored where that fits better, taking points (B, K, 2) to target (K, 2).

    NaN = missing. In complex numbers: a similarity is w = a z + b, a mirrored one w = a conj(z) + b.
    """
    known = (points.isfinite().all(dim=-1) & target.isfinite().all(dim=-1)).double()
    weight = (known / known.sum(dim=1, keepdim=True))[..., None]
    source, goal = points.nan_to_num(), target.nan_to_num()
    centre_s, centre_t = (weight * source).sum(dim=1), (weight * goal).sum(dim=1)
    s, t = source - centre_s[:, None], goal - centre_t[:, None]
    spread = (weight * s * s).sum(dim=(1, 2)).clamp(min=1e-12)
    (sx, sy), (tx, ty), w = s.unbind(-1), t.unbind(-1), weight[..., 0]
    proper = torch.stack([(w * (sx * tx + sy * ty)).sum(1), (w * (sx * ty - sy * tx)).sum(1)], dim=1)
    mirrored = torch.stack([(w * (sx * tx - sy * ty)).sum(1), (w * (sx * ty + sy * tx)).sum(1)], dim=1)
    flips = mirrored.square().sum(1) > proper.square().sum(1)
    c, d = (torch.where(flips[:, None], mirrored, proper) / spread[:, None]).unbind(1)
    h = torch.where(flips, -1.0, 1.0).to(c)
    linear = torch.stack([torch.stack([c, -d * h], dim=1), torch.stack([d, c * h], dim=1)], dim=1)
    return affine_matrices(linear, centre_t - (linear @ centre_s[..., None])[..., 0])


def random_matrices(
    points: Tensor, sizes: Tensor, pose: Tensor, size: int, config: AugmentationConfig, generator: torch.Generator
) -> Tensor:
    """Image pixels -> network input of ``size``: the whole image or the posed object, randomly disturbed.

    points: (B, K, 2) float64 image pixels, NaN = missing; sizes: (B, 2) width and height of the images; pose: (K, 2)
    the mean shape in input pixels, as the close look shows it.
    """
    batch, device = len(points), points.device

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, generator=generator, device=device, dtype=torch.float64) * (high - low) + low

    def normal(deviation: float) -> Tensor:
        return torch.randn(batch, generator=generator, device=device, dtype=torch.float64) * deviation

    one = torch.ones(batch, device=device, dtype=torch.float64)
    stretch = torch.exp(uniform(-config.aspect, config.aspect))
    stretched = points * torch.stack([one, stretch], dim=1)[:, None]

    posed = pose_matrices(stretched, pose)
    scale = torch.exp(normal(config.scale_close))
    shift = torch.stack([normal(config.shift_close), normal(config.shift_close)], dim=1) * size
    close = _about_centre(size, turn_matrices(normal(config.rotation_close)) * scale[:, None, None], shift) @ posed

    whole = _letterbox(sizes[:, 0], sizes[:, 1] * stretch, size)
    flip = torch.where((uniform(0, 1) < 0.5) & config.flip, -1.0, 1.0).to(one)
    scale = torch.exp(uniform(-config.scale_wide, config.scale_wide))
    linear = turn_matrices(uniform(-config.rotation_wide, config.rotation_wide)) * scale[:, None, None]
    linear = linear * torch.stack([flip, one], dim=1)[:, None]
    # grow and shift around the object, not the image: a small foot in a corner must not leave it every time
    middle = apply_matrices(whole, stretched).nanmean(dim=1) - (size - 1) / 2
    shift = torch.stack([uniform(-config.shift_wide, config.shift_wide) for _ in range(2)], dim=1) * size
    wide = _about_centre(size, linear, shift + middle - (linear @ middle[..., None])[..., 0]) @ whole

    chosen = torch.where((uniform(0, 1) < config.close_share)[:, None, None], close, wide)
    return chosen @ torch.diag_embed(torch.stack([one, stretch, one], dim=1))


def affine_matrices(linear: Tensor, shift: Tensor) -> Tensor:
    """(B, 3, 3) from (B, 2, 2) and (B, 2)."""
    bottom = torch.tensor([0.0, 0.0, 1.0], device=linear.device, dtype=linear.dtype).expand(len(linear), 1, 3)
    return torch.cat([torch.cat([linear, shift[..., None]], dim=2), bottom], dim=1)


def turn_matrices(degrees: Tensor) -> Tensor:
    """(B, 2, 2) rotations by (B,) degrees, clockwise on the screen."""
    c, s = torch.cos(degrees.deg2rad()), torch.sin(degrees.deg2rad())
    return torch.stack([torch.stack([c, -s], dim=1), torch.stack([s, c], dim=1)], dim=1)


def _about_centre(size: int, linear: Tensor, shift: Tensor) -> Tensor:
    middle = torch.full_like(shift, (size - 1) / 2)
    return affine_matrices(linear, middle + shift - (linear @ middle[..., None])[..., 0])


def _letterbox(width: Tensor, height: Tensor, size: int) -> Tensor:
    """As radiographs.geometry.letterbox, for a batch."""
    factor = size / torch.maximum(width, height)
    padding = torch.stack([(size - width * factor) / 2, (size - height * factor) / 2], dim=1)
    shift = padding + 0.5 * factor[:, None] - 0.5
    return affine_matrices(factor[:, None, None] * torch.eye(2, device=width.device, dtype=width.dtype), shift)


def disturb(images: Tensor, config: AugmentationConfig, generator: torch.Generator) -> Tensor:
    """(B, 1, H, W) in 0..1 -> the same with random grey values, blur, noise, covered parts and markers."""
    batch, _, height, width = images.shape
    size = max(height, width)
    device = images.device

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, 1, 1, 1, generator=generator, device=device) * (high - low) + low

    def happens(probability: float) -> Tensor:
        return uniform(0, 1) < probability

    images = images.clamp(min=1e-6) ** torch.exp(uniform(-config.gamma, config.gamma))
    contrast = 1 + uniform(-config.contrast, config.contrast)
    brightness = uniform(-config.brightness, config.brightness) * 0.5
    images = images * contrast + (images.mean(dim=(1, 2, 3), keepdim=True) * (1 - contrast) + brightness)
    blur = torch.where(happens(config.blur), uniform(0.3, 1), 0.0)
    small = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    images = torch.lerp(images, small, blur)
    noise = torch.where(happens(config.noise), uniform(0.005, 0.05), 0.0)
    images = torch.randn(images.shape, generator=generator, device=device).mul_(noise).add_(images)
    x_axis = torch.arange(width, device=device, dtype=torch.float32)
    y_axis = torch.arange(height, device=device, dtype=torch.float32)[:, None]
    for probability, low, high, value in (
        (config.cutout, 0.05, 0.22, uniform(0, 1)),
        (config.marker, 0.02, 0.07, uniform(0.85, 1)),
    ):
        half_w, half_h = uniform(low, high) * size / 2, uniform(low, high) * size / 2
        left, top = uniform(0, width), uniform(0, height)
        covered = ((x_axis - left).abs() < half_w) & ((y_axis - top).abs() < half_h)
        images = torch.where(covered & happens(probability), value, images)
    images = images.clamp_(0, 1)
    inverted = happens(config.inversion)
    return torch.where(inverted, 1 - images, images)
