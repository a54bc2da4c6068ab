"""A model is a folder: weights.safetensors and model.json; nothing in it is ever unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from FootDeformityLib.atomic_write import replacing, write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.confidence import ConfidenceModel
from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.hih import HIH, HIHConfig

SETTINGS, WEIGHTS = "model.json", "weights.safetensors"
_FORMAT = 1
_HIH, _FLATNET = "hih", "flatnet"


class HasWeights(Protocol):
    """A folder with a weights file and the hash that it must have."""

    @property
    def path(self) -> Path: ...

    @property
    def weights_sha256(self) -> str: ...


@dataclass(frozen=True, eq=False)
class ModelFolder:
    """What every model.json says, whatever the network; see README, "Models".

    landmarks: ids in the order of the network's output. notes: name, licence, training data, metrics, free for people
    to read.
    """

    path: Path
    view: str
    scheme: str
    scheme_sha256: str
    landmarks: tuple[str, ...]
    confidence: ConfidenceModel | None
    weights_sha256: str
    notes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What results say about where they come from: name and the start of the weights' hash."""
        return f"{self.notes.get('name', self.path.name)} {self.weights_sha256[:12]}"


@dataclass(frozen=True, eq=False)
class HIHModel(ModelFolder):
    """A folder with HIH.

    normalise: stretch each crop's grey values, see preprocessing.py (False: values as they are, 0..1). mean_shape:
    (K, 2) pose of the close look, None for a network that sees the whole image once, upright.
    """

    architecture: HIHConfig
    codec: HIHCodec
    normalise: bool
    mean_shape: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class FlatNetModel(ModelFolder):
    """A folder with FlatNet, both stages and all landmarks."""

    architecture: FlatNetConfig


def read_model(folder: str | Path) -> HIHModel | FlatNetModel:
    """Read model.json. Raises FootDeformityError when it is missing, broken or of a later format."""
    path = Path(folder)
    settings = path / SETTINGS
    if not settings.is_file():
        raise FootDeformityError(f"{path}: not a model folder, {SETTINGS} is missing. Give a folder made by export.")
    try:
        values = json.loads(settings.read_text("utf-8"))
        if values["format"] != _FORMAT:
            raise FootDeformityError(
                f"{settings}: model format {values['format']}, this version reads {_FORMAT}. Update FootDeformity."
            )
        network = values.get("network", _HIH)  # folders from before there was a second network do not say
        if network == _HIH:
            return _hih_model(path, values)
        if network == _FLATNET:
            return FlatNetModel(**_common(path, values), architecture=FlatNetConfig.from_dict(values["architecture"]))
        raise FootDeformityError(
            f"{settings}: network {network!r}, this version knows {_HIH} and {_FLATNET}. Update FootDeformity."
        )
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FootDeformityError(f"{settings}: not a valid model description ({error!r}). Export it again.") from error


def read_hih_model(folder: str | Path) -> HIHModel:
    """`read_model` where only HIH will do. Raises FootDeformityError for another network, too."""
    model = read_model(folder)
    if not isinstance(model, HIHModel):
        raise FootDeformityError(f"{folder}: holds a FlatNet, expected HIH. Choose another model.")
    return model


def _common(path: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    confidence = values["confidence"]
    return {
        "path": path,
        "view": values["view"],
        "scheme": values["scheme"]["name"],
        "scheme_sha256": values["scheme"]["sha256"],
        "landmarks": tuple(values["scheme"]["landmarks"]),
        "confidence": None if confidence is None else ConfidenceModel.from_dict(confidence),
        "weights_sha256": values["weights_sha256"],
        "notes": values["notes"],
    }


def _hih_model(path: Path, values: Mapping[str, Any]) -> HIHModel:
    shape = values["mean_shape"]
    return HIHModel(
        **_common(path, values),
        architecture=HIHConfig.from_dict(values["architecture"]),
        codec=HIHCodec(**values["codec"]),
        normalise=values["normalise"],
        mean_shape=None if shape is None else np.asarray(shape, dtype=np.float64),
    )


def check_scheme(model: ModelFolder, scheme: Scheme | None) -> None:
    """Raise FootDeformityError if the model does not belong to ``scheme``; None = any will do."""
    if scheme is not None and scheme.sha256 != model.scheme_sha256:
        raise FootDeformityError(
            f"{model.path}: trained on landmark scheme {model.scheme} {model.scheme_sha256[:12]}, "
            f"expected {scheme.name} {scheme.sha256[:12]}. Install or train a model for this scheme."
        )


def load_weights(model: HasWeights) -> dict[str, Tensor]:
    """Read and check the weights as float32. Raises FootDeformityError when they are missing or altered."""
    file = model.path / WEIGHTS
    if not file.is_file():
        raise FootDeformityError(f"{file}: the model's weights are missing. Install the model again.")
    found = _sha256(file)
    if found != model.weights_sha256:
        raise FootDeformityError(
            f"{file}: SHA-256 is {found[:12]}..., {SETTINGS} expects {model.weights_sha256[:12]}...: the file is "
            "incomplete or was changed. Install the model again."
        )
    try:
        state = load_file(file)
    except SafetensorError as error:
        raise FootDeformityError(f"{file}: not a safetensors file ({error}). Install the model again.") from error
    return {key: value.float() if value.is_floating_point() else value for key, value in state.items()}


def load_hih(folder: str | Path) -> HIH:
    """The network of a model folder in evaluation mode: float32 (B, 1, S, S) -> HIHOutput of all stacks."""
    return network_of(read_hih_model(folder))


def network_of(model: HIHModel) -> HIH:
    """`load_hih` for a folder whose model.json is read already."""
    network = HIH(model.architecture)
    load_into(network, model)
    return network


def load_into(network: nn.Module, model: HasWeights) -> None:
    """Give the network the folder's weights and put it into evaluation mode. Raises FootDeformityError if unfit."""
    state = load_weights(model)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise FootDeformityError(
            f"{model.path}: weights and {SETTINGS} do not belong together ({str(error).splitlines()[-1].strip()})."
        ) from error
    network.eval().requires_grad_(False)


def write_model(
    folder: str | Path,
    network: HIH,
    *,
    view: str,
    scheme: Scheme,
    codec: HIHCodec,
    normalise: bool,
    mean_shape: NDArray[np.float64] | None,
    confidence: ConfidenceModel | None,
    notes: Mapping[str, Any],
    half: bool = True,
) -> None:
    """Write weights (half precision unless told otherwise) and model.json, each atomically, the weights first."""
    own = {
        "architecture": network.config.to_dict(),
        "codec": codec.to_dict(),
        "normalise": normalise,
        "mean_shape": None if mean_shape is None else mean_shape.round(5).tolist(),
    }
    _write(Path(folder), network, half, view, scheme, own, confidence, notes)


def write_flatnet_model(
    folder: str | Path,
    network: nn.Module,
    config: FlatNetConfig,
    *,
    view: str,
    scheme: Scheme,
    confidence: ConfidenceModel | None,
    notes: Mapping[str, Any],
) -> None:
    """As `write_model`, in half precision, for a `flatnet.FlatNet`."""
    own = {"network": _FLATNET, "architecture": config.to_dict()}
    _write(Path(folder), network, True, view, scheme, own, confidence, notes)


def _write(
    path: Path,
    network: nn.Module,
    half: bool,
    view: str,
    scheme: Scheme,
    own: Mapping[str, Any],
    confidence: ConfidenceModel | None,
    notes: Mapping[str, Any],
) -> None:
    digest = write_weights(path, network, half)
    values = {
        "format": _FORMAT,
        "view": view,
        "scheme": {"name": scheme.name, "sha256": scheme.sha256, "landmarks": scheme.ids(view)},
        **own,
        "confidence": None if confidence is None else confidence.to_dict(),
        "weights_sha256": digest,
        "notes": dict(notes),
    }
    write_text(path / SETTINGS, json.dumps(values, indent=1))


def write_weights(folder: Path, network: nn.Module, half: bool = True) -> str:
    """Write the weights file atomically, in half precision unless told otherwise; return its SHA-256."""
    state = {
        key: (value.half() if half and value.is_floating_point() else value).contiguous()
        for key, value in network.state_dict().items()
    }
    with replacing(folder / WEIGHTS) as temporary:
        save_file(state, temporary)
        return _sha256(temporary)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
