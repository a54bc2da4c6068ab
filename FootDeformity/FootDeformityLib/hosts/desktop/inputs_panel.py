"""The images of a case and what is known about the foot."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.qt_release import DELETED
from FootDeformityLib.measure.criteria import available_criteria, load_criteria

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom

_FILES = "Radiographs (*.dcm *.dic *.ima *.png *.jpg *.jpeg *.tif *.tiff *.nrrd);;All files (*)"
_SIDES, _STOOD = ("right", "left"), ("yes", "no")
_NOT_STATED = -1.0


class InputsPanel:
    """Selectors of the scene's images, files to open, side, age, weight-bearing and criteria."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        self._selectors = {"AP": ui.apSelector, "lateral": ui.lateralSelector}
        self._profiles = available_criteria()
        for name in self._profiles:
            ui.criteriaComboBox.addItem(load_criteria(name).title)
        for selector in self._selectors.values():
            selector.setMRMLScene(slicer.mrmlScene)
        ui.apSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._ap_chosen)
        ui.lateralSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._lateral_chosen)
        ui.openApButton.connect("clicked()", lambda: self._open_one("AP"))
        ui.openLateralButton.connect("clicked()", lambda: self._open_one("lateral"))
        ui.openImagesButton.connect("clicked()", self._open_several)
        ui.openDicomButton.connect("clicked()", lambda: slicer.util.selectModule("DICOM"))
        ui.sideComboBox.connect("activated(int)", lambda index: self._state(side=_chosen(_SIDES, index)))
        ui.weightBearingComboBox.connect(
            "activated(int)", lambda index: self._state(weight_bearing=_chosen(_STOOD, index))
        )
        ui.ageSpinBox.connect("valueChanged(double)", self._age_chosen)
        ui.criteriaComboBox.connect("activated(int)", self._criteria_chosen)

    def close(self) -> None:
        """Let go of the scene."""
        for selector in self._selectors.values():
            with suppress(*DELETED):
                selector.blockSignals(True)
                selector.setMRMLScene(None)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show the case's images and facts."""
        case = self._room.case
        if kinds & {"volumes", "cases", "closed"}:
            for view, selector in self._selectors.items():
                blocked = selector.blockSignals(True)
                selector.setCurrentNode(case.volume(view) if case is not None else None)
                selector.blockSignals(blocked)
        if kinds & {"volumes", "cases", "closed", "facts"}:
            self._show_facts()

    def open_files(self, paths: dict[str | None, str]) -> None:
        """Load files, view -> path; the view None is read from the file. Tells the user what could not be opened."""
        if not self._room.first_use.ensure():
            return
        case = self._room.needed_case()
        for view, path in paths.items():
            attempt(lambda view=view, path=path: case.load_image(path, view))  # type: ignore[misc]

    def _show_facts(self) -> None:
        ui, case = self._ui, self._room.case
        facts = case.case.facts if case is not None else None
        stated = case.stated if case is not None else None
        _show_choice(ui.sideComboBox, _SIDES, stated.side if stated else None, facts.side if facts else "unknown")
        stood = facts.weight_bearing if facts else "unknown"
        _show_choice(ui.weightBearingComboBox, _STOOD, stated.weight_bearing if stated else None, stood)
        age = stated.age_years if stated else None
        said = facts.age_years if facts and age is None else None
        blocked = ui.ageSpinBox.blockSignals(True)
        ui.ageSpinBox.setSpecialValueText(_("not known") if said is None else _("{age:g} (image)").format(age=said))
        ui.ageSpinBox.setValue(_NOT_STATED if age is None else age)
        ui.ageSpinBox.blockSignals(blocked)
        criteria = case.case.criteria if case is not None else self._profiles[0]
        if criteria in self._profiles:
            ui.criteriaComboBox.setCurrentIndex(self._profiles.index(criteria))
        for widget in (ui.sideComboBox, ui.weightBearingComboBox, ui.ageSpinBox, ui.criteriaComboBox):
            widget.setEnabled(case is not None)

    def _ap_chosen(self, node: Any) -> None:
        self._volume_chosen("AP", node)

    def _lateral_chosen(self, node: Any) -> None:
        self._volume_chosen("lateral", node)

    def _volume_chosen(self, view: str, node: Any) -> None:
        if slicer.mrmlScene.IsClosing():
            return
        if node is None:
            # Slicer's selector lets go of a volume before the scene does: whether it is gone is known afterwards
            self._room.scheduler.call_soon(lambda: self._none_chosen(view))
            return
        case = self._room.needed_case()
        attempt(lambda: case.set_volume(view, node))
        self.refresh(frozenset({"volumes"}))

    def _none_chosen(self, view: str) -> None:
        """A person wants no image there, unless the volume went by itself."""
        case = self._room.case
        if case is None or case.volume(view) is None or self._selectors[view].currentNode() is not None:
            return
        attempt(lambda: case.set_volume(view, None))
        self.refresh(frozenset({"volumes"}))

    def _open_one(self, view: str) -> None:
        path = qt.QFileDialog.getOpenFileName(
            self._ui.caseSection, _("Open the {view} image").format(view=view), "", _FILES
        )
        if path:
            self.open_files({view: path})

    def _open_several(self) -> None:
        paths = qt.QFileDialog.getOpenFileNames(self._ui.caseSection, _("Open one image or both"), "", _FILES)
        for path in paths:
            self.open_files({None: path})

    def _age_chosen(self, value: float) -> None:
        self._state(age_years=None if value < 0 else value)

    def _state(self, **changed: Any) -> None:
        case = self._room.case
        if case is None:
            return
        attempt(lambda: case.set_facts(**changed))

    def _criteria_chosen(self, index: int) -> None:
        case = self._room.case
        if case is not None:
            attempt(lambda: case.set_criteria(self._profiles[index]))


def _chosen(values: tuple[str, ...], index: int) -> str | None:
    return None if index == 0 else values[index - 1]


def _show_choice(combo: Any, values: tuple[str, ...], stated: str | None, said: str) -> None:
    """Show a fact: first entry as the image says it, the others as the reader may state it."""
    first = _("not known") if stated is not None or said == "unknown" else _("{fact} (image)").format(fact=said)
    combo.setItemText(0, _("as the image says") if stated is not None else first)
    combo.setCurrentIndex(values.index(stated) + 1 if stated in values else 0)
