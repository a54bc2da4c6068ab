"""The ctk classes that the panel uses, in the looks and manners that matter here."""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtWidgets

_HEADER = 24


class ctkCollapsibleButton(QtWidgets.QWidget):
    """A titled section that folds its children away."""

    contentsCollapsed = QtCore.Signal(bool)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._collapsed = "", False
        self.setContentsMargins(0, _HEADER, 0, 0)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)

    def _get_text(self) -> str:
        return self._text

    def _set_text(self, text: str) -> None:
        self._text = text

    def _get_collapsed(self) -> bool:
        return self._collapsed

    def _set_collapsed(self, collapsed: bool) -> None:
        self._collapsed = collapsed
        for child in self.findChildren(QtWidgets.QWidget, options=QtCore.Qt.FindChildOption.FindDirectChildrenOnly):
            child.setVisible(not collapsed)
        self.setMaximumHeight(_HEADER if collapsed else 16777215)
        self.contentsCollapsed.emit(collapsed)

    text = QtCore.Property(str, _get_text, _set_text)
    collapsed = QtCore.Property(bool, _get_collapsed, _set_collapsed)

    def showEvent(self, event: QtGui.QShowEvent) -> None:
        if self._collapsed:
            self._set_collapsed(True)
        super().showEvent(event)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.position().y() < _HEADER:
            self._set_collapsed(not self._collapsed)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        header = QtCore.QRect(0, 0, self.rect.width(), _HEADER - 4)
        painter.fillRect(header, self.palette.color(QtGui.QPalette.ColorRole.Midlight))
        mark = "▸" if self._collapsed else "▾"
        painter.drawText(header.adjusted(6, 0, 0, 0), QtCore.Qt.AlignmentFlag.AlignVCenter, f"{mark} {self._text}")
        painter.end()
