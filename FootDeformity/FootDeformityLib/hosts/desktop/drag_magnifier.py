"""Shows the magnifier from the first move of a drag to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import vtk

from FootDeformityLib.hosts.desktop.magnifier import Magnifier
from FootDeformityLib.hosts.mrml.change import Change

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom


class DragMagnifier:
    """Follows the point under the mouse; nudging with the keys shows nothing, because nothing would hide it again."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._magnifier = Magnifier()
        ui.magnifierButton.setChecked(True)
        ui.magnifierButton.connect("clicked()", self._take_button)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Nothing to do here: ``follow`` is told of every move."""

    def toggle(self) -> None:
        """Use the magnifier, or not."""
        self._ui.magnifierButton.setChecked(not self._ui.magnifierButton.checked)
        self._take_button()

    def follow(self, change: Change) -> None:
        """Show the surroundings of the point that is being dragged; hide them with the end of the drag."""
        case, view = self._room.case, change.view
        if case is None or change.kind != "points" or view is None or not case.in_step:
            if change.kind == "history":
                self._magnifier.hide()
            return
        place = case.selection
        xy = case.case.views[view].landmarks[place[1]].xy_px if place is not None and place[0] == view else None
        if xy is None or place is None:
            return
        left = self._in_left_half(view, case.case.scheme.index(*place))
        self._magnifier.show(self._room.views.canvas(view), case.volume(view), xy, left)

    def hide(self) -> None:
        """Show nothing."""
        self._magnifier.hide()

    def close(self) -> None:
        """Take it out of the views."""
        self._magnifier.close()

    def _in_left_half(self, view: str, row: int) -> bool:
        slice_node, case = self._room.views.slice_node(view), self._room.case
        if slice_node is None or case is None:
            return False
        ras_to_xy = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(slice_node.GetXYToRAS(), ras_to_xy)
        ras = [0.0, 0.0, 0.0]
        case.markups(view).GetNthControlPointPositionWorld(row, ras)
        x = ras_to_xy.MultiplyPoint((*ras, 1.0))[0]
        return bool(x < slice_node.GetDimensions()[0] / 2)

    def _take_button(self) -> None:
        self._magnifier.enabled = bool(self._ui.magnifierButton.checked)
        if not self._magnifier.enabled:
            self._magnifier.hide()
