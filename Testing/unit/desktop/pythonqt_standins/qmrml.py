"""qMRML widgets on a real MRML scene: only what the panel uses of them."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6 import QtCore, QtWidgets
from vtk import VTK_OBJECT, calldata_type


class qMRMLWidget(QtWidgets.QWidget):
    def setMRMLScene(self, scene: Any) -> None:
        self.scene = scene


class qMRMLNodeComboBox(QtWidgets.QComboBox):
    """Lists the nodes of its types; emits what qMRMLNodeComboBox emits when the current one changes."""

    currentNodeChanged = QtCore.Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._observers: list[int] = []
        self._node_types: list[str] = []
        self._current: str | None = None
        self._flags: dict[str, bool] = {}
        self.activated.connect(self._chosen)

    def _flag(name: str) -> Any:  # type: ignore[misc]
        return QtCore.Property(
            bool, lambda self: self._flags.get(name, True), lambda self, value: self._flags.update({name: value})
        )

    showChildNodeTypes, noneEnabled, addEnabled = _flag("child"), _flag("none"), _flag("add")  # type: ignore[arg-type]
    removeEnabled, renameEnabled = _flag("remove"), _flag("rename")  # type: ignore[arg-type]
    selectNodeUponCreation = _flag("select")  # type: ignore[arg-type]

    def _get_types(self) -> list[str]:
        return self._node_types

    def _set_types(self, types: list[str]) -> None:
        self._node_types = types

    nodeTypes = QtCore.Property("QStringList", _get_types, _set_types)

    def setMRMLScene(self, scene: Any) -> None:
        for tag in self._observers:
            self._scene.RemoveObserver(tag)
        self._scene = scene
        events = (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndCloseEvent) if scene is not None else ()
        self._observers = [scene.AddObserver(event, self._scene_changed) for event in events]
        if scene is not None:
            self._observers.append(scene.AddObserver(scene.NodeAboutToBeRemovedEvent, self._about_to_be_removed))
        self._scene_changed()

    def currentNode(self) -> Any:
        return self._scene.GetNodeByID(self._current) if self._scene is not None and self._current else None

    def setCurrentNode(self, node: Any) -> None:
        wanted = node.GetID() if node is not None else None
        if wanted != self._current:
            self._current = wanted
            self._scene_changed()
            self.currentNodeChanged.emit(node)

    def _nodes(self) -> list[Any]:
        if self._scene is None:
            return []
        every = (self._scene.GetNthNode(index) for index in range(self._scene.GetNumberOfNodes()))
        return [node for node in every if node.GetClassName() in self._node_types and not node.GetHideFromEditors()]

    def _scene_changed(self, *_: Any) -> None:
        if not shiboken6.isValid(self):  # deleted by its parent; the real one stops observing then
            return
        nodes = self._nodes()
        gone = self._current is not None and self._current not in [node.GetID() for node in nodes]
        self.clear()
        for node in [None, *nodes]:
            self.addItem("None" if node is None else node.GetName(), "" if node is None else node.GetID())
        if gone:
            self._current = None
        self.setCurrentIndex(max(0, self.findData(self._current or "")))
        if gone:
            self.currentNodeChanged.emit(None)

    @calldata_type(VTK_OBJECT)
    def _about_to_be_removed(self, scene: Any, event: str, node: Any) -> None:
        """As in qMRMLSceneModel: the row goes, and the choice with it, while the node is still in the scene."""
        if shiboken6.isValid(self) and node.GetID() == self._current and not scene.IsClosing():
            self._current = None
            self.setCurrentIndex(0)
            self.currentNodeChanged.emit(None)

    def _chosen(self, index: int) -> None:
        identity = self.itemData(index)
        self.setCurrentNode(self._scene.GetNodeByID(identity) if identity else None)
