"""One annotated radiograph, decoded and ready to be augmented."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: a network sees the object with about its input's side at most: half as much again leaves room for random scales
_ROOM = 1.5


@dataclass(frozen=True, eq=False)
class Sample:
    """An image with its landmarks.

    points: (K, 2) image pixels, NaN = missing. uncertain: (K,) bool. aspect_known: whether pixels are
    square, so that angles mean something. pixels: (H, W) float32, 0..1. spacing_mm: mm per pixel or None.
    shrink: pixels of the file along one side of each of ``pixels``.
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
    shrink: int = 1


def shrunk(sample: Sample, input_size: int) -> Sample:
    """The sample halved (2 x 2 averages) while its landmarks span more than the network can use; points follow.

    Bounds what a training image takes in memory: where the landmarks span a third of the image or more, to
    (9 x input_size)^2 pixels, usually far fewer.
    """
    extent = float(np.max(np.nanmax(sample.points, axis=0) - np.nanmin(sample.points, axis=0)))
    times = 0
    while extent / 2 ** (times + 1) > _ROOM * input_size and min(sample.pixels.shape) // 2**times >= 4:
        times += 1
    return halved(sample, times)


def halved(sample: Sample, times: int) -> Sample:
    """The sample with each 2 x 2 pixels averaged, ``times`` times; a last odd row or column is left out."""
    pixels = sample.pixels
    for _ in range(times):
        height, width = (side // 2 * 2 for side in pixels.shape)
        pixels = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3), dtype=np.float32)
    points = (sample.points + 0.5) / 2**times - 0.5
    spacing = None if sample.spacing_mm is None else sample.spacing_mm * 2**times
    return replace(sample, pixels=pixels, points=points, spacing_mm=spacing, shrink=sample.shrink * 2**times)


def data_fingerprint(samples: Iterable[Sample]) -> str:
    """SHA-256 of names, points and image sizes in their order: tells whether a run is continued on the same data."""
    digest = hashlib.sha256()
    for sample in samples:
        digest.update(f"{sample.image.name} {sample.pixels.shape}".encode())
        digest.update(sample.points.round(3).tobytes())
        digest.update(sample.uncertain.tobytes())
    return digest.hexdigest()
