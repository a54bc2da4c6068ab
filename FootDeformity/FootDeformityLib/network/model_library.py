"""The user's own models: installed beside the shipped ones, one chosen for each view. No torch here.

Rule: a view is detected by the model that was chosen for it, else by the shipped one. A chosen model that is gone or
damaged is an error and never replaced in silence.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.resources import shipped_model

#: names another folder, for several users of one computer or for tests
ENVIRONMENT = "FOOTDEFORMITY_MODELS"
_SETTINGS, _WEIGHTS, _CHOICES = "model.json", "weights.safetensors", "chosen.json"


@dataclass(frozen=True)
class InstalledModel:
    """A model in the user's folder, or the shipped one (``name`` then is empty)."""

    view: str
    name: str
    folder: Path
    chosen: bool
    title: str


def user_models_folder() -> Path:
    """Where the user's models lie; not made before the first is installed."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "FootDeformity" / "Models"


def model_for(view: str) -> Path:
    """Folder of the model that detects ``view``. Raises FootDeformityError if the chosen one is gone."""
    name = _choices().get(view)
    if name is None:
        return shipped_model(view)
    folder = user_models_folder() / name
    if not (folder / _SETTINGS).is_file():
        raise FootDeformityError(
            f"{folder}: the model chosen for the {view} view is not there any more. Choose another, or the shipped one."
        )
    return folder


def install_model(source: str | Path, choose: bool = True) -> InstalledModel:
    """Copy an exported model folder to the user's models; with ``choose`` its view is detected by it from now on.

    Raises FootDeformityError if the folder is no model, or its weights are not those that model.json names.
    """
    origin = Path(source)
    settings = _settings(origin)
    weights = str(settings.get("weights_sha256", ""))
    file = origin / _WEIGHTS
    if not file.is_file() or _sha256(file) != weights:
        raise FootDeformityError(f"{file}: is not the file that {_SETTINGS} names by its SHA-256. Export it again.")
    view, title = str(settings["view"]), _title(settings, origin)
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "model"
    name = f"{slug}-{weights[:12]}"
    target = user_models_folder() / name
    _copy(origin, target)
    if choose:
        choose_model(view, name)
    return InstalledModel(view, name, target, choose, title)


def choose_model(view: str, name: str) -> None:
    """Detect ``view`` by the installed model ``name``, "" = the shipped one. Raises FootDeformityError."""
    if name and str(_settings(user_models_folder() / name)["view"]) != view:
        raise FootDeformityError(f"{user_models_folder() / name}: is no model for the {view} view. Choose another.")
    choices = {key: value for key, value in {**_choices(), view: name}.items() if value}
    write_text(user_models_folder() / _CHOICES, json.dumps(choices, indent=1))


def models_for(view: str) -> list[InstalledModel]:
    """The shipped model of a view, if there is one, and the user's, by name; damaged ones are left out."""
    chosen = _choices().get(view, "")
    found = []
    try:
        shipped = shipped_model(view)
        found.append(InstalledModel(view, "", shipped, not chosen, _title(_settings(shipped), shipped)))
    except FootDeformityError:  # a scheme of the user's own: nothing is shipped for it
        pass
    for file in sorted(user_models_folder().glob(f"*/{_SETTINGS}")):
        try:
            settings = _settings(file.parent)
        except FootDeformityError:
            continue
        if settings["view"] == view:
            name = file.parent.name
            found.append(InstalledModel(view, name, file.parent, name == chosen, _title(settings, file.parent)))
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _choices() -> dict[str, str]:
    file = user_models_folder() / _CHOICES
    if not file.is_file():
        return {}
    try:
        values = json.loads(file.read_text("utf-8"))
        return {str(view): str(name) for view, name in values.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise FootDeformityError(f"{file}: cannot be read ({error}). Delete it and choose the models again.") from error


def _settings(folder: Path) -> dict[str, Any]:
    file = folder / _SETTINGS
    try:
        settings = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FootDeformityError(
            f"{folder}: not a model folder, {_SETTINGS} cannot be read ({error}). Give a folder made by export."
        ) from error
    if not isinstance(settings, dict) or not isinstance(settings.get("view"), str):
        raise FootDeformityError(f"{file}: names no view; expected what export writes.")
    return settings


def _title(settings: dict[str, Any], folder: Path) -> str:
    notes = settings.get("notes")
    return str(notes.get("name", folder.name)) if isinstance(notes, dict) else folder.name


def _copy(origin: Path, target: Path) -> None:
    """Copy a folder so that ``target`` appears whole or not at all."""
    if target.is_dir():  # the same weights, installed before
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".installing-") as temporary:
            copied = Path(shutil.copytree(origin, Path(temporary) / "model"))
            copied.replace(target)
    except OSError as error:
        raise FootDeformityError(f"{target}: the model cannot be copied there ({error.strerror or error}).") from error
