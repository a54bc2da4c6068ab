"""Placing missing points by hand: a click each, beginning at the selected one, then in the order of the scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.two_views import VIEWS

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
    from FootDeformityLib.hosts.mrml.scene_case import SceneCase

Place = tuple[str, str]


class Placement:
    """The Place button: stays down until every point of the view is placed, or somebody chose another tool."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._target: Place | None = None
        ui.placeButton.connect("clicked()", self.toggle)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Go on to the next missing point when one was placed; offer the button while points are missing."""
        case = self._room.case
        left = _missing(case) if case is not None else []
        if self._target is not None and self._target not in left:
            self._place(next((place for place in left if place[0] == self._target[0]), None))
        elif self._target is not None and not _placing():
            self._target = None
        self._ui.placeButton.setEnabled(bool(left))
        self._ui.placeButton.setChecked(self._target is not None)

    def toggle(self) -> None:
        """Begin to place points by clicks, or stop."""
        case = self._room.case
        left = _missing(case) if case is not None and self._target is None else []
        selected = case.selection if case is not None else None
        view = selected[0] if selected is not None else None
        left.sort(key=lambda place: (place != selected, place[0] != view))
        self._place(left[0] if left else None)
        self.refresh(frozenset())

    def stop(self) -> None:
        """Let the mouse move points and images again."""
        if self._target is not None:
            self._place(None)

    def _place(self, place: Place | None) -> None:
        case, self._target = self._room.case, place
        if case is None:
            return
        if place is None:
            case.stop_placing()
            return
        attempt(lambda: case.start_placing(*place))
        hint = _("Click on the {view} image where {name} is.").format(view=place[0], name=place[1])
        slicer.util.showStatusMessage(hint, 5000)


def _placing() -> bool:
    node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLInteractionNode")
    return node is not None and node.GetCurrentInteractionMode() == slicer.vtkMRMLInteractionNode.Place


def _missing(case: SceneCase) -> list[Place]:
    """Points without a position, AP before lateral, each in the scheme's order."""
    views = [(view, case.case.views[view]) for view in VIEWS if view in case.case.views]
    return [(view, name) for view, content in views for name, state in content.landmarks.items() if state.xy_px is None]
