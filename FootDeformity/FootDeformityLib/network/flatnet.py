"""FlatNet, the published baseline: RetinaNet for coarse landmarks, then a U-Net of its own for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from FootDeformityLib.network.flatnet_coarse import CoarseNetwork
from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.flatnet_geometry import coarse_view, patch_view
from FootDeformityLib.network.flatnet_patch import patch_network, read_masks
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import Looks
from FootDeformityLib.radiographs.geometry import resample

Array = NDArray[np.float64]
Progress = Callable[[float, str], None]


class FlatNet(nn.Module):
    """Both stages: ``coarse`` and one of ``patches`` for each landmark, in the scheme's order."""

    def __init__(self, config: FlatNetConfig, landmarks: int) -> None:
        """Random weights. Raises FootDeformityError without torchvision and segmentation_models_pytorch."""
        super().__init__()
        self.config = config
        self.coarse = CoarseNetwork(config, landmarks)
        self.patches = nn.ModuleList(patch_network(config) for _ in range(landmarks))

    @torch.inference_mode()
    def find(self, pixels: NDArray[np.float32], report: Progress = lambda part, word: None) -> Looks:
        """Landmarks of an image (H, W) in 0..1, as `Looks`: ``first`` are stage 1's.

        Their height is the geometric mean of stage 1's score and the mask's quality, their width the mask's spread,
        their disagreement the distance between the stages in parts of the landmarks' extent.
        """
        report(0.0, "looking for the landmarks")
        coarse, scores = self._coarse(pixels)
        points, quality, spread = np.empty_like(coarse), np.empty(len(coarse)), np.empty(len(coarse))
        for number in range(len(coarse)):
            report(0.1 + 0.9 * number / len(coarse), f"looking closely, {number + 1} of {len(coarse)}")
            points[number], quality[number], spread[number] = self._close(pixels, coarse[number], number)
        extent = max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-6)
        distance = np.linalg.norm(points - coarse, axis=1) / extent
        return Looks(points, coarse, np.sqrt(scores * quality), spread, distance)

    def _coarse(self, pixels: NDArray[np.float32]) -> tuple[Array, Array]:
        height, width = pixels.shape
        affine, columns, rows = coarse_view(width, height, self.config)
        view = resample(pixels, affine, max(columns, rows))[:rows, :columns]
        points, scores = self.coarse(self._input(view))
        found = affine.inverse().apply(points[0].double().cpu().numpy())
        # beyond the image's edge there is nothing to look at closely
        return np.clip(found, 0.0, [width - 1.0, height - 1.0]), scores[0].double().cpu().numpy()

    def _close(self, pixels: NDArray[np.float32], centre: Array, number: int) -> tuple[Array, float, float]:
        affine = patch_view(centre, pixels.shape[1], self.config)
        logits = self.patches[number](self._input(resample(pixels, affine, self.config.patch_size)))[:, 0]
        found = read_masks(logits, self.config.disc_radius)
        point = affine.inverse().apply(found.points[0].cpu().numpy())
        return point, float(found.quality), float(found.spread)

    def _input(self, view: NDArray[np.float32]) -> torch.Tensor:
        device = next(self.parameters()).device
        image = normalise(torch.from_numpy(np.ascontiguousarray(view))[None, None].to(device))
        return image.contiguous(memory_format=torch.channels_last)
