"""The panels of the module about one logic: which case is shown, and who is told when something changed."""

from __future__ import annotations

from typing import Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.case.angle_rows import angle_rows
from FootDeformityLib.case.diagnosis_rows import diagnosis_rows
from FootDeformityLib.hosts.desktop.angle_table import AngleTable
from FootDeformityLib.hosts.desktop.case_panel import CasePanel
from FootDeformityLib.hosts.desktop.comparison_panel import ComparisonPanel
from FootDeformityLib.hosts.desktop.detection_panel import DetectionPanel
from FootDeformityLib.hosts.desktop.diagnosis_table import DiagnosisTable
from FootDeformityLib.hosts.desktop.drag_magnifier import DragMagnifier
from FootDeformityLib.hosts.desktop.first_use import FirstUse
from FootDeformityLib.hosts.desktop.inputs_panel import InputsPanel
from FootDeformityLib.hosts.desktop.model_panel import ModelPanel
from FootDeformityLib.hosts.desktop.placement import Placement
from FootDeformityLib.hosts.desktop.qt_scheduler import QtScheduler
from FootDeformityLib.hosts.desktop.report_panel import ReportPanel
from FootDeformityLib.hosts.desktop.review_panel import ReviewPanel
from FootDeformityLib.hosts.desktop.shortcuts import Shortcuts, as_table
from FootDeformityLib.hosts.desktop.two_views import VIEWS, TwoViews
from FootDeformityLib.hosts.desktop.worklist_panel import WorklistPanel
from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.hosts.mrml.scene_case import SceneCase

_EVERYTHING = frozenset({"points", "facts", "selection", "volumes", "detection", "history", "display", "cases"})


class ReadingRoom:
    """ui: the widgets of FootDeformity.ui by name. Changes are shown with the next frame, however many there are."""

    def __init__(self, ui: Any, logic: ReadingLogic, scheduler: QtScheduler, first_use: FirstUse) -> None:
        self.logic, self.scheduler, self.first_use = logic, scheduler, first_use
        self.inverted = False
        self.views = TwoViews()
        self._case: SceneCase | None = logic.cases[0] if logic.cases else None
        self._pending: set[str] = set()
        self._open, self._entered = True, False
        self.case_panel = CasePanel(ui, self)
        self.inputs = InputsPanel(ui, self)
        self.detection = DetectionPanel(ui, self)
        self.review = ReviewPanel(ui, self)
        self.comparison = ComparisonPanel(ui, self)
        self.worklist = WorklistPanel(ui, self)
        self._angles, self._diagnoses = AngleTable(ui.anglesTable), DiagnosisTable(ui.diagnosesTable)
        self._magnifier = DragMagnifier(ui, self)
        self._placement = Placement(ui, self)
        self._panels = (
            self.case_panel,
            self.inputs,
            self.detection,
            self.review,
            self.comparison,
            ReportPanel(ui, self),
            self.worklist,
            self._magnifier,
            self._placement,
            ModelPanel(ui, self),
        )
        self._shortcuts = Shortcuts(
            {
                **self.review.actions,
                "detect": self.detection.detect,
                "magnifier": self._magnifier.toggle,
                "place": self._placement.toggle,
                "save_and_next": self.worklist.save_and_next,
            }
        )
        ui.shortcutsLabel.setText(as_table())
        self._unsubscribe = logic.on_changed(self._changed)
        self.refresh(_EVERYTHING)

    @property
    def case(self) -> SceneCase | None:
        """The case that is shown, None where the scene has none."""
        return self._case if self._case is not None and not self._case.closed else None

    @property
    def rows_shown(self) -> tuple[int, int, int]:
        """Number of landmarks, angles and deformities in the tables."""
        return self.review.rows, self._angles.rows, self._diagnoses.rows

    def needed_case(self) -> SceneCase:
        """Return the case that is shown, a new one where the scene has none."""
        return self.case or self.new_case()

    def new_case(self, name: str = "Foot") -> SceneCase:
        """Add a case to the scene and show it."""
        case = self.logic.new_case(name)
        self.show_case(case)
        self.case_panel.take_reader()
        return case

    def show_case(self, case: SceneCase) -> None:
        """Turn to a case: its images come into the two views."""
        if case is not self._case:
            self._case = case
            self._show_in_views()
            self.refresh_soon(*_EVERYTHING)

    def enter(self, window: Any) -> None:
        """The module is opened: its layout and its keys come with it."""
        self._entered = True
        self.views.show()
        self._show_in_views()
        self._shortcuts.activate(window)
        self.refresh(_EVERYTHING)
        self._tell_problems()

    def exit(self) -> None:
        """Another module is opened: its keys are its own."""
        self._entered = False
        self._shortcuts.deactivate()
        self._placement.stop()
        self._magnifier.hide()

    def close(self) -> None:
        """Let go of everything, for a reload or when Slicer ends. A second call does nothing."""
        if not self._open:
            return
        self._open = False
        self._unsubscribe()
        self.worklist.save()
        self.exit()
        self.logic.close()
        self.scheduler.stop()
        self.inputs.close()
        self._magnifier.close()

    def refresh_soon(self, *kinds: str) -> None:
        """Show what changed with the next frame."""
        if not self._pending:
            self.scheduler.frame(self._refresh_pending)
        self._pending.update(kinds)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show what changed now."""
        for panel in self._panels:
            panel.refresh(kinds)
        if kinds & {"points", "facts", "volumes", "cases", "closed"}:
            case = self.case
            self._angles.show(angle_rows(case.case) if case is not None else ())
            self._diagnoses.show(diagnosis_rows(case.case) if case is not None else ())

    def _changed(self, change: Change) -> None:
        if change.kind in ("cases", "closed"):
            cases = self.logic.cases
            if self.case is None or self.case not in cases:
                self._case = cases[0] if cases else None
                self.inverted = False
                self._show_in_views()
            if change.kind == "closed" and self._entered:
                self.scheduler.frame(self._show_layout_again)
            self.refresh_soon(*_EVERYTHING, "closed")
        elif change.case is self._case or change.kind == "detection":
            self._magnifier.follow(change)
            self.refresh_soon(change.kind)

    def _refresh_pending(self) -> None:
        kinds = frozenset(self._pending)
        self._pending.clear()
        if self._open:
            self.refresh(kinds)
            if self._entered:
                self._tell_problems()

    def _tell_problems(self) -> None:
        """Say once which cases of a loaded scene cannot be used."""
        problems, self.logic.problems[:] = "\n".join(self.logic.problems), ()
        if problems:
            slicer.util.warningDisplay(problems, windowTitle=_("Foot Deformity"))

    def _show_layout_again(self) -> None:
        """Slicer goes back to its default layout when the scene is closed."""
        if self._open and self._entered and not slicer.mrmlScene.IsClosing():
            self.views.show()
            self._show_in_views()

    def _show_in_views(self) -> None:
        case = self.case
        if case is None:
            return
        for view in VIEWS:
            slice_node = self.views.slice_node(view)
            if slice_node is not None:
                case.show_in(view, slice_node)
