"""Which case, which foot, who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom

_READER_SETTING = "FootDeformity/Reader"


class CasePanel:
    """The combo boxes of cases and feet, and the reader's initials, which this computer remembers."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        ui.readerLineEdit.setText(slicer.util.settingsValue(_READER_SETTING, ""))
        ui.caseComboBox.connect("activated(int)", self._choose_case)
        ui.footComboBox.connect("activated(int)", self._choose_foot)
        ui.newCaseButton.connect("clicked()", room.new_case)
        ui.removeCaseButton.connect("clicked()", self._remove)
        ui.addFootButton.connect("clicked()", self._add_foot)
        ui.readerLineEdit.connect("editingFinished()", self.take_reader)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show the cases and feet there are."""
        if not kinds & {"cases", "closed", "facts", "volumes"}:
            return
        ui, case = self._ui, self._room.case
        cases = self._room.logic.cases
        _fill(ui.caseComboBox, [one.name for one in cases], cases.index(case) if case in cases else -1)
        feet = [_foot_text(number, foot.facts.side) for number, foot in enumerate(case.exam.feet)] if case else []
        _fill(ui.footComboBox, feet, case.foot if case else -1)
        ui.removeCaseButton.setEnabled(case is not None)
        ui.addFootButton.setEnabled(case is not None and len(feet) == 1 and bool(case.case.views))

    def take_reader(self) -> None:
        """Give the initials to the case, and remember them."""
        initials, case = self._ui.readerLineEdit.text.strip(), self._room.case
        if case is not None and case.reader != initials:
            attempt(lambda: setattr(case, "reader", initials))
            self._ui.readerLineEdit.setText(case.reader)
        slicer.app.userSettings().setValue(_READER_SETTING, self._ui.readerLineEdit.text)

    @property
    def reader(self) -> str:
        """The initials as they stand in the panel."""
        return str(self._ui.readerLineEdit.text.strip())

    def _choose_case(self, index: int) -> None:
        cases = self._room.logic.cases
        if 0 <= index < len(cases):
            self._room.show_case(cases[index])

    def _choose_foot(self, index: int) -> None:
        case = self._room.case
        if case is not None:
            attempt(lambda: setattr(case, "foot", index))

    def _add_foot(self) -> None:
        case = self._room.case
        if case is not None:
            attempt(case.add_foot)

    def _remove(self) -> None:
        case = self._room.case
        question = _("Remove this case with its points from the scene? This cannot be undone; its images stay.")
        if case is not None and slicer.util.confirmOkCancelDisplay(question, windowTitle=_("Foot Deformity")):
            self._room.logic.remove_case(case)


def _foot_text(number: int, side: str) -> str:
    names = {"right": _("right foot"), "left": _("left foot")}
    return str(names.get(side) or _("foot {number}, side unknown").format(number=number + 1))


def _fill(combo: Any, texts: list[str], current: int) -> None:
    blocked = combo.blockSignals(True)
    combo.clear()
    for text in texts:
        combo.addItem(text)
    combo.setCurrentIndex(current)
    combo.setEnabled(bool(texts))
    combo.blockSignals(blocked)
