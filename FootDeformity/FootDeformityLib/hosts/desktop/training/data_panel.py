"""The folders of annotated radiographs and what the data check says about them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable
from FootDeformityLib.hosts.desktop.training.checked_pairs import (
    FILTERS,
    CheckedPairRow,
    read_checked_pairs,
    summary,
)

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.training.training_room import TrainingRoom

_FOLDERS, _SETTING_VIEW = "FootDeformityTraining/DataFolders", "FootDeformityTraining/View"
_VIEWS = ("AP", "lateral")
_COLOURS = {"unusable": "#c62828", "note": "#b45309", "ok": "#2e7d32"}
_ICON = 72


class DataPanel:
    """Folders, view, data check with thumbnails."""

    def __init__(self, ui: Any, room: TrainingRoom) -> None:
        self._ui, self._room = ui, room
        self.folders: list[Path] = []
        self._rows: tuple[CheckedPairRow, ...] = ()
        self._checked: tuple[tuple[Path, ...], str] | None = None
        self._table = TextTable(ui.checkTable, widths=(_ICON + 8, 110, 62, 0))
        ui.checkTable.setIconSize(qt.QSize(_ICON, _ICON))
        known = slicer.util.settingsValue(_FOLDERS, "")
        self.folders = [Path(one) for one in known.split("\n") if one and Path(one).is_dir()]
        ui.viewComboBox.setCurrentIndex(_VIEWS.index(str(slicer.util.settingsValue(_SETTING_VIEW, "AP"))))
        ui.addFolderButton.connect("clicked()", self._choose_folder)
        ui.removeFolderButton.connect("clicked()", self._remove_folder)
        ui.dataFoldersList.connect("currentRowChanged(int)", lambda row: self._enable())
        ui.viewComboBox.connect("currentIndexChanged(int)", self._view_changed)
        ui.checkButton.connect("clicked()", self.check)
        ui.filterComboBox.connect("currentIndexChanged(int)", lambda index: self._show())
        self._list_folders()
        self._show()

    @property
    def view(self) -> str:
        """The view that everything here is about."""
        return _VIEWS[self._ui.viewComboBox.currentIndex]

    @property
    def unusable(self) -> int:
        """Number of images that the last check of these folders and this view found unusable."""
        known = self._checked == (tuple(self.folders), self.view)
        return sum(row.status == "unusable" for row in self._rows) if known else 0

    def data(self, runs: Path) -> tuple[Path, list[list[str]]]:
        """Return the folder to train on, and the commands that make it first where several were chosen."""
        if len(self.folders) == 1:
            return self.folders[0], []
        name = hashlib.sha256("\n".join([self.view, *map(str, self.folders)]).encode()).hexdigest()[:8]
        combined = runs / "combined" / name
        folders = [str(folder) for folder in self.folders]
        return combined, [["combine-data", *folders, "--view", self.view, "--out", str(combined)]]

    def add_folder(self, folder: Path) -> None:
        """Train on the images of a folder, too."""
        if folder not in self.folders:
            self.folders.append(folder)
            self._folders_changed()
            self._ui.dataFoldersList.setCurrentRow(len(self.folders) - 1)

    def check(self) -> None:
        """Let the command line check the data, and show what it found."""
        if not self.folders or not self._room.ensure_packages():
            return
        results = self._room.scratch
        table, thumbnails = results / "check.csv", results / "thumbnails"
        data, before = self.data(self._room.runs_folder)
        command = ["check-data", str(data), "--view", self.view, "--csv", str(table), "--thumbnails", str(thumbnails)]
        asked = tuple(self.folders), self.view
        self._room.chores.run(_("Checking the data…"), [*before, command], lambda: self._take(table, thumbnails, asked))
        self._enable()

    def refresh(self) -> None:
        """Show what can be done now."""
        self._enable()

    def _take(self, table: Path, thumbnails: Path, asked: tuple[tuple[Path, ...], str]) -> None:
        self._rows, self._checked = read_checked_pairs(table, thumbnails), asked
        self._show()

    def _choose_folder(self) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self._ui.dataSection, _("Folder of annotated radiographs"))
        if folder:
            self.add_folder(Path(folder))

    def _remove_folder(self) -> None:
        row = self._ui.dataFoldersList.currentRow
        if 0 <= row < len(self.folders):
            del self.folders[row]
            self._folders_changed()

    def _folders_changed(self) -> None:
        slicer.app.userSettings().setValue(_FOLDERS, "\n".join(map(str, self.folders)))
        self._list_folders()
        self._show()
        self._room.refresh()

    def _view_changed(self, index: int) -> None:
        slicer.app.userSettings().setValue(_SETTING_VIEW, _VIEWS[index])
        self._show()
        self._room.view_changed()

    def _list_folders(self) -> None:
        self._ui.dataFoldersList.clear()
        self._ui.dataFoldersList.addItems([str(folder) for folder in self.folders])
        self._enable()

    def _enable(self) -> None:
        ui = self._ui
        ui.removeFolderButton.setEnabled(0 <= ui.dataFoldersList.currentRow < len(self.folders))
        ui.checkButton.setEnabled(bool(self.folders) and not self._room.chores.busy)

    def _show(self) -> None:
        ui = self._ui
        known = self._checked == (tuple(self.folders), self.view)
        wanted = FILTERS[ui.filterComboBox.currentIndex]
        rows = [row for row in self._rows if row.status in wanted] if known else []
        self._table.show([_cells(row) for row in rows])
        for index, row in enumerate(rows):
            picture = qt.QIcon(str(row.thumbnail)) if row.thumbnail is not None else qt.QIcon()
            ui.checkTable.item(index, 0).setIcon(picture)
        self._table.fit()
        ui.checkTable.setVisible(bool(rows))
        ui.filterComboBox.setEnabled(known)
        if not self.folders:
            text = _("Add a folder of annotated radiographs to begin.")
        elif not known:
            text = _("Not checked yet.")
        else:
            text = summary(self._rows)
        ui.checkLabel.setText(text)
        self._enable()


def _cells(row: CheckedPairRow) -> list[Cell]:
    tip = f"{row.image}\n{row.landmarks}"
    return [
        Cell("", tip),
        Cell(row.image.name, tip),
        Cell(row.status, tip, _COLOURS[row.status]),
        Cell(row.findings, row.findings or tip),
    ]
