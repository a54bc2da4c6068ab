"""A model is a folder: weights.safetensors and model.json; nothing in it is ever unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from FootDeformityLib.atomic_write import replacing, write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.confidence import ConfidenceModel
from FootDeformityLib.network.hih import HIH, HIHConfig

SETTINGS, WEIGHTS = "model.json", "weights.safetensors"
_FORMAT = 1


@dataclass(frozen=True, eq=False)
class ModelFolder:
    """Contents of model.json; see README, "Models".

    landmarks: ids in the order of the network's maps. normalise: stretch each crop's grey values, see
    preprocessing.py (False: values as they are, 0..1). mean_shape: (K, 2) pose of the close look, None for a
    network that sees the whole image once, upright.
    notes: name, licence, training data, metrics, free for people to read.
    """

    path: Path
    view: str
    scheme: str
    scheme_sha256: str
    landmarks: tuple[str, ...]
    architecture: HIHConfig
    codec: HIHCodec
    normalise: bool
    mean_shape: NDArray[np.float64] | None
    confidence: ConfidenceModel | None
    weights_sha256: str
    notes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What results say about where they come from: name and the start of the weights' hash."""
        return f"{self.notes.get('name', self.path.name)} {self.weights_sha256[:12]}"


def read_model(folder: str | Path) -> ModelFolder:
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
        shape, confidence = values["mean_shape"], values["confidence"]
        return ModelFolder(
            path=path,
            view=values["view"],
            scheme=values["scheme"]["name"],
            scheme_sha256=values["scheme"]["sha256"],
            landmarks=tuple(values["scheme"]["landmarks"]),
            architecture=HIHConfig.from_dict(values["architecture"]),
            codec=HIHCodec(**values["codec"]),
            normalise=values["normalise"],
            mean_shape=None if shape is None else np.asarray(shape, dtype=np.float64),
            confidence=None if confidence is None else ConfidenceModel.from_dict(confidence),
            weights_sha256=values["weights_sha256"],
            notes=values["notes"],
        )
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FootDeformityError(f"{settings}: not a valid model description ({error!r}). Export it again.") from error


def load_weights(model: ModelFolder) -> dict[str, Tensor]:
    """Read and check the weights as float32. Raises FootDeformityError when they are missing or altered."""
    file = model.path / WEIGHTS
    if not file.is_file():
        raise FootDeformityError(f"{file}: the model's weights are missing. Install the model again.")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
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
    return network_of(read_model(folder))


def network_of(model: ModelFolder) -> HIH:
    """`load_hih` for a folder whose model.json is read already."""
    network = HIH(model.architecture)
    state = load_weights(model)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise FootDeformityError(
            f"{model.path}: weights and {SETTINGS} do not belong together ({str(error).splitlines()[-1].strip()})."
        ) from error
    return network.eval().requires_grad_(False)


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
    path = Path(folder)
    state = {
        key: (value.half() if half and value.is_floating_point() else value).contiguous()
        for key, value in network.state_dict().items()
    }
    with replacing(path / WEIGHTS) as temporary:
        save_file(state, temporary)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    values = {
        "format": _FORMAT,
        "view": view,
        "scheme": {"name": scheme.name, "sha256": scheme.sha256, "landmarks": scheme.ids(view)},
        "architecture": network.config.to_dict(),
        "codec": codec.to_dict(),
        "normalise": normalise,
        "mean_shape": None if mean_shape is None else mean_shape.round(5).tolist(),
        "confidence": None if confidence is None else confidence.to_dict(),
        "weights_sha256": digest,
        "notes": dict(notes),
    }
    write_text(path / SETTINGS, json.dumps(values, indent=1))
