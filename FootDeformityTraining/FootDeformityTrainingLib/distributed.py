"""One process or several (torchrun), each with its device."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from FootDeformityLib.errors import FootDeformityError

#: the others wait while the first process validates
_PATIENCE = timedelta(hours=3)


@dataclass(frozen=True)
class Workers:
    """This process among those that train together; the first one logs, validates and saves.

    What is the same as with one process of the same batch: the gradient, up to rounding, because every process gets
    an equal share of the batch and the losses are means. What is not: random augmentations (each process draws its
    own) and, on the CPU, batch normalisation, which averages over a process's own share (on CUDA over all).
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this process speaks for all."""
        return self.rank == 0

    def share(self, indices: Sequence[int]) -> list[int]:
        """This process's part of a batch, equally many for each; a rest is left out."""
        return list(indices[: len(indices) // self.count * self.count][self.rank :: self.count])

    def parallel(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network as the loss must call it, so that gradients are averaged."""
        if self.count == 1:
            return network
        return DistributedDataParallel(network, device_ids=[device] if device.type == "cuda" else None)

    def prepared(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network with batch normalisation over all processes where torch has that: on CUDA."""
        if self.count == 1 or device.type != "cuda":
            return network
        converted: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
        return converted

    def mean(self, value: Tensor) -> Tensor:
        """Mean over the processes of a scalar tensor."""
        if self.count > 1:
            dist.all_reduce(value)
            value = value / self.count
        return value

    def of_first(self, number: float, device: torch.device) -> float:
        """The first process's number; the others wait for it."""
        if self.count == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64, device=device)
        dist.broadcast(shared, 0)
        return float(shared.item())


@contextmanager
def joined_workers(device: str) -> Iterator[tuple[Workers, torch.device]]:
    """Join the processes that torchrun started, or be alone; leave them at the end.

    device: "auto" (CUDA if there), "cpu", "cuda" or "cuda:1". Raises FootDeformityError for one that is not there.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Workers(), _device(device)
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    chosen = _device(f"cuda:{local}" if device in ("auto", "cuda") and torch.cuda.is_available() else device)
    if chosen.type == "cuda":
        torch.cuda.set_device(chosen)
    dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Workers(rank, count), chosen
    finally:
        dist.destroy_process_group()


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise FootDeformityError(f"--device {name}: not available here ({str(error).splitlines()[0]}).") from error
    device = torch.device(name)
    if device.type not in ("cpu", "cuda"):  # others lack double precision or fused optimisers
        raise FootDeformityError(f"--device {name}: training runs on cpu or cuda.")
    return device
