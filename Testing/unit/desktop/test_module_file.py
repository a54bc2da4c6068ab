"""FootDeformity.py: what Slicer lists, sample data, and that opening it needs nothing but Slicer."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import slicer

from FootDeformityLib.resources import resource_path

MODULE = Path(__file__).resolve().parents[3] / "FootDeformity"
DESKTOP = MODULE / "FootDeformityLib" / "hosts" / "desktop"
#: what a Slicer without any installed package has
SLICERS = {"slicer", "qt", "ctk", "vtk", "numpy", "FootDeformityLib", *sys.stdlib_module_names}


def imported_when_loaded(path: Path) -> set[str]:
    """Names imported at file scope, outside functions and ``if TYPE_CHECKING``."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(
    "path", [MODULE / "FootDeformity.py", *sorted(DESKTOP.glob("*.py"))], ids=lambda path: path.stem
)
def test_files_import_nothing_that_slicer_may_lack(path: Path) -> None:
    assert {name.split(".")[0] for name in imported_when_loaded(path)} <= SLICERS


def test_the_way_to_the_first_use_page_loads_no_other_floor() -> None:
    seen, waiting = set(), ["module_panel"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for imported in imported_when_loaded(DESKTOP / f"{name}.py"):
            if imported.startswith("FootDeformityLib."):
                assert imported.startswith("FootDeformityLib.hosts.desktop."), f"{name} imports {imported}"
                waiting += {imported.rsplit(".", 1)[1]} - seen


def test_what_slicer_lists(module: Any) -> None:
    parent = types.SimpleNamespace()
    module.FootDeformity(parent)
    assert parent.title == "Foot Deformity" and parent.categories == ["Quantification"]
    assert parent.contributors and parent.dependencies == []
    assert "Not a medical device" in parent.helpText and "10.3349/ymj.2024.0246" in parent.acknowledgementText
    signal, slot = slicer.app.connected
    assert signal == "startupCompleted()" and slot is module.at_startup


@pytest.mark.parametrize("path", sorted(DESKTOP.rglob("*.py")), ids=lambda path: path.stem)
def test_what_works_on_the_stand_ins_only_is_not_used(path: Path) -> None:
    calls = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    # PythonQt wraps the same object anew each time; Slicer's singleShot keeps every timer until it ends
    assert not calls & {"id", "singleShot"}


def test_a_scene_that_was_saved_in_our_layout_finds_it_before_the_module_is_opened(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "register_sample_data", lambda: None)
    node = slicer.app.layoutManager().layoutLogic().GetLayoutNode()
    assert not node.IsLayoutDescription(27116)
    module.at_startup()
    assert node.IsLayoutDescription(27116) and slicer.app.layoutManager().layout == 0


def test_the_sample_is_registered_and_opened_by_the_module(
    module: Any, widget: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[dict[str, Any]] = []
    logic = types.SimpleNamespace(registerCustomSampleDataSource=lambda **source: registered.append(source))
    monkeypatch.setitem(sys.modules, "SampleData", types.SimpleNamespace(SampleDataLogic=logic))
    monkeypatch.setattr(slicer.util, "selectModule", lambda name: None)
    module.register_sample_data()
    (source,) = registered
    assert len(source["uris"]) == len(source["fileNames"]) == len(source["nodeNames"]) == 2
    assert Path(source["thumbnailFileName"]).is_file()
    volumes = source["customDownloader"](None)
    assert [volume.GetName() for volume in volumes] == ["normal_ap", "normal_lateral"]
    assert set(room.case.case.views) == {"AP", "lateral"}


def test_resources_are_found_from_the_folder_alone(module: Any) -> None:
    assert Path(module.__file__).parent == MODULE
    assert resource_path("Models", "ap", "model.json").is_file()


def test_reload_forgets_the_library_and_lets_go_of_everything(widget: Any, room: Any) -> None:
    name = "FootDeformityLib.hosts.desktop.range_bar"
    before = {key: value for key, value in sys.modules.items() if key.startswith("FootDeformityLib")}
    assert name in before
    try:
        widget.onReload()
        assert name not in sys.modules and widget.reloaded == 1
        assert widget.panel is None and not room.logic.cases
    finally:
        sys.modules.update(before)  # other tests hold classes of these


@pytest.mark.slow
def test_the_self_test_passes(module: Any, widget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer.util, "selectModule", lambda name: None)
    monkeypatch.setattr(widget, "onReload", lambda: None)
    test = module.FootDeformityTest()
    test.runTest()
