"""The view recogniser as a recipe of the training loop."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.view_network import ViewNetwork, mean_probabilities
from FootDeformityLib.network.view_opinion import KINDS
from FootDeformityLib.network.view_thumbnail import view_thumbnail
from FootDeformityTrainingLib.augmentation import disturb
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.random_generator import random_generator
from FootDeformityTrainingLib.training_pictures import contact_sheet
from FootDeformityTrainingLib.view_augmentation import (
    both_feet_of,
    edge_boxes,
    random_view_matrices,
    whole_matrices,
)
from FootDeformityTrainingLib.view_data import ViewImage
from FootDeformityTrainingLib.view_negatives import made_up
from FootDeformityTrainingLib.view_training_config import ViewTrainingConfig

VIEW = "view"
_OTHER = KINDS.index("other")
_SHOWN = 16


@dataclass(frozen=True, eq=False)
class ViewBatch:
    """images: (B, 1, S, S) normalised thumbnails; kinds: (B,) indices of KINDS."""

    images: Tensor
    kinds: Tensor


class ViewRecipe:
    """Trains a ViewNetwork. missed: share of the held-out images whose kind is not found; loss: their cross-entropy."""

    figures = ("missed", "loss")

    def __init__(
        self,
        config: ViewTrainingConfig,
        images: Sequence[ViewImage],
        small: Sequence[NDArray[np.float32]],
        folds: NDArray[np.int64],
    ) -> None:
        """small: (H, W) pixels of each image; folds: of `folds_of`."""
        self.config = config
        kinds = np.array([KINDS.index(image.kind) for image in images])
        usable = np.array([not image.judged_only for image in images])
        held = (folds == config.fold) & (config.fold >= 0)
        train = np.flatnonzero(usable & ~held)
        self._sources = sorted({images[k].source for k in train.tolist() if images[k].source})
        self._counts = {kind: int((kinds[train] == k).sum()) for k, kind in enumerate(KINDS)}
        small = [*small, *self._made_up(small, train)]
        invented = np.arange(len(kinds), len(small))
        kinds, train = np.concatenate([kinds, np.full(len(invented), _OTHER)]), np.concatenate([train, invented])
        # every kind equally often, so that the rare ones are learnt; drawn anew by each batch where there are more
        self._of_kind = [train[kinds[train] == kind] for kind in range(len(KINDS))]
        self._held = np.flatnonzero(held)
        self._cache, self._kinds = ImageCache(small), torch.from_numpy(kinds)
        self._boxes = edge_boxes(self._cache, len(small))
        self._counts["made up"] = len(invented)
        names = "\n".join(f"{one.image.name} {one.kind} {fold}" for one, fold in zip(images, folds, strict=True))
        self._data_sha256 = hashlib.sha256(names.encode()).hexdigest()

    def _made_up(self, small: Sequence[NDArray[np.float32]], train: NDArray[np.int64]) -> Iterator[NDArray[np.float32]]:
        generator = random_generator([self.config.loop.seed, self.config.made_up], torch.device("cpu"))
        size = self.config.architecture.size
        for chosen in np.resize(np.random.default_rng(self.config.loop.seed).permutation(train), self.config.made_up):
            thumbnail = torch.from_numpy(view_thumbnail(small[chosen], size))[None, None]
            yield made_up(thumbnail, generator)[0, 0].numpy()

    @property
    def images(self) -> int:
        """Thumbnails of an epoch, as many of each kind that there is."""
        return self.config.of_each_kind * sum(len(those) > 0 for those in self._of_kind)

    def build(self) -> nn.Module:
        """A new network."""
        return ViewNetwork(self.config.architecture)

    def prepare(self, device: torch.device) -> None:
        """Nothing: thumbnails are made on the processor and are small."""
        self._device = device

    @torch.no_grad()
    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> ViewBatch:
        """Augmented thumbnails; the same seed gives the same."""
        generator, config = random_generator(seed, torch.device("cpu")), self.config
        present = [those for those in self._of_kind if len(those)]
        draws = torch.randint(1 << 30, (len(indices),), generator=generator).tolist()
        kinds_drawn = (present[index % len(present)] for index in indices)
        chosen = torch.tensor([those[draw % len(those)] for those, draw in zip(kinds_drawn, draws, strict=True)])
        size = config.architecture.size
        matrices = random_view_matrices(self._cache.sizes[chosen], self._boxes[chosen], size, config, generator)
        images, kinds = self._cache.crop(chosen, matrices, size, size), self._kinds[chosen]
        pairs = (torch.rand(len(kinds), generator=generator) < config.pair) & (kinds == 0)
        images = both_feet_of(images, pairs, generator)
        images = disturb(normalise(images), config.augmentation, generator)
        return ViewBatch(images.to(self._device).contiguous(memory_format=torch.channels_last), kinds.to(self._device))

    def loss(self, network: nn.Module, batch: ViewBatch) -> Tensor:
        """Cross-entropy, the mean over the batch."""
        return F.cross_entropy(network(batch.images).float(), batch.kinds, label_smoothing=self.config.smoothing)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Figures of the held-out fold; none without one."""
        if not len(self._held):
            return {}
        chosen, size = torch.from_numpy(self._held), self.config.architecture.size
        views = self._cache.crop(chosen, whole_matrices(self._cache.sizes[chosen], size), size, size)
        parts = [mean_probabilities(network, normalise(part).to(self._device)) for part in torch.split(views, 16)]
        probability, kinds = torch.cat(parts).cpu(), self._kinds[chosen]
        right = probability.gather(1, kinds[:, None])[:, 0].clamp(min=1e-6)
        missed = (probability.argmax(dim=1) != kinds).double().mean()
        return {"missed": float(missed), "loss": float(-right.log().mean())}

    def pictures(self, network: nn.Module, batch: ViewBatch) -> dict[str, NDArray[np.uint8]]:
        """Augmented thumbnails."""
        return {"training": contact_sheet(batch.images[:_SHOWN, 0].float().cpu().numpy(), None, None)}

    def settings(self) -> dict[str, Any]:
        """What run.json holds."""
        return {
            "network": VIEW,
            "training": self.config.to_dict(),
            "data_sha256": self._data_sha256,
            "images": self._counts,
            "sources": self._sources,
        }
