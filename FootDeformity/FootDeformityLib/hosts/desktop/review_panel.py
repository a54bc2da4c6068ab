"""The landmarks and everything that a reader does to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.case.landmark_rows import LandmarkRow, landmark_rows
from FootDeformityLib.case.view import CaseImage
from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable
from FootDeformityLib.hosts.desktop.two_views import VIEWS

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom

_COLOURS = {"ai": "#b45309", "doubtful": "#c62828", "moved": "#1e88e5", "confirmed": "#2e7d32", "missing": "#8a949e"}
_ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_FAR = 10


class ReviewPanel:
    """Table and buttons of the review; ``actions`` are the same things for the keyboard."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._table = TextTable(ui.landmarksTable, widths=(42, 0, 44, 84, 54))
        self._rows: list[LandmarkRow] = []
        for button, action in (
            (ui.previousButton, self.previous),
            (ui.nextButton, self.next),
            (ui.confirmButton, self.confirm),
            (ui.uncertainButton, self.toggle_uncertain),
            (ui.notVisibleButton, self.not_visible),
            (ui.resetButton, self.reset),
            (ui.undoButton, self.undo),
            (ui.redoButton, self.redo),
            (ui.confirmAllButton, self.confirm_all),
            (ui.resetAllButton, self.reset_all),
            (ui.lockButton, self.toggle_lock),
            (ui.axesButton, self.toggle_axes),
            (ui.invertButton, self.invert),
            (ui.fitButton, self.fit),
        ):
            button.connect("clicked()", action)
        ui.landmarksTable.connect("itemSelectionChanged()", self._row_chosen)

    @property
    def rows(self) -> int:
        """Number of landmarks that are shown."""
        return self._table.rows

    @property
    def actions(self) -> dict[str, Callable[[], None]]:
        """What the keyboard offers, by the names in shortcuts.py."""
        nudges = {name: self._nudge(*step) for name, step in _ARROWS.items()}
        far = {f"far_{name}": self._nudge(_FAR * x, _FAR * y) for name, (x, y) in _ARROWS.items()}
        return {
            "next": self.next,
            "previous": self.previous,
            "confirm": self.confirm,
            "confirm_all": self.confirm_all,
            "uncertain": self.toggle_uncertain,
            "not_visible": self.not_visible,
            "reset": self.reset,
            "undo": self.undo,
            "redo": self.redo,
            "lock": self.toggle_lock,
            "axes": self.toggle_axes,
            "invert": self.invert,
            "fit": self.fit,
            **nudges,
            **far,
        }

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show the landmarks, the selected one, and what can be done."""
        if kinds - {"selection", "history", "display", "detection"}:
            case = self._room.case
            self._rows = [row for view in VIEWS for row in landmark_rows(case.case, view)] if case is not None else []
            blocked = self._ui.landmarksTable.blockSignals(True)
            self._table.show([_cells(row) for row in self._rows])
            self._ui.landmarksTable.blockSignals(blocked)
        self._show_selection()
        self._show_buttons()

    def next(self) -> None:
        """Go to the next point that nobody has looked at."""
        self._go(lambda case: case.next_unconfirmed())

    def previous(self) -> None:
        """Go to the one before."""
        self._go(lambda case: case.previous_unconfirmed())

    def confirm(self) -> None:
        """Agree with the selected point and go on."""
        if self._on_selected(lambda case, view, name: case.confirm(view, name)):
            self.next()

    def not_visible(self) -> None:
        """The selected structure is not in the image."""
        self._on_selected(lambda case, view, name: case.remove(view, name))

    def reset(self) -> None:
        """The selected point back to where the network placed it."""
        self._on_selected(lambda case, view, name: case.reset(view, name))

    def toggle_uncertain(self) -> None:
        """Mark the selected point as an estimate, or no longer."""
        row = self._selected_row()
        if row is not None:
            self._on_selected(lambda case, view, name: case.mark_uncertain(view, name, not row.uncertain))
        self._show_buttons()

    def undo(self) -> None:
        """Take the last edit back."""
        self._on_case(lambda case: case.undo())

    def redo(self) -> None:
        """Make the edit that was taken back again."""
        self._on_case(lambda case: case.redo())

    def confirm_all(self) -> None:
        """Agree with every point of both views."""
        question = _("Have you looked at every point of this foot, and do you agree with all of them?")
        if self._rows and slicer.util.confirmOkCancelDisplay(question, windowTitle=_("Foot Deformity")):
            self._on_case(lambda case: case.confirm_all())

    def reset_all(self) -> None:
        """Every point back to where the network placed it."""
        self._on_case(lambda case: case.reset_all())

    def toggle_lock(self) -> None:
        """Let the mouse move points, or not."""
        self._on_case(lambda case: setattr(case, "locked", not case.locked))

    def toggle_axes(self) -> None:
        """Show axes and arcs, or not."""
        self._on_case(lambda case: setattr(case, "axes_visible", not case.axes_visible))

    def invert(self) -> None:
        """Bone dark instead of bright on both images, or back."""
        self._on_case(lambda case: [case.invert(view) for view in VIEWS])
        self._room.inverted = not self._room.inverted
        self._show_buttons()

    def fit(self) -> None:
        """Show both images whole."""
        self._on_case(lambda case: [case.fit(view) for view in VIEWS])

    def _nudge(self, x: int, y: int) -> Callable[[], None]:
        def nudge() -> None:
            case, row = self._room.case, self._selected_row()
            if case is not None and row is not None:
                content = case.case.views[row.view]
                # a missing point begins in the middle of the image: so it can be placed without a mouse
                left, top = content.landmarks[row.id].xy_px or _middle(content.image)
                self._on_selected(lambda case, view, name: case.move(view, name, (left + x, top + y)))

        return nudge

    def _on_case(self, work: Callable[[Any], Any]) -> None:
        case = self._room.case
        if case is not None:
            attempt(lambda: work(case))

    def _on_selected(self, work: Callable[[Any, str, str], None]) -> bool:
        case, row = self._room.case, self._selected_row()
        if case is None or row is None:
            return False
        attempt(lambda: work(case, row.view, row.id))
        return True

    def _go(self, find: Callable[[Any], tuple[str, str] | None]) -> None:
        case = self._room.case
        if case is not None:
            place = find(case)
            if place is not None:
                case.jump(*place)

    def _row_chosen(self) -> None:
        case, index = self._room.case, self._ui.landmarksTable.currentRow()
        if case is not None and 0 <= index < len(self._rows):
            case.jump(self._rows[index].view, self._rows[index].id)

    def _selected_row(self) -> LandmarkRow | None:
        case = self._room.case
        place = case.selection if case is not None else None
        if case is None or place is None:
            return None
        return next((row for row in landmark_rows(case.case, place[0]) if row.id == place[1]), None)

    def _show_selection(self) -> None:
        case = self._room.case
        place = case.selection if case is not None else None
        at = next((k for k, row in enumerate(self._rows) if (row.view, row.id) == place), None)
        self._table.select(at)

    def _show_buttons(self) -> None:
        ui, case, row = self._ui, self._room.case, self._selected_row()
        open_points = any(one.state == "ai" for one in self._rows)
        for button, possible in (
            (ui.previousButton, open_points),
            (ui.nextButton, open_points),
            (ui.confirmButton, row is not None and row.state in ("ai", "moved")),
            (ui.uncertainButton, row is not None and row.state != "missing"),
            (ui.notVisibleButton, row is not None and row.state != "missing"),
            (ui.resetButton, row is not None and row.state != "ai" and row.confidence is not None),
            (ui.undoButton, case is not None and case.can_undo),
            (ui.redoButton, case is not None and case.can_redo),
            (ui.confirmAllButton, open_points),
            (ui.resetAllButton, any(one.state != "ai" and one.confidence is not None for one in self._rows)),
            (ui.lockButton, bool(self._rows)),
            (ui.axesButton, bool(self._rows)),
            (ui.invertButton, bool(self._rows)),
            (ui.fitButton, bool(self._rows)),
        ):
            button.setEnabled(possible)
        ui.uncertainButton.setChecked(row is not None and row.uncertain)
        ui.lockButton.setChecked(case is not None and case.locked)
        ui.axesButton.setChecked(case is not None and case.axes_visible)
        ui.invertButton.setChecked(self._room.inverted)


def _middle(image: CaseImage) -> tuple[float, float]:
    return ((image.width or 0) / 2, (image.height or 0) / 2)


@lru_cache(maxsize=256)
def _cells(row: LandmarkRow) -> tuple[Cell, ...]:
    by = _("{reader}, {time}").format(reader=row.reader or "?", time=row.edited_at) if row.edited_at else ""
    name = f"{row.bone}: {row.name}" if row.bone else row.name
    tip = "\n".join(text for text in (f"{row.id}, {name}", row.definition, by) if text)
    sure = "" if row.confidence is None else f"{round(100 * row.confidence)} %"
    colour = _COLOURS[row.style]
    return (
        Cell(row.id, tip),
        Cell(name, tip),
        Cell(sure, tip, _COLOURS["doubtful"] if row.doubtful else ""),
        Cell(row.state_words, tip, colour),
        Cell(_moved(row), tip),
    )


def _moved(row: LandmarkRow) -> str:
    if not row.moved_by_px:
        return ""
    return f"{row.moved_by_px:.0f} px" if row.moved_by_mm is None else f"{row.moved_by_mm:.1f} mm"
