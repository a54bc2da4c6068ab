"""Values between the samples of a regular grid."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Block:
    """A grid of values (X, Y, Z), linear in between; 0 outside, or repeated for ever. Safe to share among threads."""

    def __init__(self, values: Array, periodic: bool = False) -> None:
        self.shape = values.shape
        self._period = np.array(values.shape, dtype=np.float32) if periodic else None
        grid = np.pad(values, ((0, 1), (0, 1), (0, 1)), mode="wrap") if periodic else values
        # torch counts places from -1 to 1 and names the last axis first
        self._grid = torch.from_numpy(np.ascontiguousarray(grid, dtype=np.float32))[None, None]
        self._scale = 2 / (np.array(grid.shape, dtype=np.float32) - 1)

    def at(self, places: Array) -> Array:
        """Values (...) at places (..., 3), counted in samples from the first one."""
        if self._period is not None:
            places = places - np.floor(places / self._period) * self._period
        where = np.ascontiguousarray((places * self._scale - 1)[..., ::-1], dtype=np.float32)
        found = torch.nn.functional.grid_sample(
            self._grid, torch.from_numpy(where.reshape(1, 1, 1, -1, 3)), align_corners=True, padding_mode="zeros"
        )
        return np.asarray(found.numpy().reshape(places.shape[:-1]))
