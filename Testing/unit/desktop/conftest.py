"""The real .ui and the real widget code on real MRML (slicer-core), with PySide6 made to look like PythonQt.

What this proves: names in the .ui, wiring, enabling, texts, what reaches the case and the files. What it does not:
PythonQt itself, qMRML and ctk widgets, Slicer's windows. Those are tried in a real Slicer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent / "pythonqt_standins"))

qt = pytest.importorskip("qt", reason="PySide6 is not installed")
pytest.importorskip("slicer", reason="slicer-core is not installed")
pytest.importorskip("trame_slicer", reason="trame-slicer, which sets up an application about slicer-core, is missing")

import slicer_desktop  # noqa: E402
from PySide6 import QtTest  # noqa: E402
from trame_slicer.core import SlicerApp  # noqa: E402

MODULE = Path(__file__).resolve().parents[3] / "FootDeformity" / "FootDeformity.py"


@pytest.fixture(scope="session")
def qt_application() -> Any:
    return qt.QApplication.instance() or qt.QApplication([])


@pytest.fixture(scope="session")
def slicer_application() -> Any:
    return SlicerApp()


@pytest.fixture
def said(
    qt_application: Any, slicer_application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[slicer_desktop.Said]:
    """Slicer with an empty scene and no installed models; what the user is told."""
    monkeypatch.setenv("FOOTDEFORMITY_MODELS", str(tmp_path / "models"))
    scene = slicer_application.scene
    logic = getattr(slicer_application, "app_logic", None)
    application = slicer_desktop.Application(qt_application, scene, logic, tmp_path)
    yield slicer_desktop.install(application, scene, monkeypatch)
    scene.Clear(False)


@pytest.fixture
def wait(qt_application: Any) -> Callable[[Callable[[], bool]], None]:
    """Return a function that runs Qt's event loop until something holds, a minute at most."""

    def until(holds: Callable[[], bool]) -> None:
        timer = qt.QElapsedTimer()
        timer.start()
        while not holds():
            # not processEvents in a loop: each call takes a reference to None too many (PySide6 6.12, Python 3.11)
            QtTest.QTest.qWait(10)
            assert timer.elapsed() < 60_000, "this never came true"

    return until


@pytest.fixture
def module(said: slicer_desktop.Said) -> Any:
    """FootDeformity.py as Slicer loads it."""
    return slicer_desktop.loaded_module(MODULE)


@pytest.fixture
def widget(module: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module's widget, opened in Slicer's main window."""
    from FootDeformityLib.hosts.desktop import module_panel

    monkeypatch.setattr(module_panel, "python_slicer", lambda: sys.executable)
    with slicer_desktop.opened(module.FootDeformityWidget) as widget:
        yield widget


@pytest.fixture
def room(widget: Any) -> Any:
    assert widget.panel.room is not None
    return widget.panel.room


@pytest.fixture
def ui(widget: Any) -> Any:
    return widget.panel._ui
