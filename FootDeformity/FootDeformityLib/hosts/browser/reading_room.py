"""The reading room: one Slicer scene, its logic and slice views, shown by every tab of one local page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import slicer
from trame_slicer.core import SlicerApp

from FootDeformityLib.case.case import Case
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.action_table import Action
from FootDeformityLib.hosts.browser.asyncio_scheduler import AsyncioScheduler
from FootDeformityLib.hosts.browser.autosave import Autosave
from FootDeformityLib.hosts.browser.background import Background
from FootDeformityLib.hosts.browser.downloads import download, download_list
from FootDeformityLib.hosts.browser.earlier_exam import EarlierExam
from FootDeformityLib.hosts.browser.feet import feet_state
from FootDeformityLib.hosts.browser.image_file import ImageFile
from FootDeformityLib.hosts.browser.landmark_actions import LANDMARK_ACTIONS
from FootDeformityLib.hosts.browser.notices import Notices
from FootDeformityLib.hosts.browser.opening import open_files
from FootDeformityLib.hosts.browser.page_lines import view_lines
from FootDeformityLib.hosts.browser.page_state import VIEWS, case_state, scheme_state
from FootDeformityLib.hosts.browser.room_actions import ROOM_ACTIONS
from FootDeformityLib.hosts.browser.room_protocol import RoomProtocol
from FootDeformityLib.hosts.browser.routes import UPLOAD_BYTES
from FootDeformityLib.hosts.browser.saved_points import SavedPoints
from FootDeformityLib.hosts.browser.screens import Screens
from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk
from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph

_ACTIONS: Mapping[str, Action] = LANDMARK_ACTIONS | ROOM_ACTIONS


class ReadingRoom:
    """Answers the page (RoomProtocol, routes), and tells it what changed. Everything runs on the asyncio loop's thread.

    server: the trame server. worker: the detector's process. saved: corrections of images outside a worklist.
    autosave: writes them and what was stated about the feet.
    """

    def __init__(self, server: Any, worker: DetectorWorker, saved: SavedPoints, autosave: Autosave) -> None:
        self.worker, self.saved, self.autosave = worker, saved, autosave
        self.desk: WorklistDesk | None = None
        self.sample = False
        #: what the reader calls the image of a foot and view
        self.names: dict[tuple[int, str], str] = {}
        self.earlier: dict[int, EarlierExam] = {}
        self.job: DetectionJob | None = None
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._notices = Notices()
        self._tabs, self._busy = 0, ""
        self._opening = asyncio.Lock()
        self._publishing: asyncio.Handle | None = None
        self.background = Background(self._loop, self.notice)
        self._app = SlicerApp()
        slicer.mrmlScene = self._app.scene  # where slicer.util looks for nodes
        interaction = self._app.app_logic.GetInteractionNode()
        interaction.SetCurrentInteractionMode(interaction.AdjustWindowLevel)
        self.protocol = RoomProtocol(self)
        self.logic = ReadingLogic(self._app.scene, worker, AsyncioScheduler(self._loop), draws=False)
        self.logic.on_changed(self._on_change)
        self.case = self.logic.new_case("Foot")
        self.case.reader = saved.reader
        self._screens = Screens(self._app, self.case, self.protocol.send_frame)
        self._put({"scheme": scheme_state(), "upload": {"bytes": UPLOAD_BYTES}})

    # what the page asks for

    def act(self, name: str, arguments: Sequence[Any]) -> Any:
        """Do what the reader wants; what cannot be done is said in a notice. Returns what the action returns."""
        action = _ACTIONS.get(name)
        if action is None:
            raise ValueError(f"the reading room cannot {name!r}")
        try:
            answer = action(self, *arguments)
        except FootDeformityError as error:
            self.notice(str(error))
            answer = None
        self.publish()
        self.save()
        return answer

    def resize(self, view: str, width: float, height: float, ratio: float) -> None:
        """A tab shows a view at this size."""
        self._screens.resize(view, width, height, ratio)

    def mouse(self, view: str, event: str, x: float, y: float, shift: bool, ctrl: bool) -> None:
        """The reader's mouse on a view."""
        self._screens.mouse(view, event, x, y, shift, ctrl)

    def tabs_changed(self, number: int) -> None:
        """A tab came or went; one that went in the middle of a drag has let go."""
        if number < self._tabs:
            self.finish_edit()
        self._tabs = number
        self.publish_soon()

    async def open_files(self, files: Sequence[ImageFile], view: str | None) -> None:
        """Open uploaded radiographs; what is wrong with them is said in a notice, and the case stays as it was."""
        try:
            async with self._opening:  # one after the other, so that no two cases are mixed
                await open_files(self, files, view)
        except FootDeformityError as error:
            self.notice(str(error))
        self.publish()
        self.save()

    async def open_earlier(self, file: ImageFile) -> None:
        """Set an earlier exam beside the foot that is shown; what is wrong with the file is said in a notice."""
        case, foot = self.case, self.case.foot
        try:
            earlier = await asyncio.to_thread(EarlierExam.read, file)
        except FootDeformityError as error:
            self.notice(str(error))
            return
        if case is self.case:
            self._notices.clear_errors()
            self.earlier[foot] = earlier
        self.publish()

    async def download(self, name: str) -> tuple[bytes, str]:
        """Return content and media type. Raises FootDeformityError for what is not there."""
        exam = self.case.exam
        places = [(foot, view) for foot, case in enumerate(exam.feet) for view in case.views]
        found = {place: self.case.radiograph(place[1], place[0]) for place in places}
        images = {place: image for place, image in found.items() if image is not None}
        return await asyncio.to_thread(download, name, exam, images)

    # what the rest of the room asks for

    def new_case(
        self, case: Case, radiographs: Mapping[str, Radiograph], names: Mapping[str, str], sample: bool = False
    ) -> None:
        """Put another case in the place of the open one, of which nothing is left. Raises as ``leave_case``.

        names: what the reader calls the image of each view, for the page only.
        """
        self.leave_case()
        self.names = {(0, view): name for view, name in names.items()}
        self.earlier.clear()
        self.cancel()
        old, self.case = self.case, self.logic.new_case("Foot")
        self._screens.show(self.case)
        places = [(foot, view) for foot in range(old.feet) for view in VIEWS]
        volumes = [volume for foot, view in places if (volume := old.volume(view, foot)) is not None]
        self.logic.remove_case(old)
        for volume in volumes:
            self._app.scene.RemoveNode(volume)
        self.sample = sample
        self.case.open_case(case, radiographs)
        self.case.reader = self.saved.reader
        self.autosave.begin(self.case)
        self.recall_facts()
        self._screens.draw()

    def recall_facts(self, view: str | None = None) -> None:
        """State again what a person stated earlier about the foot of these images. view: the one that is new."""
        words = self.autosave.recall(self.case, view)
        if words and self.desk is None:
            self.notice(f"What was stated earlier about this foot is back: {words}.", "info")

    def detect(self, views: Sequence[str] | None = None, any_image: bool = False) -> None:
        """Look for landmarks in the background; any_image: of whatever is shown. Raises FootDeformityError."""
        self.job = self.case.detect(views, any_image=any_image)
        self._notices.clear_errors()  # what the detection before said

    def cancel(self) -> None:
        """Stop looking for landmarks."""
        if self.job is not None:
            self.job.cancel()
        if self._busy:
            self.worker.kill()

    def busy(self, words: str) -> None:
        """Show that the network works on something that is no case yet; "" = no longer."""
        self._busy = words
        self.publish()

    def notice(self, text: str, kind: str = "error") -> None:
        """Show a sentence until it is dismissed; kind: error or info."""
        self._notices.add(text, kind)
        self.publish_soon()

    def dismiss(self, number: int) -> None:
        """Take a notice away."""
        self._notices.dismiss(number)

    def clear_errors(self) -> None:
        """Take the errors of what was tried before away."""
        self._notices.clear_errors()

    def fit(self, view: str | None = None) -> None:
        """Show whole images."""
        for name in VIEWS if view is None else (view,):
            self.case.fit(name)

    def save(self) -> None:
        """Write what was edited, unless a point is just being dragged."""
        if self.case.in_step or not self.autosave.unsaved(self.case):
            return
        try:
            self.autosave.save(self.case, self.desk)
        except FootDeformityError as error:
            self.notice(str(error))
        self.publish()

    def finish_edit(self) -> None:
        """Whatever comes next: a drag ends here, and everything is written."""
        self.case.end_interaction()
        self.save()

    def leave_case(self) -> None:
        """Before another case comes. Raises FootDeformityError once if the disk has refused the last corrections."""
        self.finish_edit()
        self.autosave.check_left(self.case)

    def publish(self) -> None:
        """Tell all tabs what is shown now; trame sends what differs."""
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        case, exam, foot = self.case.case, self.case.exam, self.case.foot
        state: dict[str, Any] = case_state(case, self.case.blinded)
        state["warnings"] += exam.warnings
        for view in VIEWS:
            state[f"lines_{view}"] = view_lines(case, view)
            state[f"view_{view}"]["file"] = self.names.get((foot, view), "")
        chosen, earlier = self.case.selection, self.earlier.get(foot)
        state |= {
            "feet": feet_state(exam, foot),
            "earlier": None if earlier is None else earlier.state(case),
            "blinded": self.case.blinded,
            "sample": self.sample,
            "selection": None if chosen is None else {"view": chosen[0], "id": chosen[1]},
            "history": {"undo": self.case.can_undo, "redo": self.case.can_redo},
            "axes_visible": self.case.axes_visible,
            "detection": self._detection(),
            "wants_detection": state["has_images"] and not state["has_points"] and not self.case.refused,
            "downloads": download_list(exam),
            "reader": self.case.reader,
            "asks_reader": self.desk is not None and not self.case.reader,
            "notices": self._notices.shown,
            "saved": self.autosave.words,
            "tabs": self._tabs,
        }
        self._put(state)

    def publish_soon(self) -> None:
        """Publish once, after what is going on now."""
        if self._publishing is None:
            self._publishing = self._loop.call_soon(self.publish)

    def put_worklist(self, state: dict[str, Any]) -> None:
        """Show the worklist; apart from the rest because it can be long."""
        self._put({"worklist": state})

    async def close(self) -> None:
        """Save, end everything that runs, and give the scene back."""
        self.finish_edit()
        await self.background.stop()
        self.cancel()
        self._screens.stop()
        self.logic.close()
        self._screens.close()
        self.worker.kill()
        self.worker.close()

    def _detection(self) -> dict[str, Any]:
        if self._busy:
            return {"state": "running", "part": 0.3, "word": self._busy}
        if self.job is None:
            return {"state": "idle", "part": 0.0, "word": ""}
        return {
            "state": self.job.state,
            "part": self.job.part,
            "word": self.job.word,
            "refused": self.case.refused,
        }

    def _on_change(self, change: Change) -> None:
        if change.kind == "detection" and self.job is not None and self.job.state == "failed":
            self.notice(self.job.error)
        self.publish_soon()
        if change.kind in ("points", "facts", "detection", "history"):
            self._loop.call_soon(self.save)

    def _put(self, state: dict[str, Any]) -> None:
        self._server.state.update({f"room_{name}": value for name, value in state.items()})
        self._server.state.flush()
