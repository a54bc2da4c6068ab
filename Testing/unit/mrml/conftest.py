"""Real MRML through slicer-core: a scene, and slice views with their real displayable managers, without a screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("slicer", reason="needs slicer-core")
pytest.importorskip("trame_slicer", reason="needs trame-slicer, whose SlicerApp supplies the scene")

from trame_slicer.core import SlicerApp
from trame_slicer.views import SliceView

from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.hosts.mrml.scene_case import SceneCase
from FootDeformityLib.hosts.mrml.scheduler import ManualScheduler
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.view_opinion import KINDS, ViewOpinion
from FootDeformityLib.network.worker import DetectionCancelled
from FootDeformityLib.radiographs.radiograph import Radiograph


@pytest.fixture(scope="session")
def samples() -> Path:
    """The radiographs that come with the project."""
    return Path(__file__).resolve().parents[3] / "Resources" / "Samples"


class NoRendering:
    """Leaves rendering to the test."""

    def set_abstract_view(self, view: Any) -> None: ...
    def schedule_render(self) -> None: ...
    def did_render(self) -> None: ...


@pytest.fixture(scope="session")
def app() -> SlicerApp:
    """One application a process, as in Slicer: displayable managers know only one."""
    return SlicerApp()


@pytest.fixture(scope="session")
def _slice_views(app: SlicerApp) -> dict[str, SliceView]:
    views = {}
    for name, size in (("AP", (500, 700)), ("lateral", (700, 500))):
        view = SliceView(app.scene, app.app_logic, name, NoRendering())
        view.render_window().SetMultiSamples(0)
        view.render_window().SetSize(*size)
        view.update_size(*size)
        view._update_slice_size()
        views[name] = view
    return views


@pytest.fixture
def scene(app: SlicerApp) -> Iterator[Any]:
    yield app.scene
    app.scene.Clear(0)


@pytest.fixture
def slice_views(scene: Any, _slice_views: dict[str, SliceView]) -> dict[str, SliceView]:
    return _slice_views


@dataclass
class FakeWorker:
    """Answers like the detector's process, at once or when it is let go; ``kill`` ends an answer that waits."""

    points: dict[str, np.ndarray]
    wait: Callable[[], None] = lambda: None
    error: Exception | None = None
    killed: bool = False
    shown: dict[str, float] = field(default_factory=lambda: dict(zip(KINDS, (0.5, 0.5, 0.0, 0.0, 0.0), strict=True)))
    asked: list[tuple[str, Radiograph]] = field(default_factory=list)

    def detect(self, radiograph: Radiograph, view: str, progress: Callable[[float, str], None]) -> Detection:
        self.asked.append((view, radiograph))
        self.killed = False
        progress(0.5, "looking closely")
        self.wait()
        if self.killed:
            raise DetectionCancelled
        if self.error is not None:
            raise self.error
        count = len(self.points[view])
        confidence = np.full(count, 0.95)
        confidence[2] = 0.2
        return Detection(view, self.points[view].copy(), confidence, np.full(count, 0.01), f"fake-{view} 0123456789ab")

    def recognise(self, radiograph: Radiograph) -> ViewOpinion:
        return ViewOpinion(self.shown, refuse_below=0.3, sure_from=0.7)

    def kill(self) -> None:
        self.killed = True

    def close(self) -> None: ...


@pytest.fixture
def worker(foot_points: dict[str, np.ndarray]) -> FakeWorker:
    return FakeWorker(foot_points)


@pytest.fixture
def logic(scene: Any, worker: FakeWorker) -> Iterator[ReadingLogic]:
    reading = ReadingLogic(scene, worker, ManualScheduler())
    yield reading
    reading.close()


@pytest.fixture
def flush(logic: ReadingLogic) -> Callable[[], None]:
    """Let the next frame, and what waits for the main thread, happen."""
    return logic.scheduler.flush


@pytest.fixture
def changes(logic: ReadingLogic) -> list[Change]:
    """Everything that the hosts are told."""
    told: list[Change] = []
    logic.on_changed(told.append)
    return told


@pytest.fixture
def detect(flush: Callable[[], None]) -> Callable[[SceneCase], DetectionJob]:
    """Return a function that runs a case's detection to its end."""

    def run(case: SceneCase) -> DetectionJob:
        job = case.detect()
        assert job.wait(30)
        flush()
        return job

    return run


@pytest.fixture
def detected(
    logic: ReadingLogic, foot_images: dict[str, Path], detect: Callable[[SceneCase], DetectionJob]
) -> SceneCase:
    """The example foot, both views, as the network placed it."""
    case = logic.new_case("Example")
    for view, path in foot_images.items():
        case.load_image(path, view)
    detect(case)
    return case


@dataclass
class Mouse:
    """Moves, presses and releases over a slice view, through Slicer's own interactor style."""

    view: SliceView

    def at(self, ras: Any) -> tuple[int, int]:
        """Pixel of the view under which a RAS position lies, from the lower left."""
        node = self.view.get_view_node()
        to_xy = node.GetXYToRAS().NewInstance()
        to_xy.DeepCopy(node.GetXYToRAS())
        to_xy.Invert()
        x, y, _, _ = to_xy.MultiplyPoint((*ras, 1.0))
        return round(x), round(y)

    def event(self, name: str, xy: tuple[int, int]) -> None:
        interactor = self.view.interactor()
        interactor.SetEventInformation(*xy, 0, 0, "\0", 0, None)
        interactor.InvokeEvent(name)

    def drag(self, start: tuple[int, int], end: tuple[int, int], release: bool = True) -> None:
        steps = max(2, math.ceil(math.dist(start, end) / 3))
        self.event("MouseMoveEvent", start)
        self.event("LeftButtonPressEvent", start)
        for k in range(1, steps + 1):
            self.event("MouseMoveEvent", tuple(round(a + (b - a) * k / steps) for a, b in zip(start, end, strict=True)))
        if release:
            self.event("LeftButtonReleaseEvent", end)


@pytest.fixture
def mouse(slice_views: dict[str, SliceView]) -> Callable[[str], Mouse]:
    """Return a function that gives the mouse over a slice view."""
    return lambda view: Mouse(slice_views[view])


@pytest.fixture
def picture() -> Callable[[SliceView], np.ndarray]:
    """Return a function that renders a view and returns its pixels (H, W, 3)."""
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    def take(view: SliceView) -> np.ndarray:
        view.render_window().Render()
        grab = vtk.vtkWindowToImageFilter()
        grab.SetInput(view.render_window())
        grab.ReadFrontBufferOff()
        grab.Update()
        image = grab.GetOutput()
        wide, high, _ = image.GetDimensions()
        return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(high, wide, -1)[::-1, :, :3].copy()

    return take
