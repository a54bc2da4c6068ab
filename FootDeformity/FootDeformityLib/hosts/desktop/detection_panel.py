"""Detect with progress and Cancel, and what must be known before the numbers are used."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.hosts.desktop.messages import attempt

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
    from FootDeformityLib.hosts.mrml.detection_job import DetectionJob
    from FootDeformityLib.hosts.mrml.scene_case import SceneCase

_BADGE = "padding: 5px; border-radius: 3px; font-weight: bold; color: white; background: "
_AMBER, _GREEN = "#b45309", "#2e7d32"


class DetectionPanel:
    """The Detect button and its progress, the badge of the review state and the warnings of the case."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._ui, self._room = ui, room
        ui.detectButton.connect("clicked()", self.detect)
        ui.cancelButton.connect("clicked()", self.cancel)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show what the detection does and what the case warns of."""
        self._show_job()
        if kinds - {"selection", "history", "display", "detection"}:
            self._show_badge()
            self._show_warnings()

    def detect(self) -> None:
        """Look for the landmarks of all images of the case."""
        case = self._room.case
        if case is None or self._running() or not self._room.first_use.ensure():
            return
        edited = any(state.state in ("moved", "confirmed") for view in case.case.views.values()
                     for state in view.landmarks.values())  # fmt: skip
        question = _("Points of this case were placed or confirmed by a person. Let the network place them anew?")
        refused = case.refused
        if edited and not slicer.util.confirmOkCancelDisplay(question, windowTitle=_("Foot Deformity")):
            return
        attempt(partial(case.detect, refused or None, any_image=bool(refused)))
        self._show_job()

    def cancel(self) -> None:
        """Stop the detection at once."""
        job = self._room.logic.job
        if job is not None:
            job.cancel()
        self._show_job()

    def _running(self) -> bool:
        job = self._room.logic.job
        return job is not None and job.state == "running"

    def _show_job(self) -> None:
        ui, case, job, running = self._ui, self._room.case, self._room.logic.job, self._running()
        self._room.scheduler.watch(running)
        has_image = case is not None and bool(case.case.views)
        ui.detectButton.setEnabled(has_image and not running and not (case is not None and case.blinded))
        refused = case is not None and bool(case.refused)
        ui.detectButton.setText(_("Detect anyway") if refused else _("&Detect landmarks"))
        ui.cancelButton.setEnabled(running)
        ui.progressBar.setVisible(running)
        if running and job is not None:
            ui.progressBar.setValue(round(1000 * job.part))
            ui.statusLabel.setText(job.word)
        else:
            ui.statusLabel.setText(_status(job, case))
        ui.statusLabel.setVisible(bool(ui.statusLabel.text))

    def _show_badge(self) -> None:
        label, case = self._ui.reviewBadgeLabel, self._room.case
        views = case.case.views.values() if case is not None else ()
        placed = any(state.xy_px is not None for view in views for state in view.landmarks.values())
        label.setVisible(placed)
        if case is None or not placed:
            return
        left = sum(not state.reviewed for view in views for state in view.landmarks.values())
        label.setText(
            _("AI, not reviewed: {count} points to look at").format(count=left) if left else _("Every point reviewed")
        )
        label.setStyleSheet(_BADGE + (_AMBER if left else _GREEN))

    def _show_warnings(self) -> None:
        case, label = self._room.case, self._ui.warningsLabel
        texts = (*_initials(case), *case.exam.warnings, *case_warnings(case.case)) if case is not None else ()
        label.setText("".join(f"<p style='margin: 2px 0'>⚠ {escape(text)}</p>" for text in texts))
        label.setVisible(bool(texts))


def _initials(case: SceneCase) -> tuple[str, ...]:
    """Ask for the reader's initials from the first edit on; a dialog would stop a drag, and every script."""
    states = [state for view in case.case.views.values() for state in view.landmarks.values()]
    unsigned = not case.reader and any(state.edited_at and not state.reader for state in states)
    return (str(_("Who are you? Type your initials under Reader: edits keep them.")),) if unsigned else ()


def _status(job: DetectionJob | None, case: SceneCase | None) -> str:
    """What the last detection said; nothing of images that it refused and that are no longer there."""
    if case is None or not case.case.views:
        return str(_("Choose or open an AP or a lateral image to begin."))
    if job is None or (job.refused and not case.refused):
        return ""
    return str(_("Detection cancelled.")) if job.state == "cancelled" else job.error
