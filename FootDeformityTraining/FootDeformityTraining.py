"""Foot deformity training: from annotated radiographs to a model that Foot Deformity uses, in 3D Slicer."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

#: what a reload forgets; the rest of FootDeformityLib belongs to the module Foot Deformity
_LIBRARIES = ("FootDeformityTrainingLib", "FootDeformityLib.hosts.desktop.training")


class FootDeformityTraining(ScriptedLoadableModule):
    """What Slicer lists about the module."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Foot Deformity Training")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        self.parent.dependencies = ["FootDeformity"]
        self.parent.contributors = ["The FootDeformity developers"]
        self.parent.helpText = _(
            "Trains networks that find landmarks on foot radiographs from images and points of this Slicer.<br><br>"
            "Add a folder of annotated radiographs, for example the one that <b>Add to training set</b> of the module "
            "Foot Deformity fills. Check the data, start the training, watch loss and error, install the model: Foot "
            "Deformity then detects with it. The training runs in a process of its own. It can be cancelled and "
            "resumed, also after Slicer was closed.<br><br><b>Not a medical device.</b> Evaluate a new model on "
            "patients that it was not trained on before you use it."
        )
        self.parent.acknowledgementText = _(
            "HIH (heatmap in heatmap) and FlatNet follow Lee SJ, Yoon H, et al., Yonsei Med J 2025;66(8):491-501, doi "
            "10.3349/ymj.2024.0246."
        )


class FootDeformityTrainingWidget(ScriptedLoadableModuleWidget):
    """Gives the panels to Slicer, and Slicer's events to the panels."""

    def __init__(self, parent: Any = None) -> None:
        self.room: Any = None
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self) -> None:
        """Build the panels; called when the module is opened for the first time, and after a reload."""
        ScriptedLoadableModuleWidget.setup(self)
        from FootDeformityLib.hosts.desktop.training.training_room import TrainingRoom

        root = slicer.util.loadUI(self.resourcePath("UI/FootDeformityTraining.ui"))
        root.setMRMLScene(slicer.mrmlScene)
        self.layout.addWidget(root)
        self.ui = slicer.util.childWidgetVariables(root)
        self.room = TrainingRoom(self.ui, Path(self.resourcePath("UI")).parent)

    def enter(self) -> None:
        """The module is opened."""
        if self.room is not None:
            self.room.enter()

    def cleanup(self) -> None:
        """The panels go away: reload, or the end of Slicer. A training ends and can be resumed."""
        if self.room is not None:
            self.room.close()
            self.room = None

    def onReload(self) -> None:
        """Let go of everything, forget the library, then reload as Slicer does."""
        self.cleanup()
        for name in [name for name in sys.modules if name.startswith(_LIBRARIES)]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)


class FootDeformityTrainingLogic(ScriptedLoadableModuleLogic):
    """Trainings for scripts: a run folder and its process. Everything else is the command line's."""

    def process(self, folder: Path) -> Any:
        """Return the TrainingProcess of a run folder: its progress, and resuming it."""
        from FootDeformityLib.hosts.desktop.python_slicer import python_slicer
        from FootDeformityLib.hosts.desktop.training.run_list import read_run

        return read_run(folder).process(python_slicer())


class FootDeformityTrainingTest(ScriptedLoadableModuleTest):
    """Self-test. Installs nothing: what is not there is not tested, and named in the log."""

    def setUp(self) -> None:
        """Begin with an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self) -> None:
        """Run every test."""
        for test in (self.test_curves, self.test_runs, self.test_child):
            self.setUp()
            test()
        slicer.mrmlScene.Clear()
        self.delayDisplay(_("FootDeformityTraining: all tests passed"))

    def test_curves(self) -> None:
        """The rows of a log become two charts that hold the validated epochs only, and go away again."""
        from FootDeformityLib.hosts.desktop.training.training_plots import TrainingPlots

        plots = TrainingPlots(slicer.mrmlScene)
        rows = [{"epoch": "1", "loss": "2e-2", "nme": ""}, {"epoch": "2", "loss": "1e-2", "nme": "0.0075"}]
        plots.show("self-test", rows)
        charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
        points = {chart.GetYAxisTitle(): chart.GetNthPlotSeriesNode(0).GetTableNode() for chart in charts}
        self.assertEqual({name: table.GetNumberOfRows() for name, table in points.items()},
                         {_("Training loss"): 2, _("NME x 1000"): 1})  # fmt: skip
        self.assertAlmostEqual(points[_("NME x 1000")].GetTable().GetValue(0, 1).ToDouble(), 7.5)
        plots.close()
        self.assertEqual(len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")), 0)

    def test_runs(self) -> None:
        """A folder without runs is listed as such."""
        from FootDeformityLib.hosts.desktop.training.run_list import find_runs

        self.assertEqual(find_runs(Path(slicer.app.temporaryPath) / "no-such-folder"), ())

    def test_child(self) -> None:
        """A command runs in a process of Slicer's Python that finds the library."""
        from FootDeformityLib.hosts.desktop.python_slicer import python_slicer
        from FootDeformityLib.hosts.desktop.training.child_command import ChildCommand

        output = Path(slicer.app.temporaryPath) / "foot_training_self_test.txt"
        command = ChildCommand(["--version"], output, python_slicer())
        end = time.monotonic() + 60
        while command.state == "running" and time.monotonic() < end:
            slicer.app.processEvents()
            time.sleep(0.05)
        logging.info("FootDeformityTrainingTest: %s", command.lines)
        self.assertEqual(command.state, "done", command.reason)
        self.assertTrue(command.lines[-1].startswith("footdeformity "))
        output.unlink()
