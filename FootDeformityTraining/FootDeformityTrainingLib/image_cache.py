"""Decoded training images on the device, cut out in batches."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

_SMALLEST = 64  # pixels of a level's shorter side below which none is added


class ImageCache:
    """All images in one float16 buffer, each with ever coarser levels (2 x 2 averages), whatever their sizes.

    Takes 8 / 3 bytes a pixel. Half precision keeps 11 bits of a grey value in 0..1.
    """

    def __init__(self, images: Iterable[NDArray[np.float32]]) -> None:
        """images: (H, W) float32 in 0..1, each released once it is copied."""
        levels: list[Tensor] = []
        tables: list[list[tuple[int, int, int]]] = []  # per image and level: offset, height, width
        offset = 0
        for image in images:
            level = torch.from_numpy(image)[None, None]
            table = []
            while True:
                height, width = level.shape[-2:]
                levels.append(level.half().flatten())
                table.append((offset, height, width))
                offset += height * width
                if min(height, width) < 2 * _SMALLEST:
                    break
                level = F.avg_pool2d(level, 2)
            tables.append(table)
        most = max(len(table) for table in tables)
        # images with fewer levels repeat their last one; `_last` keeps them from being asked for more
        self._table = torch.tensor([table + table[-1:] * (most - len(table)) for table in tables])
        self._last = torch.tensor([len(table) - 1 for table in tables])
        self._values = torch.cat(levels)
        self.sizes = self._table[:, 0, [2, 1]].double()  # (N, 2) width, height

    @property
    def bytes(self) -> int:
        """Memory that the images take on the device."""
        return self._values.numel() * self._values.element_size()

    def to(self, device: torch.device) -> None:
        """Move all images to the device."""
        self._values, self._table = self._values.to(device), self._table.to(device)
        self._last, self.sizes = self._last.to(device), self.sizes.to(device)

    def crop(self, indices: Tensor, input_from_image: Tensor, height: int, width: int) -> Tensor:
        """(B, 1, height, width) float32 views of the images ``indices`` (B,), zero outside of them.

        input_from_image: (B, 3, 3) float64, image pixels -> pixels of the view, centre of the first pixel (0, 0) in
        both. Bilinear, from the level whose pixels are nearest in size to the view's.
        """
        back = torch.linalg.inv(input_from_image)
        shrink = back[:, :2, :2].det().abs().sqrt()
        level = torch.minimum(shrink.clamp(min=1.0).log2().round().long(), self._last[indices])
        offset, rows, columns = self._table[indices, level].unbind(1)
        # from the image's pixels to the level's: outer edges coincide
        factor = torch.pow(0.5, level.double())
        matrix = (back[:, :2] * factor[:, None, None]).float()
        shift = (0.5 * factor - 0.5).float()
        x_axis = torch.arange(width, device=matrix.device, dtype=torch.float32)
        y_axis = torch.arange(height, device=matrix.device, dtype=torch.float32)[:, None]
        a = matrix[:, :, :, None, None]
        x = a[:, 0, 0] * x_axis + (a[:, 0, 1] * y_axis + (a[:, 0, 2] + shift[:, None, None]))
        y = a[:, 1, 0] * x_axis + (a[:, 1, 1] * y_axis + (a[:, 1, 2] + shift[:, None, None]))
        return self._bilinear(x, y, offset, rows, columns)[:, None]

    def _bilinear(self, x: Tensor, y: Tensor, offset: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Values (B, h, w) at level pixels x, y (B, h, w) of images with ``rows`` x ``columns`` (B,) at ``offset``."""
        width, height = columns[:, None, None], rows[:, None, None]
        left, top = x.floor(), y.floor()
        fx, fy = x - left, y - top
        column, row = left.int(), top.int()
        total = torch.zeros_like(x)
        for dy, weight_y in ((0, 1 - fy), (1, fy)):
            r = row + dy
            weight_y = weight_y * ((r >= 0) & (r < height))
            start = offset[:, None, None] + r.clamp(min=0).minimum(height - 1) * width
            for dx, weight_x in ((0, 1 - fx), (1, fx)):
                c = column + dx
                weight = weight_y * weight_x * ((c >= 0) & (c < width))
                place = start + c.clamp(min=0).minimum(width - 1)
                total.addcmul_(self._values[place].float(), weight)
        return total
