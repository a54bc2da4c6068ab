"""Foot deformity: landmarks, angles and deformities on weight-bearing foot radiographs, in 3D Slicer."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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

_FOLDER = Path(__file__).resolve().parent
_REQUIREMENTS = _FOLDER / "Resources" / "requirements.txt"
_LIBRARY = "FootDeformityLib"
_SAMPLES = ("normal_ap.dcm", "normal_lateral.dcm")


class FootDeformity(ScriptedLoadableModule):
    """What Slicer lists about the module."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Foot Deformity")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        self.parent.dependencies = []
        self.parent.contributors = ["The FootDeformity developers"]
        self.parent.helpText = _(
            "Finds 27 landmarks on a weight-bearing AP and a lateral foot radiograph, measures seven angles and says "
            "which of five deformities they meet: pes planus, pes cavus, hindfoot valgus, forefoot abduction, hallux "
            "valgus.<br><br>Choose or open the images, press <b>Detect landmarks</b>, then look at every point: drag "
            "those that are wrong, confirm the others. Angles and deformities follow. Hold the mouse over a row for "
            "rule and source.<br><br><b>Not a medical device.</b> Research software, not for diagnosis or treatment."
        )
        self.parent.acknowledgementText = _(
            "The landmarks, angles and the network (heatmap in heatmap) follow Lee SJ, Yoon H, et al., Yonsei Med J "
            "2025;66(8):491-501, doi 10.3349/ymj.2024.0246. The shipped models were trained on FracAtlas (Abedeen et "
            "al., Sci Data 2023) and Pesplanus (Roboflow user pesplanus-ea7jl), both CC BY 4.0."
        )
        slicer.app.connect("startupCompleted()", at_startup)


def at_startup() -> None:
    """Make known to Slicer what it may be asked for before the module is opened."""
    from FootDeformityLib.hosts.desktop.two_views import make_layout_known

    make_layout_known()
    register_sample_data()


def register_sample_data() -> None:
    """Offer the simulated pair in Slicer's Sample Data module."""
    import SampleData

    from FootDeformityLib.resources import resource_path

    files = [resource_path("Samples", name) for name in _SAMPLES]
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category="Foot Deformity",
        sampleName="FootDeformitySample",
        thumbnailFileName=str(_FOLDER / "Resources" / "Icons" / "FootDeformitySample.png"),
        uris=[file.as_uri() for file in files],
        fileNames=[file.name for file in files],
        nodeNames=[file.stem for file in files],
        customDownloader=lambda source: open_sample(),
    )


def open_sample() -> list[Any]:
    """Open the sample pair as a new case in the module; return its volume nodes."""
    slicer.util.selectModule("FootDeformity")
    return list(slicer.modules.FootDeformityWidget.open_sample())


class FootDeformityWidget(ScriptedLoadableModuleWidget):
    """Gives the panel to Slicer, and Slicer's events to the panel."""

    def __init__(self, parent: Any = None) -> None:
        self.panel: Any = None
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self) -> None:
        """Build the panel; called when the module is opened for the first time, and after a reload."""
        ScriptedLoadableModuleWidget.setup(self)
        from FootDeformityLib.hosts.desktop.module_panel import ModulePanel

        root = slicer.util.loadUI(self.resourcePath("UI/FootDeformity.ui"))
        root.setMRMLScene(slicer.mrmlScene)
        self.layout.addWidget(root)
        ui = slicer.util.childWidgetVariables(root)
        self.panel = ModulePanel(ui, root, _REQUIREMENTS)
        if self.parent.isEntered:  # after a reload Slicer does not say it again
            self.panel.enter()

    def enter(self) -> None:
        """The module is opened."""
        if self.panel is not None:
            self.panel.enter()

    def exit(self) -> None:
        """Another module is opened."""
        if self.panel is not None:
            self.panel.exit()

    def cleanup(self) -> None:
        """The panel goes away: reload, or the end of Slicer."""
        if self.panel is not None:
            self.panel.close()
            self.panel = None

    def onReload(self) -> None:
        """Let go of everything, forget the library, then reload as Slicer does."""
        self.cleanup()
        for name in [name for name in sys.modules if name.partition(".")[0] == _LIBRARY]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)

    def open_sample(self) -> list[Any]:
        """Open the simulated pair as a new case; return its volumes, none while packages are missing."""
        from FootDeformityLib.resources import resource_path

        room = self.panel.room
        if room is None:
            return []
        case = room.new_case("Sample")
        return [case.load_image(resource_path("Samples", name), None) for name in _SAMPLES]


class FootDeformityLogic(ScriptedLoadableModuleLogic):
    """The cases of Slicer's scene for scripts: everything is in ``reading``, a FootDeformityLib ReadingLogic."""

    def __init__(self, scene: Any = None) -> None:
        ScriptedLoadableModuleLogic.__init__(self)
        from FootDeformityLib.hosts.desktop.first_use import slicers_first_use
        from FootDeformityLib.hosts.desktop.python_slicer import python_slicer
        from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
        from FootDeformityLib.network.worker import DetectorWorker
        from FootDeformityLib.radiographs.decoder_process import DecoderProcess, decode_elsewhere

        decode_elsewhere(DecoderProcess(python_slicer(), slicers_first_use(_REQUIREMENTS).apart))
        self.worker = DetectorWorker(python=python_slicer())
        self.reading = ReadingLogic(scene or slicer.mrmlScene, self.worker)

    def close(self) -> None:
        """Let go of the scene and end the detector."""
        self.reading.close()
        self.worker.kill()
        self.worker.close()


class FootDeformityTest(ScriptedLoadableModuleTest):
    """Self-test on the simulated pair. Installs nothing: what is not there is not tested, and named in the log."""

    def setUp(self) -> None:
        """Begin with an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self) -> None:
        """Run every test."""
        from FootDeformityLib.hosts.desktop.first_use import slicers_first_use
        from FootDeformityLib.hosts.desktop.module_panel import DETECTOR_ONLY

        first_use = slicers_first_use(_REQUIREMENTS)
        tests = [self.test_sample_is_read, self.test_points_decide, self.test_network_detects, self.test_panel]
        if first_use.missing():
            tests.remove(self.test_network_detects)
        if first_use.missing(but=DETECTOR_ONLY):
            tests.clear()
        for test in tests:
            self.setUp()
            test()
        if tests:
            slicer.mrmlScene.Clear()
        missing = ", ".join(first_use.missing())
        if missing:
            logging.warning("FootDeformityTest: only %d of 4 tests were run, missing: %s", len(tests), missing)
            self.delayDisplay(_("Not all is tested: press Detect in the module once to install what is missing."))
        else:
            self.delayDisplay(_("FootDeformity: all tests passed"))

    def test_sample_is_read(self) -> None:
        """Both images are read with what their tags say."""
        with self._sample() as case:
            self.assertEqual(set(case.case.views), {"AP", "lateral"})
            facts = case.case.facts
            self.assertEqual((facts.side, facts.age_years, facts.weight_bearing), ("right", 34.0, "yes"))

    def test_points_decide(self) -> None:
        """A point that moves in the scene changes the angle, undo brings it back."""
        with self._sample() as case:
            place_mean_shape(case)
            before = case.case.measurements.angles["hallux_abductus"].value
            node, position = case.markups("AP"), [0.0, 0.0, 0.0]
            node.GetNthControlPointPosition(0, position)
            node.SetNthControlPointPosition(0, position[0] + 5.0, position[1], position[2])
            self.assertGreater(abs(case.case.measurements.angles["hallux_abductus"].value - before), 0.5)
            case.undo()
            self.assertAlmostEqual(case.case.measurements.angles["hallux_abductus"].value, before, places=6)

    def test_network_detects(self) -> None:
        """The detector's process finds all landmarks of both views, and every angle is measured."""
        with self._sample() as case:
            job = case.detect()
            end = time.monotonic() + 180
            while job.state == "running" and time.monotonic() < end:
                job.wait(0.05)
                self.logic.reading.scheduler.flush()
                slicer.app.processEvents()
            self.assertEqual((job.state, job.error), ("done", ""))
            found = case.case
            self.assertTrue(all(state.xy_px for view in found.views.values() for state in view.landmarks.values()))
            self.assertTrue(all(angle.value is not None for angle in found.measurements.angles.values()))

    def test_panel(self) -> None:
        """The panel shows the sample, and survives the scene being closed and a reload."""
        if slicer.util.mainWindow() is None:
            return
        open_sample()
        widget = slicer.modules.FootDeformityWidget
        place_mean_shape(widget.panel.room.case)
        self._wait(0.5)
        self.assertEqual(widget.panel.room.rows_shown, (27, 7, 5))
        slicer.mrmlScene.Clear()
        self._wait(0.5)
        self.assertEqual(widget.panel.room.rows_shown, (0, 0, 0))
        widget.onReload()
        self._wait(0.5)

    @contextmanager
    def _sample(self) -> Iterator[Any]:
        from FootDeformityLib.resources import resource_path

        self.logic = FootDeformityLogic()
        try:
            case = self.logic.reading.new_case("Self-test")
            for name in _SAMPLES:
                case.load_image(resource_path("Samples", name))
            yield case
        finally:
            self.logic.close()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            slicer.app.processEvents()
            time.sleep(0.01)


def place_mean_shape(case: Any) -> None:
    """Place every landmark of a case by hand where feet have it on average: no network needed."""
    from FootDeformityLib.resources import shipped_model

    for view, content in case.case.views.items():
        shape = json.loads((shipped_model(view) / "model.json").read_text(encoding="utf-8"))["mean_shape"]
        xs, ys = zip(*shape, strict=True)
        scale = 0.7 * min(content.image.width / (max(xs) - min(xs)), content.image.height / (max(ys) - min(ys)))
        with case.one_step():
            for name, (x, y) in zip(content.landmarks, shape, strict=True):
                across = 0.15 * content.image.width + scale * (x - min(xs))
                case.move(view, name, (across, 0.15 * content.image.height + scale * (y - min(ys))))
