"""The libraries that FlatNet is built from, loaded where they are needed and nowhere else."""

from __future__ import annotations

import importlib
from typing import Any

from FootDeformityLib.errors import FootDeformityError


def library(name: str) -> Any:
    """The module ``name``. Raises FootDeformityError if it is not installed or does not fit the installed torch."""
    package = name.partition(".")[0]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FootDeformityError(
            f"FlatNet needs {package}, which cannot be loaded ({error}). Install it: "
            'pip install "footdeformity[training]"'
        ) from error
    except (RuntimeError, OSError, AttributeError) as error:  # a torchvision that was built for another torch
        raise FootDeformityError(
            f"FlatNet needs {package}, which does not fit the installed torch ({first_line(error)}). Install versions "
            'that belong together: pip install --upgrade "footdeformity[training]"'
        ) from error


def first_line(error: Exception) -> str:
    """What an error says in one line; torch adds pages."""
    return (str(error).splitlines() or [type(error).__name__])[0]
