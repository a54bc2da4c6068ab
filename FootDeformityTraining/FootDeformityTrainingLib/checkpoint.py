"""Checkpoints that survive a kill: written beside, then moved; read without unpickling code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from FootDeformityLib.atomic_write import replacing
from FootDeformityLib.errors import FootDeformityError


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write tensors and plain values atomically."""
    with replacing(path) as temporary:
        torch.save(state, temporary)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint of ours onto the CPU. Raises FootDeformityError if it is missing or not one."""
    if not path.is_file():
        raise FootDeformityError(f"{path}: no checkpoint there; start the training without --resume.")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises anything from EOFError to UnpicklingError
        raise FootDeformityError(f"{path}: not a training checkpoint ({error}).") from error
    if not isinstance(state, dict) or "epoch" not in state:
        raise FootDeformityError(f"{path}: not a training checkpoint of FootDeformity (no epoch in it).")
    return state
