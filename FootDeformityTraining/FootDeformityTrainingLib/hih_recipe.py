"""HIH as a recipe of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.canonical_pose import input_shape, mean_shape
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH
from FootDeformityLib.network.model_folder import network_of, read_hih_model
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import EXTENT
from FootDeformityTrainingLib.augmentation import apply_matrices, disturb, random_matrices
from FootDeformityTrainingLib.axis_loss import axes_of_view, axis_loss
from FootDeformityTrainingLib.hih_loss import hih_loss
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.random_generator import random_generator
from FootDeformityTrainingLib.sample import Array, Sample, data_fingerprint
from FootDeformityTrainingLib.training_config import TrainingConfig
from FootDeformityTrainingLib.training_pictures import contact_sheet
from FootDeformityTrainingLib.validation import network_look, validate

_SHOWN = 8  # images of a sample picture


@dataclass(frozen=True, eq=False)
class HIHBatch:
    """images: (B, 1, S, S) in 0..1, channels-last; points: (B, K, 2) input pixels, NaN = missing; weights: (B, K)."""

    images: Tensor
    points: Tensor
    weights: Tensor


class HIHRecipe:
    """Trains HIH on whole images and close looks; validates the way users run it."""

    figures = ("all", "certain", "nme", "first_look_all")

    def __init__(
        self, config: TrainingConfig, scheme: Scheme, train: list[Sample], validation: list[Sample], data: str = ""
    ) -> None:
        """The training images are copied into the cache. Raises FootDeformityError if --init does not fit."""
        self.config, self.scheme, self.validation, self.data = config, scheme, validation, data
        architecture = config.architecture
        self.codec = HIHCodec(architecture.input_size, architecture.heatmap_size, architecture.decimal_size)
        # fine-tuning keeps the pose that the network knows: that of a few corrected images may be turned another way
        known = _pose_of_model(config.init)
        self.shape: Array = mean_shape([sample.points for sample in train]) if known is None else known
        self.cache = ImageCache(sample.pixels for sample in train)
        self.points = torch.from_numpy(np.stack([sample.points for sample in train]))
        self.weights = torch.from_numpy(np.stack([_weights(s, config.uncertain_weight) for s in train])).float()
        self.sources = sorted({sample.source for sample in train if sample.source})
        self.data_sha256 = data_fingerprint([*train, *validation])
        self.axes = axes_of_view(scheme, config.view)
        self._pose = torch.from_numpy(input_shape(self.shape, architecture.input_size, EXTENT))

    @property
    def images(self) -> int:
        """Number of training images."""
        return len(self.points)

    def build(self) -> nn.Module:
        """A new network, or that of the model folder ``init``."""
        if self.config.init:
            return initial_network(self.config, self.scheme)
        try:
            return HIH(self.config.architecture)
        except ValueError as error:  # sizes that cannot be halved so often
            raise FootDeformityError(f"this network cannot be built: {error}.") from error

    def prepare(self, device: torch.device) -> None:
        """Move images, points and weights to the device."""
        self.cache.to(device)
        self.points, self.weights = self.points.to(device), self.weights.to(device)
        self._pose = self._pose.to(device)

    @torch.no_grad()
    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> HIHBatch:
        """Augmented views; the same seed gives the same."""
        device, size = self.points.device, self.codec.input_size
        generator = random_generator(seed, device)
        chosen = torch.tensor(indices, device=device)
        points = self.points[chosen]
        augmentation = self.config.augmentation
        matrices = random_matrices(points, self.cache.sizes[chosen], self._pose, size, augmentation, generator)
        views = normalise(self.cache.crop(chosen, matrices, size, size))
        images = disturb(views, augmentation, generator).contiguous(memory_format=torch.channels_last)
        return HIHBatch(images, apply_matrices(matrices, points), self.weights[chosen])

    def loss(self, network: nn.Module, batch: HIHBatch) -> Tensor:
        """See `hih_loss` and `axis_loss`; targets are made here, in one go, on the device."""
        output, weight = network(batch.images), self.config.axis_weight
        loss = hih_loss(
            output, self.codec, batch.points, batch.weights,
            self.config.decimal_weight, self.config.foreground_weight,
        )  # fmt: skip
        if weight and self.axes:
            loss = loss + weight * axis_loss(output.integer, self.codec, batch.points, batch.weights, self.axes)
        return loss

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Errors on the validation images; percent of the foot length, or of the landmarks' extent without one."""
        if not self.validation:
            return {}
        # a network that was never shown a posed foot is not asked for a close look
        shape = self.shape if self.config.augmentation.close_share else None
        assert isinstance(network, HIH)
        look = network_look(network, self.codec)
        return validate(look, self.validation, shape, self.codec.input_size, self.scheme).summary()

    def pictures(self, network: nn.Module, batch: HIHBatch) -> dict[str, NDArray[np.uint8]]:
        """Augmented inputs with true and found points."""
        images = batch.images[:_SHOWN]
        with torch.autocast(images.device.type, dtype=torch.bfloat16):
            output = network(images)
        integer = output.integer[:, -1].float().cpu().numpy()
        decimal = [None] * len(images) if output.decimal is None else output.decimal.float().cpu().numpy()
        found = np.stack([self.codec.decode(h, d).points for h, d in zip(integer, decimal, strict=True)])
        truth = batch.points[:_SHOWN].cpu().numpy()
        return {"training": contact_sheet(images[:, 0].cpu().numpy(), truth, found)}

    def settings(self) -> dict[str, Any]:
        """What run.json holds."""
        return {
            "network": "hih",
            "training": self.config.to_dict(),
            "codec": self.codec.to_dict(),
            "scheme": {"name": self.scheme.name, "sha256": self.scheme.sha256},
            "mean_shape": self.shape.tolist(),
            "data": self.data,
            "data_sha256": self.data_sha256,
            "images": {"train": self.images, "validation": len(self.validation)},
            "sources": self.sources,
        }


def initial_network(config: TrainingConfig, scheme: Scheme) -> HIH:
    """The network of ``config.init``, ready to be trained. Raises FootDeformityError if it is one for other points."""
    model = read_hih_model(config.init)
    if (model.scheme_sha256, model.view) != (scheme.sha256, config.view):
        raise FootDeformityError(
            f"{config.init}: the model finds the {model.view} landmarks of scheme {model.scheme} "
            f"{model.scheme_sha256[:12]}, expected {config.view} of {scheme.name} {scheme.sha256[:12]}. Choose another."
        )
    if model.architecture != config.architecture:
        raise FootDeformityError(
            f"{config.init}: has another architecture than the one asked for; leave --preset and its settings out."
        )
    return network_of(model).train().requires_grad_(True)


def _pose_of_model(folder: str) -> Array | None:
    return read_hih_model(folder).mean_shape if folder else None


def _weights(sample: Sample, uncertain_weight: float) -> Array:
    weight = np.where(sample.uncertain, uncertain_weight, 1.0)
    return np.where(np.isfinite(sample.points).all(axis=1), weight, 0.0)
