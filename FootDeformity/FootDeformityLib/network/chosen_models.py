"""Which models detect, where a person named some."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.model_folder import SETTINGS, check_scheme, read_model
from FootDeformityLib.resources import resource_path


def chosen_models(named: Sequence[str], scheme: Scheme) -> dict[str, Path]:
    """Model folder by view, for DetectorWorker; views that no name stands for keep the shipped model.

    named: folders of models, folders of such folders (one a view), or names of installed models. Raises
    FootDeformityError for what is not there, two models of one view, or a model of another scheme.
    """
    found: dict[str, Path] = {}
    for name in named:
        for folder in _folders(name):
            model = read_model(folder)
            check_scheme(model, scheme)
            if model.view in found:
                raise FootDeformityError(
                    f"--detector {name}: {folder} and {found[model.view]} both detect the {model.view} view. "
                    "Choose one."
                )
            found[model.view] = folder
    return found


def _folders(name: str) -> list[Path]:
    for folder in (Path(name), *_installed(name)):
        if (folder / SETTINGS).is_file():
            return [folder]
        inner = sorted(file.parent for file in folder.glob(f"*/{SETTINGS}"))
        if inner:
            return inner
    known = ", ".join(file.parent.name for file in sorted(resource_path("Models").glob(f"*/{SETTINGS}")))
    raise FootDeformityError(
        f"--detector {name}: no model there ({SETTINGS} is missing), and none is installed by that name. Give a folder "
        f"that export wrote, or one of {known}."
    )


def _installed(name: str) -> list[Path]:
    """Installed models whose folder or own name it is."""
    folders = sorted(file.parent for file in resource_path("Models").glob(f"*/{SETTINGS}"))
    return [folder for folder in folders if name in (folder.name, read_model(folder).notes.get("name"))]
