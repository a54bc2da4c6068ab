"""FlatNet's first stage as a recipe of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from FootDeformityLib.network.flatnet_coarse import CoarseNetwork, landmark_boxes
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityTrainingLib.augmentation import apply_matrices, disturb
from FootDeformityTrainingLib.backbone_weights import load_backbone
from FootDeformityTrainingLib.flatnet_images import WholeImages
from FootDeformityTrainingLib.flatnet_training_config import FlatNetTrainingConfig
from FootDeformityTrainingLib.random_generator import random_generator
from FootDeformityTrainingLib.sample import Sample, data_fingerprint
from FootDeformityTrainingLib.training_pictures import contact_sheet

_SHOWN = 8  # images of a sample picture


@dataclass(frozen=True, eq=False)
class DetectionBatch:
    """images: (B, 1, H, W) in 0..1, channels-last; boxes: (B, K, 4) input pixels, NaN = not in the image."""

    images: Tensor
    boxes: Tensor


class FlatNetDetectionRecipe:
    """Trains RetinaNet to put a box about every landmark; validates the centres of the best boxes.

    nme: mean error in parts of the padded image's side. out_of_reach: share of the landmarks that stage 1 misplaces by
    more than stage 2 is trained for.
    """

    figures = ("nme", "out_of_reach")

    def __init__(self, config: FlatNetTrainingConfig, train: Sequence[Sample], validation: Sequence[Sample]) -> None:
        self.config = config
        architecture = config.architecture
        self._train, self._validation = (WholeImages(part, architecture) for part in (train, validation))
        reach = config.jitter * architecture.patch_size / architecture.width  # in parts of the image's width
        self._reach = [reach * sample.pixels.shape[1] / max(sample.pixels.shape) for sample in validation]
        self._data_sha256 = data_fingerprint([*train, *validation])

    @property
    def images(self) -> int:
        """Number of training images."""
        return len(self._train.points)

    def build(self) -> nn.Module:
        """A new network; its ResNet from ``backbone_weights`` if given."""
        network = CoarseNetwork(self.config.architecture, self._train.points.shape[1])
        if self.config.backbone_weights:
            load_backbone(network.retina.backbone.body, self.config.backbone_weights)
        return network

    def prepare(self, device: torch.device) -> None:
        """Move all images to the device."""
        self._train.to(device)
        self._validation.to(device)

    @torch.no_grad()
    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> DetectionBatch:
        """Augmented images with their boxes; the same seed gives the same."""
        images, augmentation = self._train, self.config.augmentation
        device = images.points.device
        generator = random_generator(seed, device)
        chosen = torch.tensor(indices, device=device)
        matrices, width, height = images.random(chosen, augmentation, generator)
        views = disturb(normalise(images.cache.crop(chosen, matrices, height, width)), augmentation, generator)
        points = apply_matrices(matrices, images.points[chosen])
        boxes = landmark_boxes(points, images.box_sides(chosen, matrices), width, height)
        return DetectionBatch(views.contiguous(memory_format=torch.channels_last), boxes)

    def loss(self, network: nn.Module, batch: DetectionBatch) -> Tensor:
        """Focal loss of the classes plus L1 loss of the boxes, as torchvision has them."""
        loss: Tensor = network(batch.images, batch.boxes)
        return loss

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Errors on the validation images, one by one as users run it."""
        errors = torch.cat([self._errors(network, index) for index in range(len(self._validation.points))]).cpu()
        reach = torch.tensor(self._reach, dtype=torch.float64)[:, None]
        known = errors.isfinite()
        beyond = (errors > reach)[known].double().mean()
        return {"nme": float(errors[known].mean()), "out_of_reach": float(beyond)}

    def _errors(self, network: nn.Module, index: int) -> Tensor:
        """(1, K) in parts of the padded image's side, NaN = unknown."""
        images = self._validation
        chosen = torch.tensor([index], device=images.points.device)
        matrices, width, height = images.views(chosen)
        view = normalise(images.cache.crop(chosen, matrices, height, width))
        with torch.autocast(view.device.type, dtype=torch.bfloat16, enabled=self.config.detection.autocast):
            found = network(view.contiguous(memory_format=torch.channels_last))
        points = apply_matrices(torch.linalg.inv(matrices), found.points.double())
        errors: Tensor = torch.linalg.vector_norm(points - images.points[chosen], dim=-1)
        return errors / images.sides[chosen][:, None]

    def pictures(self, network: nn.Module, batch: DetectionBatch) -> dict[str, NDArray[np.uint8]]:
        """Augmented inputs with true and found points."""
        with torch.autocast(batch.images.device.type, dtype=torch.bfloat16, enabled=self.config.detection.autocast):
            found = network(batch.images[:_SHOWN])
        boxes = batch.boxes[:_SHOWN].double().cpu().numpy()
        truth = (boxes[..., :2] + boxes[..., 2:]) / 2
        images = batch.images[:_SHOWN, 0].cpu().numpy()
        return {"training": contact_sheet(images, truth, found.points.double().cpu().numpy())}

    def settings(self) -> dict[str, Any]:
        """What run.json holds."""
        return {
            "network": "flatnet-detection",
            "training": self.config.to_dict(),
            "data_sha256": self._data_sha256,
            "images": {"train": self.images, "validation": len(self._validation.points)},
        }
