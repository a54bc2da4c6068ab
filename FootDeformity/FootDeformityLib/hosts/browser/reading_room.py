"""The reading room: one Slicer scene, its logic and slice views, shown by every tab of one local page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

import slicer
from trame_slicer.core import SlicerApp

from FootDeformityLib.case.case import Case
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.actions import ACTIONS
from FootDeformityLib.hosts.browser.asyncio_scheduler import AsyncioScheduler
from FootDeformityLib.hosts.browser.downloads import download, download_list
from FootDeformityLib.hosts.browser.frame_stream import FrameStream
from FootDeformityLib.hosts.browser.image_file import ImageFile
from FootDeformityLib.hosts.browser.opening import open_files
from FootDeformityLib.hosts.browser.page_lines import view_lines
from FootDeformityLib.hosts.browser.page_state import VIEWS, case_state, scheme_state
from FootDeformityLib.hosts.browser.room_protocol import RoomProtocol
from FootDeformityLib.hosts.browser.routes import UPLOAD_BYTES
from FootDeformityLib.hosts.browser.saved_points import SavedPoints
from FootDeformityLib.hosts.browser.slice_screen import Picture, SliceScreen
from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk
from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph

_LOG = logging.getLogger(__name__)
_MOST_NOTICES = 3


class ReadingRoom:
    """Answers the page (RoomProtocol, routes), and tells it what changed. Everything runs on the asyncio loop's thread.

    server: the trame server. worker: the detector's process. saved: corrections of images outside a worklist.
    """

    def __init__(self, server: Any, worker: DetectorWorker, saved: SavedPoints) -> None:
        self.worker, self.saved = worker, saved
        self.desk: WorklistDesk | None = None
        self.sample = False
        self.names: dict[str, str] = {}
        self.job: DetectionJob | None = None
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._numbers, self._notices = count(1), list[dict[str, Any]]()
        self._saved_words, self._tabs, self._busy = "", 0, ""
        self._unsaved: set[str] = set()
        self._leaves_unsaved = False
        self._opening = asyncio.Lock()
        self._publishing: asyncio.Handle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._encoders = ThreadPoolExecutor(2, "jpeg")
        self._app = SlicerApp()
        slicer.mrmlScene = self._app.scene  # where slicer.util looks for nodes
        interaction = self._app.app_logic.GetInteractionNode()
        interaction.SetCurrentInteractionMode(interaction.AdjustWindowLevel)
        self.protocol = RoomProtocol(self)
        self.logic = ReadingLogic(self._app.scene, worker, AsyncioScheduler(self._loop), draws=False)
        self.logic.on_changed(self._on_change)
        self._screens: dict[str, SliceScreen] = {}
        self._streams: dict[str, FrameStream] = {}
        self.case = self.logic.new_case("Foot")
        for view in VIEWS:
            draw, wanted = partial(self._picture, view), partial(self._want_picture, view)
            self._streams[view] = FrameStream(view, draw, self.protocol.send_frame, self._encoders)
            self._screens[view] = SliceScreen(self._app, view, wanted)
        self._show_case()
        self._put({"scheme": scheme_state(), "upload": {"bytes": UPLOAD_BYTES}})

    # what the page asks for

    def act(self, name: str, arguments: Sequence[Any]) -> Any:
        """Do what the reader wants; what cannot be done is said in a notice. Returns what the action returns."""
        action = ACTIONS.get(name)
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
        if view in self._screens:
            first = self._screens[view].resize(width, height, ratio)
            if first:
                self.case.fit(view)
            self._streams[view].want(again=True)

    def mouse(self, view: str, event: str, x: float, y: float, shift: bool, ctrl: bool) -> None:
        """The reader's mouse on a view: window, zoom and pan are Slicer's own."""
        if view in self._screens and self.case.volume(view) is not None:
            # in Slicer the bare wheel moves through slices, of which a radiograph has one
            self._screens[view].mouse(event, x, y, shift, ctrl or event.startswith("MouseWheel"))

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

    async def download(self, name: str) -> tuple[bytes, str]:
        """Return content and media type. Raises FootDeformityError for what is not there."""
        case = self.case.case
        images = {view: image for view in case.views if (image := self.case.radiograph(view)) is not None}
        return await asyncio.to_thread(download, name, case, images)

    # what the rest of the room asks for

    def new_case(
        self, case: Case, radiographs: Mapping[str, Radiograph], names: Mapping[str, str], sample: bool = False
    ) -> None:
        """Put another case in the place of the open one, of which nothing is left. Raises as ``leave_case``.

        names: what the reader calls the image of each view, for the page only.
        """
        self.leave_case()
        self.names = dict(names)
        self.cancel()
        old, self.case = self.case, self.logic.new_case("Foot")
        self._show_case()
        volumes = [volume for view in VIEWS if (volume := old.volume(view)) is not None]
        self.logic.remove_case(old)
        for volume in volumes:
            self._app.scene.RemoveNode(volume)
        self.sample = sample
        self._unsaved.clear()
        self._saved_words = ""
        self.case.open_case(case, radiographs)
        self.case.reader = self.saved.reader
        for view in VIEWS:
            self._streams[view].want()

    def detect(self, views: Sequence[str] | None = None) -> None:
        """Look for landmarks in the background. Raises FootDeformityError."""
        self.job = self.case.detect(views)

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
        if all(notice["text"] != text for notice in self._notices):
            self._notices.append({"number": next(self._numbers), "text": text, "kind": kind})
        self._notices = self._notices[-_MOST_NOTICES:]
        self.publish_soon()

    def dismiss(self, number: int) -> None:
        """Take a notice away."""
        self._notices = [notice for notice in self._notices if notice["number"] != number]

    def clear_errors(self) -> None:
        """Take the errors of what was tried before away."""
        self._notices = [notice for notice in self._notices if notice["kind"] != "error"]

    def fit(self, view: str | None = None) -> None:
        """Show whole images."""
        for name in VIEWS if view is None else (view,):
            self.case.fit(name)

    def in_background(self, work: Any) -> None:
        """Run a coroutine beside everything else; it is ended with the room."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def save(self) -> None:
        """Write what was edited, unless a point is just being dragged."""
        if not self._unsaved or self.case.in_step:
            return
        views, self._unsaved = sorted(self._unsaved), set()
        try:
            words = [words for view in views if (words := self._save_view(view))]
            self._saved_words = words[-1] if words else ""
        except FootDeformityError as error:
            self._unsaved.update(views)
            self._saved_words = "Not saved"
            self.notice(str(error))
        self.publish()

    def finish_edit(self) -> None:
        """Whatever comes next: a drag ends here, and everything is written."""
        self.case.end_interaction()
        self.save()

    def leave_case(self) -> None:
        """Before another case comes. Raises FootDeformityError once if the disk has refused the last corrections."""
        self.finish_edit()
        if self._unsaved and not self._leaves_unsaved:
            self._leaves_unsaved = True
            raise FootDeformityError(
                "The last corrections could not be saved. Download the points if you need them, then choose again to "
                "go on without them."
            )
        self._unsaved.clear()
        self._leaves_unsaved = False

    def publish(self) -> None:
        """Tell all tabs what is shown now; trame sends what differs."""
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        case = self.case.case
        state: dict[str, Any] = case_state(case)
        for view in VIEWS:
            state[f"lines_{view}"] = view_lines(case, view)
            state[f"view_{view}"]["file"] = self.names.get(view, "")
        chosen = self.case.selection
        state |= {
            "selection": None if chosen is None else {"view": chosen[0], "id": chosen[1]},
            "history": {"undo": self.case.can_undo, "redo": self.case.can_redo},
            "axes_visible": self.case.axes_visible,
            "detection": self._detection(),
            "wants_detection": state["has_images"] and not state["has_points"],
            "downloads": download_list(case),
            "reader": self.case.reader,
            "asks_reader": self.desk is not None and not self.case.reader,
            "notices": list(self._notices),
            "saved": self._saved_words,
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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.cancel()
        for stream in self._streams.values():
            stream.close()
        self.logic.close()
        for screen in self._screens.values():
            screen.close()
        self._encoders.shutdown(wait=False)
        self.worker.kill()
        self.worker.close()

    def _show_case(self) -> None:
        for view in VIEWS:
            self.case.show_in(view, self._screens[view].node)

    def _want_picture(self, view: str) -> None:
        # Slicer's markups ask for it with every move, but the page draws the points: the picture stays the same
        if not self.case.in_step:
            self._streams[view].want()

    def _picture(self, view: str) -> Picture:
        return self._screens[view].picture(self.case.volume(view))

    def _detection(self) -> dict[str, Any]:
        if self._busy:
            return {"state": "running", "part": 0.3, "word": self._busy}
        if self.job is None:
            return {"state": "idle", "part": 0.0, "word": ""}
        return {"state": self.job.state, "part": self.job.part, "word": self.job.word}

    def _on_change(self, change: Change) -> None:
        if change.kind == "points" and change.view is not None and change.case is self.case:
            self._unsaved.add(change.view)
        if change.kind == "detection" and self.job is not None and self.job.state == "failed":
            self.notice(self.job.error)
        self.publish_soon()
        if change.kind in ("points", "detection", "history"):
            self._loop.call_soon(self.save)

    def _save_view(self, view: str) -> str:
        """Write the points of a view; return what to say about it. Raises FootDeformityError."""
        radiograph = self.case.radiograph(view)
        if radiograph is None or view not in self.case.case.views:
            return ""
        now = datetime.now().strftime("%H:%M:%S")
        if self.desk is not None:
            return f"Saved {now} to {self.desk.save(self.case.case)}"
        kept = self.saved.save(self.case.case, view, radiograph)
        return f"Corrections kept on this machine, {now}" if kept else ""

    def _put(self, state: dict[str, Any]) -> None:
        self._server.state.update({f"room_{name}": value for name, value in state.items()})
        self._server.state.flush()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, FootDeformityError):
                self.notice(str(error))
            else:
                _LOG.error("background work failed", exc_info=error)
                self.notice(f"Something went wrong in the background ({type(error).__name__}). Your edits are kept.")
