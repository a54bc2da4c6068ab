"""The walls of the architecture, read from the source: which floor imports what, eagerly or inside a function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY, TRAINING = "FootDeformityLib", "FootDeformityTrainingLib"
FLOORS = ("measure", "radiographs", "network", "files", "case", "hosts")
ROOT_MODULES = ("errors", "resources", "atomic_write", "__init__")
FOLDERS = {LIBRARY: ROOT / "FootDeformity" / LIBRARY, TRAINING: ROOT / "FootDeformityTraining" / TRAINING}


def imported_modules(source: str, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and absolute name of every import in a source, wherever it stands.

    ``from a import b`` yields a.b, because b may be a module. importlib.import_module("a") and __import__("a") count.
    """
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def broken_wall(module: str, imported: str) -> str | None:
    """Why a module may not import another one, or None if it may."""
    parts, target = module.split("."), imported.split(".")
    package, top = parts[0], target[0]
    place = parts[1] if len(parts) > 1 and parts[1] in FLOORS else None
    host = parts[2] if place == "hosts" and len(parts) > 2 else ""

    if top == LIBRARY:
        wanted = target[1] if len(target) > 1 else "__init__"
        if wanted in FLOORS:
            if package == TRAINING:
                return (
                    None if FLOORS.index(wanted) < FLOORS.index("case") else "the training library imports floors 1-4"
                )
            if place is None:
                return "root modules import no floor"
            return None if FLOORS.index(wanted) <= FLOORS.index(place) else f"{place} is below {wanted}"
        # anything else must be a root module or a name in the package's __init__
        return None if wanted in ROOT_MODULES or len(target) == 2 else f"{wanted} is no root module"
    if top == TRAINING:
        return None if package == TRAINING or place == "hosts" else "only hosts and itself import the training library"
    if package == LIBRARY and place is None and top not in sys.stdlib_module_names:
        return "root modules need the standard library only"
    if place == "measure" and top not in sys.stdlib_module_names and top != "numpy":
        return "measure needs numpy and the standard library only"
    if top in ("torch", "torchvision") and place != "network" and package != TRAINING:
        return "only network and the training library import torch"
    if top == "slicer" and place != "hosts":
        return "only hosts import slicer"
    if top in ("vtk", "vtkmodules") and place != "hosts" and package != TRAINING:
        return "only hosts and the training library (simulated radiographs) import vtk"
    if top in ("qt", "ctk", "PythonQt", "PySide6") and not host.startswith("desktop"):
        return "only the desktop widget imports qt"
    if top.startswith("trame") and not host.startswith("browser"):
        return "only the browser host imports trame"
    return None


def module_name(path: Path, folder: Path) -> str:
    parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def broken_in(path: Path, folder: Path) -> list[str]:
    module = module_name(path, folder)
    found = imported_modules(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")
    reasons = ((line, name, broken_wall(module, name)) for line, name in found)
    return [f"{path.name}:{line} imports {name}: {reason}" for line, name, reason in reasons if reason]


SOURCES = [(path, folder) for folder in FOLDERS.values() for path in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize(("path", "folder"), SOURCES, ids=[module_name(p, f) for p, f in SOURCES])
def test_walls_hold(path: Path, folder: Path) -> None:
    assert not broken_in(path, folder)


def test_every_module_is_on_a_floor() -> None:
    inside = {path.name for path in FOLDERS[LIBRARY].iterdir() if path.is_dir() and list(path.rglob("*.py"))}
    assert inside == set(FLOORS)
    files = {path.stem for path in FOLDERS[LIBRARY].glob("*.py")}
    assert files == set(ROOT_MODULES)


@pytest.mark.parametrize("modules", ["FootDeformity", "FootDeformityTraining"])
def test_slicer_modules_leave_torch_and_trame_alone(modules: str) -> None:
    for path in (ROOT / modules).glob("*.py"):
        names = {name.split(".")[0] for _, name in imported_modules(path.read_text(encoding="utf-8"), path.stem, False)}
        assert not names & {"torch", "torchvision", "trame", "trame_slicer"}, path.name


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("FootDeformityLib.measure.angles", "import scipy.spatial"),
        ("FootDeformityLib.measure.angles", "def f():\n    from scipy import ndimage"),
        ("FootDeformityLib.measure.angles", "from FootDeformityLib.files import markups"),
        ("FootDeformityLib.measure.angles", "from ..files.markups import read_markups"),
        ("FootDeformityLib.measure.angles", "from FootDeformityLib import case"),
        ("FootDeformityLib.measure.angles", "import importlib\nimportlib.import_module('PIL.Image')"),
        ("FootDeformityLib.radiographs.read", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
        ("FootDeformityLib.files.report", "try:\n    import slicer\nexcept ImportError:\n    pass"),
        ("FootDeformityLib.files.report", "import FootDeformityLib.case.case"),
        ("FootDeformityLib.hosts.command_line.analyze", "def run():\n    import torch"),
        ("FootDeformityLib.hosts.command_line.analyze", "import qt"),
        ("FootDeformityLib.hosts.desktop.widget", "from trame.app import get_server"),
        ("FootDeformityLib.hosts.browser.app", "__import__('ctk')"),
        ("FootDeformityLib.network.detector", "from FootDeformityTrainingLib import dataset"),
        ("FootDeformityLib.errors", "from FootDeformityLib.measure import scheme"),
        ("FootDeformityLib.errors", "import numpy"),
        ("FootDeformityTrainingLib.dataset", "from FootDeformityLib.case.case import Case"),
        ("FootDeformityTrainingLib.dataset", "import slicer"),
    ],
)
def test_a_breach_is_seen(module: str, source: str) -> None:
    assert any(broken_wall(module, name) for _, name in imported_modules(source, module, False))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("FootDeformityLib.measure.angles", "import numpy as np\nfrom ..errors import FootDeformityError\nimport json"),
        ("FootDeformityLib.case.case", "from FootDeformityLib.files.markups import read_markups\nimport scipy"),
        ("FootDeformityLib.case.case", "from FootDeformityLib import __version__"),
        ("FootDeformityLib.hosts.desktop.widget", "import qt, slicer\nfrom ...case.case import Case"),
        ("FootDeformityLib.hosts.browser.app", "from trame_slicer.core import SlicerApp"),
        ("FootDeformityLib.hosts.command_line.train", "from FootDeformityTrainingLib.trainer import train"),
        ("FootDeformityLib.network.hih", "import torch"),
        ("FootDeformityTrainingLib.dataset", "import torch\nfrom FootDeformityLib.files import markups"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert not [r for _, name in imported_modules(source, module, False) if (r := broken_wall(module, name))]
