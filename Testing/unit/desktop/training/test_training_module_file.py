"""FootDeformityTraining.py, its .ui and its CMake lists: complete, and opening them needs nothing but Slicer."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import slicer
from panel_ui import PanelUi

ROOT = Path(__file__).resolve().parents[4]
MODULE = ROOT / "FootDeformityTraining"
PANELS = sorted((ROOT / "FootDeformity" / "FootDeformityLib" / "hosts" / "desktop" / "training").glob("*.py"))
UI = PanelUi(MODULE / "Resources" / "UI" / "FootDeformityTraining.ui", PANELS[0].parent)
LIBRARIES = {"FootDeformityLib", "FootDeformityTrainingLib"}
SLICERS = {"slicer", "qt", "ctk", "vtk", "numpy", *LIBRARIES, *sys.stdlib_module_names}


@pytest.mark.parametrize("path", [MODULE / "FootDeformityTraining.py", *PANELS], ids=lambda path: path.stem)
def test_files_import_nothing_that_slicer_may_lack(path: Path) -> None:
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    assert {name.split(".")[0] for name in found} <= SLICERS


def test_the_panel_opens_without_the_packages_that_are_installed_later() -> None:
    """In a process of its own, because the other tests have loaded everything."""
    names = [f"FootDeformityLib.hosts.desktop.training.{path.stem}" for path in PANELS if path.stem != "__init__"]
    code = (
        "import sys, types, importlib\n"
        f"sys.path[:0] = {[str(ROOT / 'FootDeformity'), str(MODULE)]!r}\n"
        "class Lacking:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'torchvision', 'pydicom', 'scipy', 'nrrd', 'safetensors', 'matplotlib'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Lacking())\n"
        "for name in ('qt', 'vtk', 'slicer', 'slicer.i18n'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "sys.modules['slicer.i18n'].tr = str\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_slicer_lists(training_module: Any) -> None:
    parent = types.SimpleNamespace()
    training_module.FootDeformityTraining(parent)
    assert parent.title == "Foot Deformity Training" and parent.categories == ["Quantification"]
    assert parent.dependencies == ["FootDeformity"] and "Not a medical device" in parent.helpText


def test_reload_forgets_its_own_library_only(training_widget: Any) -> None:
    before = {key: value for key, value in sys.modules.items() if key.startswith(tuple(LIBRARIES))}
    try:
        training_widget.onReload()
        left = {key for key in sys.modules if key.startswith(tuple(LIBRARIES))}
        assert training_widget.reloaded == 1 and training_widget.room is None
        assert "FootDeformityLib.hosts.desktop.first_use" in left
        assert not any("desktop.training" in key or key.startswith("FootDeformityTrainingLib") for key in left)
    finally:
        sys.modules.update(before)  # other tests hold classes of these


def test_the_self_test_passes(training_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from FootDeformityLib.hosts.desktop import python_slicer

    monkeypatch.setattr(python_slicer, "python_slicer", lambda: sys.executable)
    training_module.FootDeformityTrainingTest().runTest()
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLPlotChartNode") == 0


def test_every_name_in_the_code_is_a_widget() -> None:
    assert UI.unknown() == set()


@pytest.mark.parametrize("name", UI.active)
def test_what_can_be_used_is_used_and_explained(name: str) -> None:
    assert UI.used(name), f"nothing reads or connects {name}"
    assert UI.properties(name).get("toolTip"), f"{name} has no tool tip"


def test_keys_that_follow_a_label_are_given_once_and_lead_somewhere() -> None:
    assert len(UI.keys()) == len(set(UI.keys()))
    assert UI.buddies() <= set(UI.widgets)


def test_cmake_installs_every_file() -> None:
    text = (MODULE / "CMakeLists.txt").read_text(encoding="utf-8")
    lines = [
        line
        for name in ("MODULE_PYTHON_SCRIPTS", "MODULE_PYTHON_RESOURCES")
        for line in re.findall(rf"set\({name}\n(.*?)\n\s*\)", text, re.DOTALL)[0].split()
    ]
    there = {
        path.relative_to(MODULE).as_posix()
        for path in MODULE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in ("CMakeLists.txt", "README.md")
    }
    assert sorted(there - set(lines)) == [], "add these lines to FootDeformityTraining/CMakeLists.txt"
    assert sorted(set(lines) - there) == [], "remove these lines from FootDeformityTraining/CMakeLists.txt"
    assert "add_subdirectory(FootDeformityTraining)" in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    # Slicer installs the Resources of all scripted modules into one folder
    other = ROOT / "FootDeformity" / "Resources"
    assert not any(
        (other / line.removeprefix("Resources/")).exists() for line in lines if line.startswith("Resources/")
    )
