"""HIH on a graphics card, with the processor in reserve."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.hih import HIH, HIHOutput

Network = Callable[[Tensor], HIHOutput]


def has_gpu() -> bool:
    """True if this PyTorch finds a graphics card that it can compute on."""
    return torch.cuda.is_available()


class GpuHIH:
    """(1, 1, S, S) float32 -> HIHOutput, both in the processor's memory, computed on ``device``.

    From the first failure on (its memory is full, or this PyTorch cannot use it) the network that ``on_processor``
    makes answers instead; ``warning`` then says why, and is empty before.
    """

    def __init__(self, network: HIH, on_processor: Callable[[], Network], device: str = "cuda") -> None:
        self.warning = ""
        self._on_processor, self._device = on_processor, device
        self._reserve: Network | None = None
        self._fast: FastHIH | None = None
        try:
            self._fast = FastHIH(network, torch.float32, fused=False).to(device)
        except RuntimeError as error:
            self._give_up(error)

    def __call__(self, image: Tensor) -> HIHOutput:
        if self._fast is not None:
            try:
                output = self._fast(image.to(self._device))
                return HIHOutput(output.integer.cpu(), None if output.decimal is None else output.decimal.cpu())
            except RuntimeError as error:
                self._give_up(error)
        if self._reserve is None:
            self._reserve = self._on_processor()
        return self._reserve(image)

    def _give_up(self, error: RuntimeError) -> None:
        self._fast = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.warning = unusable_card(error)


def unusable_card(error: RuntimeError) -> str:
    """What the reader is told when the graphics card failed with ``error``."""
    full = isinstance(error, torch.OutOfMemoryError)
    why = "its memory is full" if full else (str(error).splitlines() or ["unknown error"])[0]
    return f"The graphics card could not be used ({why}): the processor computed instead."
