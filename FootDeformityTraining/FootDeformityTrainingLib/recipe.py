"""What a network brings so that the one training loop can train it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Batch = TypeVar("Batch")


class Recipe(Protocol[Batch]):
    """Network, data, loss and validation of one training; ``Batch`` is the recipe's own type.

    Everything random follows from the seeds that are passed in, so that a resumed run repeats an uninterrupted one.
    """

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the validation figures; the first chooses the best network, lower is better."""
        ...

    @property
    def images(self) -> int:
        """Number of training images."""
        ...

    def build(self) -> nn.Module:
        """A new network in float32 on the CPU, its first weights loaded or drawn from torch's global generator."""
        ...

    def prepare(self, device: torch.device) -> None:
        """Put cached images and constants on the device; called once."""
        ...

    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> Batch:
        """Augmented inputs and targets of training images, made on the device."""
        ...

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Scalar loss: the mean over the batch, so that processes can average theirs. Runs under autocast."""
        ...

    def validate(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network in evaluation mode; no gradients are kept."""
        ...

    def pictures(self, network: nn.Module, batch: Batch) -> dict[str, NDArray[np.uint8]]:
        """Pictures (H, W, 3) for people, by name: augmented inputs with what the network finds in them."""
        ...

    def settings(self) -> dict[str, Any]:
        """Plain values for run.json: ``network``, configuration, ``data_sha256`` and all that export needs."""
        ...
