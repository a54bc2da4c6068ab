"""A folder of radiographs, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.case.worklist import Opened, Worklist
from FootDeformityLib.case.worklist_entry import Entry
from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
    from FootDeformityLib.hosts.mrml.scene_case import SceneCase

_TITLE = "Foot Deformity"
_COLOURS = {"done": "#2e7d32", "started": "#b45309", "unreadable": "#c62828"}
_ORDERS = ("doubt", "name")


class WorklistPanel:
    """The table of a folder. The image that is open here is saved after every edit."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._table = TextTable(ui.worklistTable, widths=(0, 50, 48, 74, 54))
        self._worklist: Worklist | None = None
        self._opened: Opened | None = None
        self._case: SceneCase | None = None
        ui.worklistFolderButton.connect("clicked()", self._choose_folder)
        ui.worklistSortComboBox.connect("activated(int)", self._sort)
        ui.worklistTable.connect("cellActivated(int,int)", lambda row, column: self._open_row(row))
        ui.resumeButton.connect("clicked()", self._resume)
        ui.saveAndNextButton.connect("clicked()", self.save_and_next)
        ui.secondReaderCheckBox.connect("toggled(bool)", lambda on: ui.blindedCheckBox.setEnabled(on))
        ui.blindedCheckBox.setEnabled(False)
        self._show()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Save what was edited; forget the image when its case has gone."""
        if self._case is not None and self._case.closed:
            self._opened = self._case = None
        if "history" in kinds:
            self.save()
        self._show()

    def open_folder(self, folder: Path) -> None:
        """Show the radiographs of a folder and open the first that is not done."""
        self.save()
        second = self._ui.secondReaderCheckBox.checked
        self._room.case_panel.take_reader()
        reader = self._room.case_panel.reader
        worklist = attempt(lambda: Worklist(folder, reader=reader, second_reader=second))
        if worklist is not None:
            self._worklist, self._opened, self._case = worklist, None, None
            self._resume()

    def save(self) -> None:
        """Write the points of the open image, if they changed."""
        worklist, opened, case = self._worklist, self._opened, self._case
        if worklist is not None and opened is not None and case is not None and not case.closed:
            attempt(lambda: worklist.save(opened, case.case))

    def save_and_next(self) -> None:
        """The open image is done: every point is answered for; on to the next."""
        worklist, opened, case = self._worklist, self._opened, self._case
        if worklist is None or opened is None or case is None or opened.view is None:
            return
        if not self._finish(case, opened.view):
            return
        self.save()
        following = worklist.next_open(opened.entry)
        if following is None:
            self._show()
            slicer.util.infoDisplay(_("Every image of this folder is done."), windowTitle=_TITLE)
        else:
            self._open(following)

    def _finish(self, case: SceneCase, view: str) -> bool:
        """Ask about points that nobody has answered for; return whether the image is done."""
        states = case.case.views[view].landmarks.values()
        left = sum(state.state == "ai" for state in states)
        unplaced = sum(not state.answered and state.xy_px is None for state in states)
        parts = []
        if left:
            parts.append(_("{count} points stand where the AI placed them: confirm them all?").format(count=left))
        if unplaced:
            parts.append(_("{count} points are not placed: are they not visible?").format(count=unplaced))
        if parts and not slicer.util.confirmOkCancelDisplay("\n".join(parts), windowTitle=_TITLE):
            return False
        case.confirm_all(view)
        case.remove_unplaced(view)
        return True

    def _choose_folder(self) -> None:
        if not self._room.first_use.ensure():
            return
        folder = qt.QFileDialog.getExistingDirectory(self._ui.worklistSection, _("Folder of radiographs"))
        if folder:
            self.open_folder(Path(folder))

    def _sort(self, index: int) -> None:
        if self._worklist is not None:
            self._worklist.sort_by(_ORDERS[index])  # type: ignore[arg-type]
        self._show()

    def _resume(self) -> None:
        entry = self._worklist.resume() if self._worklist is not None else None
        if entry is not None:
            self._open(entry)
        self._show()

    def _open_row(self, row: int) -> None:
        if self._worklist is not None and 0 <= row < self._worklist.total:
            self._open(self._worklist.entries[row])

    def _open(self, entry: Entry) -> None:
        worklist = self._worklist
        if worklist is None:
            return
        self.save()
        self._opened = None
        blinded = bool(self._ui.blindedCheckBox.checked and worklist.second_reader)
        opened = attempt(lambda: worklist.open(entry, blinded=blinded))
        if opened is not None and opened.view is None:
            question = _("{name}: is it an AP image? (No = lateral)").format(name=entry.name)
            opened = opened.begin("AP" if slicer.util.confirmYesNoDisplay(question, windowTitle=_TITLE) else "lateral")
        if opened is None or opened.case is None or opened.view is None:
            self._show()
            return
        if self._case is None:
            self._case = self._room.new_case(_("Worklist"))
        case, content = self._case, opened
        self._room.show_case(case)
        shown = attempt(lambda: self._put(case, content, blinded))
        self._opened = opened if shown else None
        self._show()

    def _put(self, case: SceneCase, opened: Opened, blinded: bool) -> bool:
        if opened.case is None or opened.view is None or self._worklist is None:
            return False
        case.open_case(opened.case, {opened.view: opened.radiograph}, opened.lps_from_pixels)
        case.blinded = blinded
        case.reader = self._worklist.reader
        return True

    def _show(self) -> None:
        ui, worklist, opened = self._ui, self._worklist, self._opened
        entries = worklist.entries if worklist is not None else ()
        self._table.show([_cells(entry) for entry in entries])
        current = next((k for k, one in enumerate(entries) if opened and one.image == opened.entry.image), None)
        self._table.select(current)
        ui.saveAndNextButton.setEnabled(opened is not None)
        ui.resumeButton.setEnabled(worklist is not None)
        ui.worklistLabel.setText(
            _("Every image of a folder, with points saved beside it after each edit.")
            if worklist is None
            else _("{done} of {total} done").format(done=worklist.done, total=worklist.total)
        )


def _cells(entry: Entry) -> list[Cell]:
    tip = entry.problem or str(entry.landmarks)
    doubt = "" if entry.doubt is None else f"{entry.doubt:.2f}"
    return [
        Cell(entry.name, tip),
        Cell(entry.view or "", tip),
        Cell(doubt, tip),
        Cell(entry.state, tip, _COLOURS.get(entry.state, "")),
        Cell(entry.reader or "", tip),
    ]
