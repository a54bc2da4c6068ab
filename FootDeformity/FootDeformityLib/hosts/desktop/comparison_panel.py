"""An earlier exam of the same foot beside the present one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
from slicer.i18n import tr as _

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.comparison import AngleChange, Comparison, compare
from FootDeformityLib.case.document import from_document
from FootDeformityLib.files.case_document import read_case
from FootDeformityLib.files.wording import degrees_text
from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
    from FootDeformityLib.hosts.mrml.scene_case import SceneCase

_BEYOND, _GREY = "#e65100", "#8a949e"


class ComparisonPanel:
    """Chooses the earlier exam, a foot of another case of the scene or an exported file, and shows the changes."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._table = TextTable(ui.comparisonTable, widths=(62, 52, 52, 58, 0), fits=True)
        self._choices: list[tuple[SceneCase, int] | Path] = []
        self._chosen: tuple[SceneCase, int] | Path | None = None
        self._files: dict[Path, Case] = {}
        ui.earlierComboBox.connect("activated(int)", self._choose)
        ui.openEarlierButton.connect("clicked()", self._open)
        ui.comparisonSection.connect("contentsCollapsed(bool)", lambda collapsed: self._show())

    @property
    def comparison(self) -> Comparison | None:
        """The changes since the chosen exam, None without one."""
        case, earlier = self._room.case, self._earlier()
        return compare(case.case, earlier) if case is not None and earlier is not None else None

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show what changed since the earlier exam."""
        if kinds & {"cases", "closed", "facts", "volumes"}:
            self._fill()
        if kinds - {"selection", "history", "display", "detection"}:
            self._show()

    def _fill(self) -> None:
        here = self._room.case
        self._choices = [
            (case, foot)
            for case in self._room.logic.cases
            for foot, content in enumerate(case.exam.feet)
            if content.views and not (here is not None and case is here and foot == here.foot)
        ]
        self._choices += self._files
        if self._chosen not in self._choices:
            self._chosen = None
        combo = self._ui.earlierComboBox
        blocked = combo.blockSignals(True)
        combo.clear()
        combo.addItem(_("none"))
        for choice in self._choices:
            combo.addItem(_name(choice))
        combo.setCurrentIndex(self._choices.index(self._chosen) + 1 if self._chosen is not None else 0)
        combo.blockSignals(blocked)

    def _earlier(self) -> Case | None:
        if isinstance(self._chosen, Path):
            return self._files.get(self._chosen)
        return self._chosen[0].exam.feet[self._chosen[1]] if self._chosen is not None else None

    def _show(self) -> None:
        if self._ui.comparisonSection.collapsed:
            return
        found = self.comparison
        self._ui.comparisonTable.setVisible(found is not None)
        self._table.show([_cells(change) for change in found.changes] if found is not None else [])
        none = _("Choose the earlier exam of the same foot, or open the case.json of its results folder.")
        self._ui.comparisonLabel.setText(none if found is None else "\n".join(found.warnings))

    def _choose(self, index: int) -> None:
        self._chosen = self._choices[index - 1] if index > 0 else None
        self._room.refresh_soon("points")

    def _open(self) -> None:
        name = qt.QFileDialog.getOpenFileName(
            self._ui.comparisonSection, _("Open an earlier exam"), "", "case.json (*.json);;All files (*)"
        )
        if not name or not self._room.first_use.ensure():
            return
        path = Path(name)
        case = attempt(lambda: from_document(read_case(path)))
        if case is not None:
            self._files[path] = case
            self._chosen = path
            self._fill()
            self._room.refresh_soon("points")


def _name(choice: tuple[SceneCase, int] | Path) -> str:
    if isinstance(choice, Path):
        return f"{choice.parent.name}/{choice.name}"
    case, foot = choice
    side = case.exam.feet[foot].facts.side
    return f"{case.name}, {side}" if case.feet > 1 and side != "unknown" else case.name


def _cells(change: AngleChange) -> list[Cell]:
    tip = "\n".join([change.label, *change.citations])
    colour = _GREY if change.delta is None else _BEYOND if change.within_error is False else ""
    delta = "" if change.delta is None else f"{change.delta:+.1f}°"
    meaning = change.words.partition(", ")[2] or change.words
    return [
        Cell(change.abbreviation, tip),
        Cell(_degrees(change.earlier), tip),
        Cell(_degrees(change.now), tip),
        Cell(delta, tip, colour),
        Cell(meaning, tip, colour),
    ]


def _degrees(value: float | None) -> str:
    return "–" if value is None else degrees_text(value)
