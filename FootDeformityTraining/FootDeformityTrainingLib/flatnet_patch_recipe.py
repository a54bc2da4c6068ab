"""FlatNet's second stage, one landmark, as a recipe of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.flatnet_patch import disc, patch_network, read_masks
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityTrainingLib.augmentation import apply_matrices, disturb
from FootDeformityTrainingLib.backbone_weights import load_encoder
from FootDeformityTrainingLib.flatnet_images import PatchImages, random_views
from FootDeformityTrainingLib.flatnet_training_config import FlatNetTrainingConfig
from FootDeformityTrainingLib.random_generator import random_generator
from FootDeformityTrainingLib.sample import Sample, data_fingerprint
from FootDeformityTrainingLib.training_pictures import contact_sheet

_SHOWN = 8  # patches of a sample picture


@dataclass(frozen=True, eq=False)
class PatchBatch:
    """images: (B, 1, S, S) in 0..1, channels-last; points: (B, 2) the landmark in patch pixels."""

    images: Tensor
    points: Tensor


class FlatNetPatchRecipe:
    """Trains a U-Net to mark one landmark with a disc; validates the discs' centres.

    nme: mean error in parts of the padded image's side, with the patch off the landmark as stage 1 may leave it.
    dice: mean Dice loss.
    """

    figures = ("nme", "dice")

    def __init__(
        self,
        config: FlatNetTrainingConfig,
        landmark: str,
        index: int,
        train: Sequence[Sample],
        validation: Sequence[Sample],
    ) -> None:
        """index: of the landmark in the view. Raises FootDeformityError if there are no images to learn it from."""
        self.config, self.landmark = config, landmark
        architecture, scale = config.architecture, config.augmentation.scale_wide + config.augmentation.aspect
        self._train = PatchImages(train, index, architecture, config.jitter, scale)
        self._validation = PatchImages(validation, index, architecture, config.jitter)
        if self._train.count < 2 or not self._validation.count:
            raise FootDeformityError(
                f"landmark {landmark}: {self._train.count} training and {self._validation.count} validation images "
                "have it; two and one are the least. Annotate more, or leave it out with --landmarks."
            )
        self._data_sha256 = data_fingerprint([*train, *validation])

    @property
    def images(self) -> int:
        """Number of training images that have the landmark."""
        return self._train.count

    def build(self) -> nn.Module:
        """A new network; its encoder from ``encoder_weights`` if given."""
        network = patch_network(self.config.architecture)
        if self.config.encoder_weights:
            load_encoder(network.get_submodule("encoder"), self.config.encoder_weights)
        return network

    def prepare(self, device: torch.device) -> None:
        """Move all images to the device."""
        self._train.to(device)
        self._validation.to(device)

    @torch.no_grad()
    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> PatchBatch:
        """Augmented patches; the same seed gives the same."""
        device = self._train.points.device
        generator = random_generator(seed, device)
        chosen = torch.tensor(indices, device=device)
        size, augmentation = self.config.architecture.patch_size, self.config.augmentation
        middle = torch.full((len(indices), 2), (size - 1) / 2, dtype=torch.float64, device=device)
        shift = torch.full_like(middle, self.config.jitter * size)
        matrices = random_views(self._train.views(chosen), middle, shift, augmentation, generator)
        patches = disturb(normalise(self._train.cache.crop(chosen, matrices, size, size)), augmentation, generator)
        return PatchBatch(
            patches.contiguous(memory_format=torch.channels_last),
            apply_matrices(matrices, self._train.points[chosen][:, None])[:, 0],
        )

    def loss(self, network: nn.Module, batch: PatchBatch) -> Tensor:
        """Dice loss, the mean over the patches."""
        return self._dice(network(batch.images)[:, 0], batch.points)

    def _dice(self, logits: Tensor, points: Tensor) -> Tensor:
        return dice_loss(logits, disc(points, logits.shape[-1], self.config.architecture.disc_radius))

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Errors on the validation patches, always the same ones."""
        errors, losses = [], []
        for index in range(self._validation.count):
            error, loss = self._judge(network, index)
            errors.append(error)
            losses.append(loss)
        return {"nme": float(np.mean(errors)), "dice": float(np.mean(losses))}

    def _judge(self, network: nn.Module, index: int) -> tuple[float, float]:
        images, size = self._validation, self.config.architecture.patch_size
        chosen = torch.tensor([index], device=images.points.device)
        matrices = images.views(chosen)
        offset = np.random.default_rng([self.config.patch.seed, index]).uniform(-1, 1, 2) * self.config.jitter * size
        matrices[0, :2, 2] += torch.from_numpy(offset).to(matrices)
        patch = normalise(images.cache.crop(chosen, matrices, size, size))
        logits = self._logits(network, patch.contiguous(memory_format=torch.channels_last))
        point = apply_matrices(matrices, images.points[chosen][:, None])[:, 0]
        found = read_masks(logits, self.config.architecture.disc_radius).points
        error = torch.linalg.vector_norm(found - point) / images.factor[index] / images.sides[index]
        return float(error), float(self._dice(logits, point))

    def _logits(self, network: nn.Module, patches: Tensor) -> Tensor:
        with torch.autocast(patches.device.type, dtype=torch.bfloat16, enabled=self.config.patch.autocast):
            logits: Tensor = network(patches)[:, 0]
        return logits.float()

    def pictures(self, network: nn.Module, batch: PatchBatch) -> dict[str, NDArray[np.uint8]]:
        """Augmented patches with the true and the found point."""
        patches = batch.images[:_SHOWN]
        found = read_masks(self._logits(network, patches), self.config.architecture.disc_radius).points
        truth = batch.points[:_SHOWN, None].cpu().numpy()
        return {"training": contact_sheet(patches[:, 0].cpu().numpy(), truth, found[:, None].cpu().numpy())}

    def settings(self) -> dict[str, Any]:
        """What run.json holds."""
        return {
            "network": "flatnet-patch",
            "landmark": self.landmark,
            "training": self.config.to_dict(),
            "data_sha256": self._data_sha256,
            "images": {"train": self.images, "validation": self._validation.count},
        }


def dice_loss(logits: Tensor, target: Tensor) -> Tensor:
    """1 - 2 |A B| / (|A| + |B|) of the probabilities (B, H, W) and the target, the mean over the batch."""
    probability = logits.float().sigmoid()
    common = (probability * target).sum(dim=(1, 2))
    return (1 - 2 * common / (probability.sum(dim=(1, 2)) + target.sum(dim=(1, 2))).clamp(min=1.0)).mean()
