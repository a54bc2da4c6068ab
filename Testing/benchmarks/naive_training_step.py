"""A plain float32 training step of HIH, as it is written first: one sample at a time, targets with numpy, no cache.

The other side of bench_training.py, run by it as a process of its own.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from FootDeformityLib.network.hih import HIH
from FootDeformityLib.network.two_looks import about_centre
from FootDeformityLib.radiographs.geometry import letterbox, resample
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.training_config import TrainingConfig

SIGMA = 1.5


class NaiveStep:
    """Float32, contiguous, torch's default AdamW; ``decoded``: images are read once and kept, as ours are."""

    def __init__(self, config: TrainingConfig, images: list[Path], points: NDArray[np.float64], decoded: bool) -> None:
        torch.manual_seed(config.loop.seed)
        self.config, self.images, self.points = config, images, points
        self.kept = [read_radiograph(path).pixels for path in images] if decoded else None
        self.network = HIH(config.architecture).train()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=config.loop.learning_rate)
        self.rng = np.random.default_rng(config.loop.seed)

    def sample(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """One augmented image (1, S, S) and its targets (K, H, H)."""
        size, cells = self.config.architecture.input_size, self.config.architecture.heatmap_size
        pixels = self.kept[index] if self.kept else read_radiograph(self.images[index]).pixels
        height, width = pixels.shape
        turn = about_centre(size, self.rng.uniform(-55, 55), np.exp(self.rng.uniform(-0.35, 0.35)))
        affine = letterbox(width, height, size).then(turn)
        image = resample(pixels, affine, size)
        low, high = np.percentile(image, (1, 99))
        image = ((image - low) / max(high - low, 1e-3)).clip(0, 1) ** np.exp(self.rng.uniform(-0.35, 0.35))
        image = (image - image.mean()) * self.rng.uniform(0.7, 1.3) + image.mean() + self.rng.uniform(-0.15, 0.15)
        if self.rng.random() < 0.3:
            image = image + self.rng.normal(0, 0.03, image.shape)
        y, x = np.mgrid[:cells, :cells]
        targets = np.zeros((len(self.points[index]), cells, cells), np.float32)
        for k, (px, py) in enumerate(affine.apply(self.points[index])):
            tx, ty = (px + 0.5) * cells / size - 0.5, (py + 0.5) * cells / size - 0.5
            if -0.5 <= tx < cells - 0.5 and -0.5 <= ty < cells - 0.5:
                targets[k] = np.exp(-((x - tx) ** 2 + (y - ty) ** 2) / (2 * SIGMA**2))
        return image.clip(0, 1).astype(np.float32)[None], targets

    def loss(self, images: Tensor, targets: Tensor) -> Tensor:
        """Weighted squared error of all stacks' heatmaps."""
        target = targets[:, None]
        output = self.network(images)
        return ((output.integer - target).square() * (1 + self.config.foreground_weight * target)).mean()

    def __call__(self, indices: list[int]) -> tuple[float, float]:
        """One step; seconds for the data and for the network."""
        start = time.perf_counter()
        samples = [self.sample(index) for index in indices]
        images = torch.from_numpy(np.stack([image for image, _ in samples]))
        targets = torch.from_numpy(np.stack([target for _, target in samples]))
        made = time.perf_counter()
        self.optimiser.zero_grad()
        self.loss(images, targets).backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return made - start, time.perf_counter() - made
