"""The panels of the training module together: what they share, and the timer that keeps them up to date."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import qt
import slicer

import FootDeformityLib
from FootDeformityLib.hosts.desktop.first_use import FirstUse
from FootDeformityLib.hosts.desktop.python_slicer import python_slicer
from FootDeformityLib.hosts.desktop.training.chore import ChoreDesk
from FootDeformityLib.hosts.desktop.training.data_panel import DataPanel
from FootDeformityLib.hosts.desktop.training.models_panel import ModelsPanel
from FootDeformityLib.hosts.desktop.training.order_panel import OrderPanel
from FootDeformityLib.hosts.desktop.training.runs_panel import RunsPanel
from FootDeformityLib.hosts.desktop.training.training_plots import TrainingPlots

_RUNS_FOLDER = "FootDeformityTraining/RunsFolder"
_TICK_MS = 500


class TrainingRoom:
    """ui: the widgets of FootDeformityTraining.ui by name. resources: folder of the lists of needed packages."""

    def __init__(self, ui: Any, resources: Path) -> None:
        self._ui = ui
        self._temporary = tempfile.TemporaryDirectory(prefix="foot-training-")
        self.scratch = Path(self._temporary.name)
        self.python = python_slicer()
        wheels = Path(slicer.app.slicerUserSettingsFilePath).parent / "FootDeformity-wheels"
        # of the module Foot Deformity: beside the library, in a checkout and in an installed Slicer alike
        own = Path(FootDeformityLib.__path__[0]).resolve().parent / "Resources" / "requirements.txt"
        files = {"": own} | {name: resources / f"requirements_{name}.txt" for name in ("evaluation", "flatnet")}
        self._first_use = {name: FirstUse(file, wheels) for name, file in files.items()}
        known = slicer.util.settingsValue(_RUNS_FOLDER, "")
        self.runs_folder = Path(known) if known else Path.home() / "FootDeformity" / "runs"
        self.plots = TrainingPlots(slicer.mrmlScene)
        self.packages = self._first_use[""].apart
        self.chores = ChoreDesk(ui, self.scratch, self.python, self.packages)
        self._timer = qt.QTimer()
        self._open = True
        # panels ask each other when something changes, so each is there before the first is shown
        self.runs = RunsPanel(ui, self)
        self.data = DataPanel(ui, self)
        self.models = ModelsPanel(ui, self)
        self.order = OrderPanel(ui, self)
        self.runs.list_runs()
        self.models.view_changed()
        self._timer.setInterval(_TICK_MS)
        self._timer.connect("timeout()", self._tick)
        self._timer.start()

    def ensure_packages(self, evaluation: bool = False, flatnet: bool = False) -> bool:
        """Return whether what is needed is installed; asks and installs where it is not."""
        wanted = ["", *(["evaluation"] if evaluation else []), *(["flatnet"] if flatnet else [])]
        return all(self._first_use[name].ensure() for name in wanted)

    def set_runs_folder(self, folder: Path) -> None:
        """Keep the runs in another folder from now on."""
        self.runs_folder = folder
        slicer.app.userSettings().setValue(_RUNS_FOLDER, str(folder))
        self.runs.list_runs()
        self.view_changed()

    def view_changed(self) -> None:
        """Tell the panels that another view is chosen, or that runs or models have changed."""
        self.order.view_changed()
        self.models.view_changed()

    def refresh(self) -> None:
        """Tell the panels that something began or ended."""
        self.data.refresh()
        self.order.refresh()
        self.models.refresh()

    def enter(self) -> None:
        """The module is opened; other modules may have changed models meanwhile."""
        self.runs.list_runs()
        self.view_changed()
        if self.runs.training:
            self.plots.show_layout()

    def close(self) -> None:
        """End what runs and let go of everything. What was trained can be resumed. A second call does nothing."""
        if not self._open:
            return
        self._open = False
        self._timer.stop()
        self._timer.disconnect("timeout()", self._tick)
        self.runs.close()
        self.chores.close()
        self.plots.close()
        self._temporary.cleanup()

    def _tick(self) -> None:
        busy = self.chores.busy
        self.chores.tick()
        self.runs.tick()
        if busy != self.chores.busy:
            self.refresh()
            self.runs.show()
