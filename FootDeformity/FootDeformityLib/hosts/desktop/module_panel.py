"""The module's panel: the reading room, or, while packages for it are missing, how to get them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.first_use import slicers_first_use
from FootDeformityLib.hosts.desktop.python_slicer import python_slicer

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
    from FootDeformityLib.network.worker import DetectorWorker

#: only the detector's own process needs them
DETECTOR_ONLY = ("torch", "safetensors")


class ModulePanel:
    """ui: the widgets of FootDeformity.ui by name. root: the widget that holds them all. requirements: see FirstUse."""

    def __init__(self, ui: Any, root: Any, requirements: Path) -> None:
        self._ui, self._root = ui, root
        self.first_use = slicers_first_use(requirements)
        self.room: ReadingRoom | None = None
        self._worker: DetectorWorker | None = None
        ui.installButton.connect("clicked()", self.install)
        self._open_room()

    def install(self) -> None:
        """Install what is missing, after asking, then open the room."""
        if self.first_use.ensure():
            self._open_room()
            self.enter()

    def enter(self) -> None:
        """The module is opened."""
        if self.room is not None:
            self.room.enter(slicer.util.mainWindow() or self._root)

    def exit(self) -> None:
        """Another module is opened."""
        if self.room is not None:
            self.room.exit()

    def close(self) -> None:
        """The module goes away: reload, or the end of Slicer."""
        room, self.room = self.room, None
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
        if room is not None:
            room.close()
        if worker is not None:
            worker.close()

    def _open_room(self) -> None:
        missing = self.first_use.missing(but=DETECTOR_ONLY)
        if self.room is None and not missing:
            self.room = self._new_room()
        text = _("The reading room needs Python packages that this Slicer does not have: {packages}.")
        self._ui.installLabel.setText(text.format(packages=", ".join(missing)))
        for name, widget in vars(self._ui).items():
            if name in ("installLabel", "installButton"):
                widget.setVisible(bool(missing))
            elif name.endswith("Section") or name in ("reviewBadgeLabel", "detectButton", "cancelButton"):
                widget.setVisible(not missing)
        if missing:
            for name in ("progressBar", "statusLabel", "warningsLabel"):
                getattr(self._ui, name).setVisible(False)
        elif self.room is not None:
            self.room.refresh(frozenset({"points", "cases"}))

    def _new_room(self) -> ReadingRoom:
        # not before everything that these modules import is there
        from FootDeformityLib.hosts.desktop.qt_scheduler import QtScheduler
        from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom
        from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
        from FootDeformityLib.network.worker import DetectorWorker
        from FootDeformityLib.radiographs.decoder_process import DecoderProcess, decode_elsewhere

        decode_elsewhere(DecoderProcess(python_slicer(), self.first_use.apart))
        scheduler = QtScheduler()
        self._worker = DetectorWorker(python=python_slicer())
        logic = ReadingLogic(slicer.mrmlScene, self._worker, scheduler)
        logging.info("FootDeformity: %d cases in the scene", len(logic.cases))
        return ReadingRoom(self._ui, logic, scheduler, self.first_use)
