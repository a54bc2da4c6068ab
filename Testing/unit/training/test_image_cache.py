"""Images of any size come out of one buffer as a plain bilinear look at each would give them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from FootDeformityTrainingLib.image_cache import ImageCache

SIZES = ((200, 130), (70, 150), (300, 301))


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.random(size, dtype=np.float32) for size in SIZES]


def matrices(scales: tuple[float, ...], degrees: float = 20.0) -> torch.Tensor:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return torch.tensor([[[k * c, -k * s, 7.0], [k * s, k * c, -4.0], [0, 0, 1]] for k in scales], dtype=torch.float64)


def test_full_resolution_is_a_bilinear_sample(images: list[np.ndarray]) -> None:
    wanted = matrices((1.0, 1.3, 0.9))
    found = ImageCache(images).crop(torch.arange(3), wanted, 40, 50)
    for image, matrix, view in zip(images, wanted, found, strict=True):
        height, width = image.shape
        y, x = torch.meshgrid(torch.arange(40.0), torch.arange(50.0), indexing="ij")
        at = torch.stack([x, y, torch.ones_like(x)], dim=-1).double() @ torch.linalg.inv(matrix).T
        grid = torch.stack([(2 * at[..., 0] + 1) / width - 1, (2 * at[..., 1] + 1) / height - 1], dim=-1).float()
        expected = F.grid_sample(torch.from_numpy(image)[None, None], grid[None], align_corners=False)
        torch.testing.assert_close(view, expected[0], atol=1e-3, rtol=0)


def test_shrunk_views_average_and_keep_their_place() -> None:
    y, x = np.mgrid[:256, :256]
    ramp = ((x + 2 * y) / 800).astype(np.float32)  # linear: an average of it is its value in the middle
    view = ImageCache([ramp]).crop(torch.zeros(1, dtype=torch.long), matrices((0.25,), 0.0), 40, 40)[0, 0]
    inside = torch.linalg.inv(matrices((0.25,), 0.0))[0] @ torch.tensor([20.0, 15.0, 1.0], dtype=torch.float64)
    assert view[15, 20].item() == pytest.approx((inside[0] + 2 * inside[1]).item() / 800, abs=1e-3)
    noise = np.random.default_rng(1).random((256, 256), dtype=np.float32)
    shrunk = ImageCache([noise]).crop(torch.zeros(1, dtype=torch.long), matrices((0.25,), 0.0), 40, 40)[
        0, 0, 5:30, 10:30
    ]
    assert shrunk.std() < 0.12 and abs(shrunk.mean().item() - 0.5) < 0.03  # 0.29 before


def test_outside_is_zero_and_memory_is_said(images: list[np.ndarray]) -> None:
    cache = ImageCache(images)
    away = matrices((1.0,))
    away[0, 0, 2] = 5000.0
    assert cache.crop(torch.tensor([1]), away, 8, 8).abs().max() == 0
    pixels = sum(height * width for height, width in SIZES)
    assert 2 * pixels < cache.bytes < 2 * pixels * 4 / 3 + 1
    assert cache.sizes.tolist() == [[130, 200], [150, 70], [301, 300]]
