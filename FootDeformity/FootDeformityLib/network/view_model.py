"""The folder of the view recogniser: weights.safetensors and recogniser.json; nothing in it is ever unpickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.model_folder import load_into, write_weights
from FootDeformityLib.network.view_network import ViewNetwork, ViewNetworkConfig
from FootDeformityLib.network.view_opinion import KINDS

#: another name than that of landmark models, so that nobody takes it for one
RECOGNISER = "recogniser.json"
_FORMAT = 1


@dataclass(frozen=True)
class ViewModel:
    """What recogniser.json says. refuse_below, sure_from: see ViewOpinion. notes: free for people to read."""

    path: Path
    architecture: ViewNetworkConfig
    refuse_below: float
    sure_from: float
    weights_sha256: str
    notes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name and the start of the weights' hash."""
        return f"{self.notes.get('name', self.path.name)} {self.weights_sha256[:12]}"


def read_view_model(folder: str | Path) -> ViewModel:
    """Read recogniser.json. Raises FootDeformityError when it is missing, broken or of another version."""
    path = Path(folder)
    file = path / RECOGNISER
    try:
        values = json.loads(file.read_text("utf-8"))
        if values["format"] != _FORMAT or tuple(values["kinds"]) != KINDS:
            raise FootDeformityError(f"{file}: made for another version of FootDeformity. Install that of this one.")
        return ViewModel(
            path,
            ViewNetworkConfig.from_dict(values["architecture"]),
            float(values["refuse_below"]),
            float(values["sure_from"]),
            values["weights_sha256"],
            values["notes"],
        )
    except OSError as error:
        raise FootDeformityError(f"{file}: cannot be read ({error.strerror}). Reinstall FootDeformity.") from error
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, FootDeformityError):
            raise
        raise FootDeformityError(f"{file}: not a valid description ({error!r}). Export it again.") from error


def load_view_network(model: ViewModel) -> ViewNetwork:
    """The network in evaluation mode. Raises FootDeformityError when the weights are missing or altered."""
    network = ViewNetwork(model.architecture)
    load_into(network, model)
    return network


def write_view_model(
    folder: str | Path, network: ViewNetwork, refuse_below: float, sure_from: float, notes: Mapping[str, Any]
) -> None:
    """Write weights in half precision and recogniser.json, each atomically, the weights first."""
    path = Path(folder)
    digest = write_weights(path, network)
    values = {
        "format": _FORMAT,
        "kinds": list(KINDS),
        "architecture": network.config.to_dict(),
        "refuse_below": refuse_below,
        "sure_from": sure_from,
        "weights_sha256": digest,
        "notes": dict(notes),
    }
    write_text(path / RECOGNISER, json.dumps(values, indent=1))
