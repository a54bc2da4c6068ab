"""All cases of one scene, for every host: the desktop module, the browser and scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import slicer
import vtk

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.change import Change, Listener, Listeners
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob, Progress
from FootDeformityLib.hosts.mrml.observations import Observations
from FootDeformityLib.hosts.mrml.scene_case import SceneCase
from FootDeformityLib.hosts.mrml.scheduler import ManualScheduler, Scheduler
from FootDeformityLib.hosts.mrml.stored_case import case_nodes, new_case_node, read_stored
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph


class ReadingLogic:
    """Follows a scene: cases come with loaded scenes and go with closed ones.

    worker: detects landmarks; None = one of its own, closed with this logic. scheduler: the host's event loop; None = a
    ManualScheduler, which scripts flush. draws: points, axes and angles are seen in the slice views; False for a host
    that draws them itself. problems: texts for the user about cases of a loaded scene that cannot be used. All methods
    are called on the main thread.
    """

    def __init__(
        self,
        scene: Any,
        worker: DetectorWorker | None = None,
        scheduler: Scheduler | None = None,
        draws: bool = True,
    ) -> None:
        self.scene, self.draws = scene, draws
        self.scheduler: Scheduler = scheduler or ManualScheduler()
        self.problems: list[str] = []
        self._cases: list[SceneCase] = []
        self._worker, self._own_worker = worker or DetectorWorker(), worker is None
        self._job: DetectionJob | None = None
        self._job_of: SceneCase | None = None
        self._listeners = Listeners()
        self._observers = Observations()
        events = slicer.vtkMRMLScene
        self._observers.add(scene, (events.StartCloseEvent,), lambda *_: self._let_go())
        self._observers.add(scene, (events.EndCloseEvent,), lambda *_: self.tell(Change("closed")))
        self._observers.add(scene, (events.EndImportEvent, events.EndRestoreEvent), lambda *_: self._find_cases())
        self._observers.add(scene, (events.NodeRemovedEvent,), _with_node(self._node_removed))
        self._find_cases()

    @property
    def cases(self) -> tuple[SceneCase, ...]:
        """The cases of the scene, in the order in which they came."""
        return tuple(self._cases)

    @property
    def job(self) -> DetectionJob | None:
        """The detection that is running, or the last one."""
        return self._job

    def on_changed(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; return the function that ends this.

        It is called at once, with every mouse move of a drag: what takes long is for ``scheduler.frame``.
        """
        return self._listeners.add(listener)

    def new_case(self, name: str = "Foot") -> SceneCase:
        """Add a case of one foot without images to the scene."""
        case = SceneCase(self, new_case_node(self.scene, name))
        case.save_into_node()
        self._cases.append(case)
        self.tell(Change("cases", case))
        return case

    def remove_case(self, case: SceneCase) -> None:
        """Take a case and its point lists out of the scene; the images stay."""
        if case in self._cases:
            if self._job is not None and self._job_of is case:
                self._job.cancel()
            self._cases.remove(case)
            case.close(remove_nodes=True)
            self.tell(Change("cases", case))

    def close(self) -> None:
        """Let go of the scene, which stays as it is, and end the detector."""
        for case in self._cases:
            case.save_into_node()
        self._observers.clear()
        self._let_go()
        if self._own_worker:
            self._worker.kill()
            self._worker.close()

    def tell(self, change: Change) -> None:
        """Tell every listener of a change that has happened."""
        self._listeners.tell(change)

    def free_slice(self, slice_node: Any, keeper: SceneCase) -> None:
        """No case but ``keeper`` shows anything in a slice node any more."""
        for case in self._cases:
            if case is not keeper:
                case.free_slice(slice_node)

    def start_detection(
        self,
        case: SceneCase,
        radiographs: Mapping[str, Radiograph],
        found: Callable[[Detection], None],
        changed: Callable[[], None],
        progress: Progress | None,
        any_image: bool = False,
    ) -> DetectionJob:
        """Start the one detection that may run at a time, for a case. Raises FootDeformityError while one does."""
        if self._job is not None and self._job.state == "running":
            raise FootDeformityError("Landmarks are being detected already. Wait until this is done, or cancel it.")
        self._job = DetectionJob(self._worker, self.scheduler, radiographs, found, changed, progress, any_image)
        self._job_of = case
        self._job.start()
        self.tell(Change("detection", case))
        return self._job

    def _find_cases(self) -> None:
        """Take up the cases that came with a scene."""
        known = [case.node for case in self._cases]
        self.problems.clear()
        for node in case_nodes(self.scene):
            if node in known:
                continue
            try:
                case = SceneCase(self, node, read_stored(node))
                case.restore_nodes()
            except FootDeformityError as error:
                self.problems.append(str(error))
            else:
                self._cases.append(case)
                self.tell(Change("cases", case))

    def _let_go(self) -> None:
        if self._job is not None:
            self._job.cancel()
        cases, self._cases = self._cases, []
        for case in cases:
            case.close(remove_nodes=False)

    def _node_removed(self, node: Any) -> None:
        for case in tuple(self._cases):
            if node is case.node:
                self.remove_case(case)
            else:
                case.node_removed(node)


def _with_node(call: Callable[[Any], None]) -> Callable[..., None]:
    """Return an observer of a scene event that passes the node."""

    def observer(_scene: Any, _event: str, node: Any) -> None:
        call(node)

    with_node: Callable[..., None] = vtk.calldata_type(vtk.VTK_OBJECT)(observer)
    return with_node
