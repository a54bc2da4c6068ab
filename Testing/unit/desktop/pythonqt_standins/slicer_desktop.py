"""What desktop Slicer adds to slicer-core, as far as the panel uses it: application, layout, messages, i18n.

MRML nodes, module logics and ``slicer.util``'s loadUI and childWidgetVariables are the real ones of slicer-core.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util
from PySide6 import QtCore, QtGui, QtWidgets
from vtk.util.numpy_support import vtk_to_numpy


class SliceWidget:
    """A slice view: the real nodes, a plain widget for its canvas."""

    def __init__(self, node: Any, composite: Any) -> None:
        self._node, self._composite = node, composite
        self._canvas = QtWidgets.QWidget()
        self._canvas.resize(500, 400)

    def mrmlSliceNode(self) -> Any:
        return self._node

    def mrmlSliceCompositeNode(self) -> Any:
        return self._composite

    def sliceView(self) -> QtWidgets.QWidget:
        return self._canvas


class LayoutManager:
    """Makes the slice and plot views that a layout's description names, with real nodes."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self._node = slicer.vtkMRMLLayoutNode()
        self._widgets: dict[str, SliceWidget] = {}
        self.layout = 0
        scene.AddNode(self._node)
        scene.AddObserver(scene.EndCloseEvent, self._scene_closed)

    def layoutLogic(self) -> LayoutManager:
        return self

    def GetLayoutNode(self) -> Any:
        return self._node

    def setLayout(self, number: int) -> None:
        assert self._node.IsLayoutDescription(number)
        self.layout = number
        root = QtCore.QXmlStreamReader(self._node.GetLayoutDescription(number))
        while not root.atEnd():
            root.readNext()
            if root.isStartElement() and root.name() == "view":
                tag = str(root.attributes().value("singletontag"))
                if root.attributes().value("class") == "vtkMRMLPlotViewNode":
                    self._plot_view(tag)
                else:
                    self._view(tag)

    def sliceWidget(self, name: str) -> SliceWidget | None:
        return self._widgets.get(name)

    def _plot_view(self, tag: str) -> None:
        node = slicer.vtkMRMLPlotViewNode()
        node.SetSingletonTag(tag)
        node.SetLayoutName(tag)
        self._scene.AddNode(node)

    def _view(self, tag: str) -> None:
        if tag in self._widgets and self._widgets[tag].mrmlSliceNode().GetScene() is not None:
            return
        node = slicer.vtkMRMLSliceNode()
        node.SetSingletonTag(tag)
        node.SetLayoutName(tag)
        node.SetName(tag)
        node = self._scene.AddNode(node)  # the one that is there already, if the scene was emptied before
        composite = slicer.vtkMRMLSliceCompositeNode()
        composite.SetSingletonTag(tag)
        composite.SetLayoutName(tag)
        composite = self._scene.AddNode(composite)
        self._widgets[tag] = SliceWidget(node, composite)

    def _scene_closed(self, *_: Any) -> None:
        self.layout = 0


@dataclass
class Said:
    """What the user was told and asked. answers: to the questions that come, True when there are none left."""

    errors: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)


class Application:
    """slicer.app."""

    def __init__(self, qt_application: Any, scene: Any, logic: Any, folder: Path) -> None:
        self._qt, self._logic = qt_application, logic
        self._manager = LayoutManager(scene)
        self.slicerUserSettingsFilePath = str(folder / "Slicer.ini")
        self.temporaryPath = str(folder)
        self._settings = QtCore.QSettings(self.slicerUserSettingsFilePath, QtCore.QSettings.Format.IniFormat)
        self.applicationName = "Slicer"

    def layoutManager(self) -> LayoutManager:
        return self._manager

    def applicationLogic(self) -> Any:
        return self._logic

    def userSettings(self) -> Any:
        return self._settings

    def clipboard(self) -> Any:
        return QtGui.QGuiApplication.clipboard()

    def processEvents(self) -> None:
        self._qt.processEvents()

    def testingEnabled(self) -> bool:
        return False

    def topLevelWidgets(self) -> list[QtWidgets.QWidget]:
        return [widget for widget in QtWidgets.QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]

    def connect(self, signal: str, slot: Any) -> None:
        self.connected = (signal, slot)


#: keys of qSlicerMainWindow, qSlicerModuleSelectorToolBar, the toolbars of markups and of sequences
TAKEN_KEYS = (
    *("Ctrl+Left", "Alt+Left", "Ctrl+Right", "Alt+Right", "Ctrl+F", "Ctrl+H", "Ctrl+O", "Ctrl+S", "Ctrl+W"),
    *("Ctrl+Z", "Ctrl+Y", "Ctrl+X", "Ctrl+C", "Ctrl+V", "Ctrl+B", *(f"Ctrl+{digit}" for digit in range(7))),
    *("Ctrl+Shift+A", "Ctrl+Shift+T", "Ctrl+Shift+Space"),
    *("Ctrl+Shift+Down", "Ctrl+Shift+Left", "Ctrl+Shift+Right"),
)


class MainWindow(QtWidgets.QMainWindow):
    """Slicer's window with the keys that are its own: the same key for something else would do nothing at all."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        for keys in TAKEN_KEYS:
            action = QtGui.QAction(self)
            action.setShortcut(QtGui.QKeySequence(keys))
            action.setShortcutContext(QtCore.Qt.ShortcutContext.ApplicationShortcut)
            self.addAction(action)


def loaded_module(path: Path) -> Any:
    """The module file as Slicer loads it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = loaded
    spec.loader.exec_module(loaded)
    return loaded


@contextmanager
def opened(widget_class: Any) -> Iterator[Any]:
    """A module's widget in Slicer's main window: set up, entered, and cleaned up at the end."""
    window = MainWindow()
    holder = QtWidgets.QWidget()
    QtWidgets.QVBoxLayout(holder)
    window.setCentralWidget(holder)
    window.resize(440, 900)
    window.show()
    holder.isEntered = False
    widget = widget_class(holder)
    setattr(slicer.modules, widget_class.__name__, widget)
    widget.setup()
    widget.enter()
    yield widget
    widget.cleanup()
    window.close()
    window.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


class qMRMLUtils:
    """The one function of qMRMLUtils that the magnifier needs."""

    def vtkImageDataToQImage(self, image: Any, picture: QtGui.QImage) -> bool:
        width, height, _ = image.GetDimensions()
        values = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, 3)[::-1]
        data = np.ascontiguousarray(values)
        made = QtGui.QImage(data.tobytes(), width, height, 3 * width, QtGui.QImage.Format.Format_RGB888)
        picture.swap(made.copy())
        return True


def install(application: Application, scene: Any, patch: pytest.MonkeyPatch) -> Said:
    """Put everything where the panel looks for it, until the test ends; return what the user will be told."""
    said = Said()

    def ask(text: str, **_: Any) -> bool:
        said.questions.append(text)
        return said.answers.pop(0) if said.answers else True

    parts = {
        "app": application,
        "mrmlScene": scene,
        "modules": types.SimpleNamespace(),
        "qMRMLUtils": qMRMLUtils,
        "util.errorDisplay": lambda text, **_: said.errors.append(text),
        "util.warningDisplay": lambda text, **_: said.infos.append(text),
        "util.infoDisplay": lambda text, **_: said.infos.append(text),
        "util.showStatusMessage": lambda *_: None,
        "util.confirmOkCancelDisplay": ask,
        "util.confirmYesNoDisplay": ask,
        "util.settingsValue": lambda key, default, **_: application.userSettings().value(key, default),
    }
    for name, part in parts.items():
        patch.setattr(f"slicer.{name}", part, raising=False)
    return said


def _scripted_module() -> types.ModuleType:
    """slicer.ScriptedLoadableModule: the members that the module file uses."""
    module = types.ModuleType("slicer.ScriptedLoadableModule")

    class ScriptedLoadableModule:
        def __init__(self, parent: Any) -> None:
            self.parent = parent

    class ScriptedLoadableModuleWidget:
        def __init__(self, parent: Any = None) -> None:
            self.parent = parent
            self.layout = parent.layout()
            self.reloaded = 0

        def setup(self) -> None:
            pass

        def resourcePath(self, name: str) -> str:
            return str(Path(sys.modules[type(self).__module__].__file__ or "").parent / "Resources" / name)

        def onReload(self) -> None:
            self.reloaded += 1

    class ScriptedLoadableModuleLogic:
        pass

    class ScriptedLoadableModuleTest(__import__("unittest").TestCase):
        def delayDisplay(self, message: str) -> None:
            pass

        def runTest(self) -> None:
            pass

    for made in (
        ScriptedLoadableModule,
        ScriptedLoadableModuleWidget,
        ScriptedLoadableModuleLogic,
        ScriptedLoadableModuleTest,
    ):
        setattr(module, made.__name__, made)
    return module


def _i18n() -> types.ModuleType:
    module = types.ModuleType("slicer.i18n")
    module.tr = lambda text: text  # type: ignore[attr-defined]
    module.translate = lambda context, text: text  # type: ignore[attr-defined]
    return module


sys.modules.setdefault("slicer.ScriptedLoadableModule", _scripted_module())
sys.modules.setdefault("slicer.i18n", _i18n())
