"""Which Python packages FootDeformity needs and which of them this Python lacks."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterable
from pathlib import Path

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)")
#: module of each package that Slicer brings, and may have loaded before a newer version is installed
_SLICERS = {"numpy": "numpy", "scipy": "scipy", "pillow": "PIL", "pydicom": "pydicom"}
#: packages that must not lie where Slicer's own pydicom finds and loads them: see radiographs/decoder_process.py
_APART = ("python-gdcm",)


def read_requirements(file: Path) -> tuple[str, ...]:
    """Return the lines of a requirements file, e.g. "pydicom>=3.0"; comments and empty lines are left out."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def is_kept_apart(requirement: str) -> bool:
    """Whether a package is for child processes alone and lies in a folder of its own."""
    return _parts(requirement)[0] in _APART


def missing_packages(requirements: Iterable[str], apart: Path) -> tuple[str, ...]:
    """Return the requirements that are not met; apart: the folder of those that are kept apart."""
    importlib.invalidate_caches()
    return tuple(requirement for requirement in requirements if not _met(requirement, apart))


def needing_restart(requirements: Iterable[str]) -> tuple[str, ...]:
    """Return the names of Slicer's packages that are loaded in another version than the one installed now."""
    names = [_parts(requirement)[0] for requirement in requirements]
    return tuple(name for name in names if _loaded_version(name) not in (None, _installed(name)))


def _met(requirement: str, apart: Path) -> bool:
    name, least = _parts(requirement)
    installed = _installed(name) or (_installed_in(name, apart) if name in _APART else None)
    return installed is not None and _numbers(installed) >= _numbers(least)


def _parts(requirement: str) -> tuple[str, str]:
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None:
        raise ValueError(f"expected a requirement like pydicom>=3.0, not {requirement!r}")
    return match[1], match[2]


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _installed_in(name: str, folder: Path) -> str | None:
    found = importlib.metadata.distributions(name=name, path=[str(folder)])
    return next((one.version for one in found), None)


def _loaded_version(name: str) -> str | None:
    module = sys.modules.get(_SLICERS.get(name, ""))
    return getattr(module, "__version__", None)


def _numbers(version: str) -> tuple[int, ...]:
    """Leading numbers of a version: 2.10.0+cu128 -> (2, 10, 0)."""
    found = re.match(r"[0-9]+(\.[0-9]+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
