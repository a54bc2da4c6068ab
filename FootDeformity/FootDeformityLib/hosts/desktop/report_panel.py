"""What leaves the reading room: text, results folder, training data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.case.report_text import report_text
from FootDeformityLib.case.training_set import add_to_training_set
from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.two_views import VIEWS

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom

_TITLE = "Foot Deformity"


class ReportPanel:
    """The report text, live while its section is open, and the export buttons."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        ui.copyReportButton.connect("clicked()", self._copy)
        ui.exportButton.connect("clicked()", self._export)
        ui.trainingSetButton.connect("clicked()", self._add_to_training_set)
        ui.reportSection.connect("contentsCollapsed(bool)", lambda collapsed: self._show())

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show the text as it stands now."""
        if kinds - {"selection", "history", "display", "detection"}:
            self._show()

    def _text(self) -> str:
        case = self._room.case
        if case is None or not case.case.views:
            return ""
        return report_text(case.case, self._room.comparison.comparison)

    def _show(self) -> None:
        text = "" if self._ui.reportSection.collapsed else self._text()
        if text != self._ui.reportTextEdit.plainText:
            self._ui.reportTextEdit.setPlainText(text)
        possible = self._room.case is not None and bool(self._room.case.case.views)
        for button in (self._ui.copyReportButton, self._ui.exportButton, self._ui.trainingSetButton):
            button.setEnabled(possible)

    def _copy(self) -> None:
        slicer.app.clipboard().setText(self._text())
        slicer.util.showStatusMessage(_("The report text is on the clipboard."), 3000)

    def _export(self) -> None:
        case, folder = self._room.case, self._folder(_("Export the results into a folder"))
        if case is None or not folder:
            return
        notes = attempt(lambda: case.export(folder))
        if notes is not None:
            text = "\n".join([_("Written to {folder}.").format(folder=folder), *notes])
            slicer.util.infoDisplay(text, windowTitle=_TITLE)

    def _add_to_training_set(self) -> None:
        case, folder = self._room.case, self._folder(_("Folder of the training set"))
        if case is None or not folder:
            return
        images = {view: image for view in VIEWS if (image := case.radiograph(view)) is not None}
        written = attempt(lambda: add_to_training_set(case.case, images, folder))
        if written is not None:
            names = ", ".join(path.name for path in written)
            text = _("Added to {folder}: {names}.").format(folder=folder, names=names)
            slicer.util.infoDisplay(text, windowTitle=_TITLE)

    def _folder(self, title: str) -> str:
        if not self._room.first_use.ensure():
            return ""
        return str(qt.QFileDialog.getExistingDirectory(self._ui.reportSection, title) or "")
