"""Random thumbnails of whole images: turned, mirrored, from near, both feet, any grey values."""

from __future__ import annotations

import torch
from torch import Tensor

from FootDeformityTrainingLib.augmentation import affine_matrices, turn_matrices
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.view_training_config import ViewTrainingConfig

#: a close look is this many standard deviations of the edges' places wide, at least
_CLOSE_EXTENT = 4.2


def whole_matrices(sizes: Tensor, size: int) -> Tensor:
    """(B, 3, 3) image -> thumbnail, as radiographs.geometry.letterbox. sizes: (B, 2) width and height."""
    factor = size / sizes.amax(dim=1)
    shift = (size - sizes * factor[:, None]) / 2 + 0.5 * factor[:, None] - 0.5
    return affine_matrices(factor[:, None, None] * torch.eye(2, dtype=sizes.dtype, device=sizes.device), shift)


def edge_boxes(cache: ImageCache, count: int, size: int = 64) -> Tensor:
    """(N, 3): x, y and extent of what has edges in each image, in parts of its longer side's thumbnail, 0..1.

    Somewhere about the foot, whatever is known of the image: bones have more edges than a leg or a background.
    """
    chosen = torch.arange(count)
    views = cache.crop(chosen, whole_matrices(cache.sizes, size), size, size)[:, 0]
    # without the outermost pixels: frames and shutters are edges, too
    edges = torch.zeros(count, size, size)
    inner = views[:, 3:-3, 3:-3]
    edges[:, 4:-4, 4:-4] = (inner[:, 1:-1, 2:] - inner[:, 1:-1, :-2]).abs() + (
        inner[:, 2:, 1:-1] - inner[:, :-2, 1:-1]
    ).abs()
    weight = edges.flatten(1) + 1e-6
    weight = weight / weight.sum(dim=1, keepdim=True)
    axis = (torch.arange(size) + 0.5) / size
    x, y = axis.repeat(size), axis.repeat_interleave(size)
    middle = torch.stack([(weight * x).sum(1), (weight * y).sum(1)], dim=1)
    spread = (weight * ((x - middle[:, :1]) ** 2 + (y - middle[:, 1:]) ** 2)).sum(1).sqrt()
    return torch.cat([middle, (_CLOSE_EXTENT * spread / 2**0.5).clamp(0.25, 1.0)[:, None]], dim=1).double()


def random_view_matrices(
    sizes: Tensor, boxes: Tensor, size: int, config: ViewTrainingConfig, generator: torch.Generator
) -> Tensor:
    """(B, 3, 3) image -> thumbnail, drawn anew each time. boxes: of `edge_boxes`."""
    batch = len(sizes)

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(batch, generator=generator, dtype=torch.float64) * (high - low) + low

    whole = whole_matrices(sizes, size)
    close = (uniform(0, 1) < config.close).double()
    # from the whole image to the box, and everything between
    near = uniform(0.2, 1.0) * close
    middle = size * (0.5 + (boxes[:, :2] - 0.5) * near[:, None])
    zoom = 1 / (1 + (boxes[:, 2] - 1) * near)
    scale = zoom * torch.exp(uniform(-config.scale, config.scale))
    quarter = torch.randint(4, (batch,), generator=generator).double() * 90
    stretch, flip = torch.exp(uniform(-config.aspect, config.aspect)), torch.sign(uniform(-1, 1))
    linear = turn_matrices(quarter + uniform(-config.rotation, config.rotation)) * scale[:, None, None]
    linear = linear * torch.stack([flip, stretch], dim=1)[:, None]
    shift = torch.stack([uniform(-config.shift, config.shift) for _ in range(2)], dim=1) * size + (size - 1) / 2
    return affine_matrices(linear, shift - (linear @ middle[..., None])[..., 0]) @ whole


def both_feet_of(images: Tensor, chosen: Tensor, generator: torch.Generator) -> Tensor:
    """(B, 1, S, S): where chosen (B,), the image beside its mirror image, each at half the size."""
    size = images.shape[-1]
    half = torch.nn.functional.avg_pool2d(images, 2)
    pair = torch.zeros_like(images)
    top = int(torch.randint(size // 2 + 1, (1,), generator=generator))
    pair[:, :, top : top + size // 2, : size // 2] = half
    pair[:, :, top : top + size // 2, size // 2 :] = half.flip(3)
    return torch.where(chosen[:, None, None, None], pair, images)
