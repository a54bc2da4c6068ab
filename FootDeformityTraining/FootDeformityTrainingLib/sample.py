"""One annotated radiograph, decoded and ready to be augmented."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]

#: the landmarks' bounding box is kept at about this many pixels: what the network can see, twice over
_KEPT_EXTENT = 420.0


@dataclass(frozen=True, eq=False)
class Sample:
    """An image with its landmarks.

    points: (K, 2) image pixels, NaN = missing. uncertain: (K,) bool. aspect_known: whether pixels are
    square, so that angles mean something. pixels: (H, W) float32, 0..1. spacing_mm: mm per pixel or None.
    """

    image: Path
    view: str
    patient: str
    points: Array
    uncertain: NDArray[np.bool_]
    pixels: NDArray[np.float32]
    aspect_known: bool = True
    spacing_mm: float | None = None
    source: str = ""


class ImagePyramid:
    """The sample's image as float32 tensors, each level half the size of the one before (2 x 2 averages)."""

    def __init__(self, sample: Sample) -> None:
        extent = float(np.max(np.nanmax(sample.points, axis=0) - np.nanmin(sample.points, axis=0)))
        image = torch.from_numpy(sample.pixels)[None, None]
        self._first = 0  # levels left out at the fine end
        while extent / 2**self._first > 2 * _KEPT_EXTENT:
            image = torch.nn.functional.avg_pool2d(image, 2)
            self._first += 1
        self._levels = [image]
        while min(self._levels[-1].shape[-2:]) > 64:
            self._levels.append(torch.nn.functional.avg_pool2d(self._levels[-1], 2))

    def level(self, shrink: float) -> tuple[Tensor, float]:
        """The level (1, 1, H, W) for a crop that shrinks the image ``shrink`` times, and its own shrink factor."""
        wanted = round(np.log2(max(shrink, 1.0))) - self._first
        index = int(np.clip(wanted, 0, len(self._levels) - 1))
        return self._levels[index], float(2 ** (index + self._first))
