"""First weights of FlatNet's networks from files: those of torchvision and timm, read without running their code."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.flatnet_libraries import first_line

#: the classifier behind the features, which a detector does without
_HEADS = ("fc.", "classifier.", "conv_head.", "bn2.", "head.")


def load_backbone(body: nn.Module, file: str) -> None:
    """Give a torchvision ResNet its weights. Raises FootDeformityError if they are for another network."""
    _load(body, _read(file), file)


def load_encoder(encoder: nn.Module, file: str) -> None:
    """Give a U-Net's encoder its weights; a first convolution for colour becomes one for grey by summing.

    Raises FootDeformityError if they are for another network.
    """
    state, own = _read(file), encoder.state_dict()
    # segmentation_models_pytorch wraps timm's networks in a module of that name
    if all(key.startswith("model.") for key in own) and not any(key.startswith("model.") for key in state):
        state = {f"model.{key}": value for key, value in state.items()}
    for key, value in state.items():
        wanted = own.get(key)
        if wanted is not None and wanted.ndim == 4 and wanted.shape[1] == 1 and value.ndim == 4 and value.shape[1] == 3:
            state[key] = value.sum(dim=1, keepdim=True)
    _load(encoder, state, file)


def _read(file: str) -> dict[str, Tensor]:
    path = Path(file)
    if not path.is_file():
        raise FootDeformityError(f"{file}: no such file. Give a state dict (.pth) or .safetensors file.")
    try:
        loaded: Any = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise FootDeformityError(
            f"{file}: cannot be read as weights ({first_line(error)}). Give a plain state dict (.pth) or .safetensors."
        ) from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise FootDeformityError(f"{file}: holds no state dict of tensors. Save network.state_dict().")
    return {str(key).removeprefix("module."): value for key, value in state.items()}


def _load(module: nn.Module, state: dict[str, Tensor], file: str) -> None:
    own = module.state_dict()
    counters = {key for key in own if key.endswith("num_batches_tracked")}
    missing = sorted(set(own) - counters - set(state))
    shapes = [key for key in own if key in state and own[key].shape != state[key].shape]
    strange = [
        key for key in set(state) - set(own)
        if not key.removeprefix("model.").startswith(_HEADS) and not key.endswith("num_batches_tracked")
    ]  # fmt: skip
    if missing or shapes or strange:
        examples = ", ".join([*missing, *shapes, *sorted(strange)][:3])
        raise FootDeformityError(
            f"{file}: weights of another network: of {len(own)} tensors {len(missing)} are missing, {len(shapes)} have "
            f"another shape, {len(strange)} are not known (such as {examples}). Give those of the preset's network."
        )
    module.load_state_dict({key: value for key, value in state.items() if key in own}, strict=False)
