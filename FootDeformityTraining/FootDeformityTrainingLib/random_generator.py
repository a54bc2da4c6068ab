"""Random numbers that follow from a list of integers: seed, epoch, number of the batch, rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch


def seed_of(numbers: Sequence[int]) -> int:
    """One seed from several numbers; differs wherever one of them does.

    >>> seed_of([0, 1]) != seed_of([1, 0])
    True
    """
    return int(np.random.SeedSequence(list(numbers)).generate_state(1, np.uint64)[0] >> np.uint64(1))


def random_generator(numbers: Sequence[int], device: torch.device) -> torch.Generator:
    """A generator on the device. The same numbers give the same values on the same kind of device."""
    return torch.Generator(device).manual_seed(seed_of(numbers))
