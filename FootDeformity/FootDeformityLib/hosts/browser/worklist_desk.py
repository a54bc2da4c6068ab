"""A folder on the annotator's desk: opens its images, saves every edit, and lets the network work ahead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.review import next_unplaced, unplaced
from FootDeformityLib.case.view_check import NotAFootViewError, ViewGate, detect_likely_view, detect_view
from FootDeformityLib.case.worklist import Opened, Order, Worklist
from FootDeformityLib.case.worklist_entry import Entry
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.detection_job import INSIST
from FootDeformityLib.network.worker import DetectionCancelled
from FootDeformityLib.radiographs.radiograph import Radiograph

if TYPE_CHECKING:
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom

_ORDERS: tuple[Order, ...] = ("doubt", "name")


class WorklistDesk:
    """Shows one entry at a time; the files beside the images are the truth, so a crash loses nothing.

    blinded: for a second reader who sees nothing of what a network says; none is asked.
    """

    def __init__(self, room: ReadingRoom, worklist: Worklist, blinded: bool = False) -> None:
        self._room, self._worklist, self._blinded = room, worklist, blinded
        self._order: Order = "name" if blinded else "doubt"  # an order by doubt would tell what the network thinks
        worklist.sort_by(self._order)
        self._asked = ""
        self._opened: Opened | None = None
        self._wanted = ""
        #: entries that cannot be used, or that show no foot, by name
        self._problems: dict[str, FootDeformityError] = {}
        self._ahead = ""

    async def begin(self) -> None:
        """Open the first entry that is not done, then work ahead."""
        self.show()
        entry = self._worklist.resume() or next(iter(self._worklist.entries), None)
        if entry is not None:
            await self.open(entry.name)
        await self._work_ahead()

    async def open(self, name: str) -> None:
        """Show an entry, with the network's points where there are none yet."""
        entry = self._entry(name)
        if name == self._wanted:  # it is here, or on its way
            return
        self._wanted = name
        try:
            opened = await asyncio.to_thread(self._worklist.open, entry, blinded=self._blinded)
            if self._wanted != name:
                return
            if _untouched(entry) and not self._blinded:
                opened = await self._placed_by_network(opened)
        except FootDeformityError as error:
            self._problems[name] = error
            self._stay()
            raise
        if self._wanted != name:  # the annotator has gone on meanwhile
            return
        try:
            self._show_opened(opened if opened.case is not None else opened.begin("AP"))
        except FootDeformityError:
            self._stay()
            raise
        if isinstance(self._problems.get(name), NotAFootViewError):
            self._room.detect()  # it says why the image is refused, and offers to place the points all the same
        elif _untouched(entry) and opened.case is not None and not self._blinded:
            self.save(opened.case)

    async def choose_view(self, view: str) -> None:
        """The annotator says which view the image shows: its points are looked for anew. Raises FootDeformityError."""
        opened = self._opened
        if opened is None or view not in ("AP", "lateral") or view == opened.view:
            return
        if opened.view is not None and self._corrected(opened.view):
            raise FootDeformityError(
                f"{opened.entry.name}: points of the {opened.view} view were already corrected. Reset them first "
                "(Shift+R), then choose the other view."
            )
        self._show_opened(opened.begin(view))
        if not self._blinded:
            self._room.detect([view])

    async def save_and_next(self) -> None:
        """What nobody placed cannot be seen; save, and show the next entry that is not done."""
        opened = self._opened
        if opened is None or opened.view is None:
            return
        room = self._room
        missing = len(unplaced(room.case.case))
        if self._blinded and missing and self._asked != opened.entry.name:
            self._asked = opened.entry.name
            words = f"{missing} points are not placed. Choose again to say that they are not visible."
            room.notice(f"{opened.entry.name}: {words}", "info")
            return
        room.case.remove_unplaced(opened.view)
        room.save()
        left = sum(not mark.reviewed for mark in room.case.case.views[opened.view].landmarks.values())
        if left:
            words = f"{left} points are not confirmed, so it stays open. Shift+Space confirms all."
            room.notice(f"{opened.entry.name}: {words}", "info")
        following = self._worklist.next_open(self._entry(opened.entry.name))
        if following is None:
            words = "All images are done." if not left else "No other image is open."
            room.notice(f"{words} {self._worklist.done} of {self._worklist.total} done.", "info")
            self.show()
            return
        await self.open(following.name)

    def save(self, case: Case) -> str:
        """Write the points of the open entry; return the name of their file. Raises FootDeformityError."""
        if self._opened is None:
            return ""
        entry = self._worklist.save(self._opened, case)
        if not _untouched(entry):
            self._problems.pop(entry.name, None)
        self.show()
        return entry.landmarks.name

    def sort(self, order: str) -> None:
        """Order by "doubt" or "name"."""
        self._order = next((known for known in _ORDERS if known == order), "doubt")
        self._worklist.sort_by(self._order)
        self.show()

    def set_reader(self, initials: str) -> None:
        """Whose edits follow."""
        if self._worklist.second_reader and initials != self._worklist.reader:
            raise FootDeformityError("A second reader's files carry the initials: start again with --reader INITIALS.")
        self._worklist.reader = initials

    def show(self) -> None:
        """Tell the page."""
        opened = self._opened
        self._room.put_worklist(
            {
                "order": self._order,
                "done": self._worklist.done,
                "total": self._worklist.total,
                "current": self._wanted or None,
                "view": None if opened is None else opened.view,
                "preplacing": self._ahead,
                "entries": [self._shown(entry) for entry in self._worklist.entries],
            }
        )

    def _shown(self, entry: Entry) -> dict[str, Any]:
        error = self._problems.get(entry.name)
        problem = str(error or entry.problem)
        wrong = "refused" if isinstance(error, NotAFootViewError) else "unreadable"
        return {
            "name": entry.name,
            "state": wrong if problem else entry.state,
            "doubt": "" if entry.doubt is None or self._blinded else f"{entry.doubt:.2g}",
            "reader": entry.reader or "",
            "problem": problem,
        }

    def _show_opened(self, opened: Opened) -> None:
        assert opened.case is not None and opened.view is not None
        self._room.leave_case()  # while the entry before is still known
        self._room.new_case(opened.case, {opened.view: opened.radiograph}, {opened.view: opened.entry.name})
        self._opened = opened
        case = self._room.case
        case.blinded = self._blinded
        if self._blinded and (missing := next_unplaced(case.case)) is not None:
            case.select(*missing)  # a click then places it, and the next
        self._room.publish()
        self.show()

    async def _placed_by_network(self, opened: Opened) -> Opened:
        """Return the entry with the network's points; as it was where there is no network, or no patience."""
        self._room.busy("placing the points")
        try:
            return opened.with_detection(await asyncio.to_thread(self._detect, opened.radiograph, opened.view))
        except DetectionCancelled:
            return opened
        except NotAFootViewError as error:
            self._problems[opened.entry.name] = error
            return opened
        except FootDeformityError as error:
            self._room.notice(str(error))
            return opened
        finally:
            self._room.busy("")

    async def _work_ahead(self) -> None:
        """Let the network place the points of all entries that have none, one after the other."""
        while not self._blinded and (entry := self._next_ahead()) is not None:
            left = sum(self._is_ahead(other) for other in self._worklist.entries)
            self._ahead = f"placing points ahead, {left} left"
            self.show()
            try:
                opened = await asyncio.to_thread(self._worklist.open, entry)
                found = await asyncio.to_thread(self._detect, opened.radiograph, opened.view)
            except DetectionCancelled:  # the annotator cancelled something else
                await asyncio.sleep(0.5)
                continue
            except FootDeformityError as error:
                self._problems[entry.name] = error
                continue
            if self._is_ahead(self._entry(entry.name)) and self._wanted != entry.name:
                placed = opened.with_detection(found)
                assert placed.case is not None
                self._worklist.save(placed, placed.case)
        self._ahead = ""
        self.show()

    def _next_ahead(self) -> Entry | None:
        return next((entry for entry in self._worklist.entries if self._is_ahead(entry)), None)

    def _is_ahead(self, entry: Entry) -> bool:
        return _untouched(entry) and entry.name not in self._problems and entry.name != self._wanted

    def _detect(self, radiograph: Radiograph, view: str | None) -> Any:
        detect = self._room.worker.detect
        gate = ViewGate(self._room.worker.recognise, INSIST)
        if view is None:
            return detect_likely_view(radiograph, detect, gate)
        return detect_view(radiograph, view, detect, gate)

    def _stay(self) -> None:
        """The entry before is still the open one."""
        self._wanted = self._opened.entry.name if self._opened is not None else ""
        self.show()

    def _corrected(self, view: str) -> bool:
        content = self._room.case.case.views.get(view)
        return content is not None and any(mark.edited_at for mark in content.landmarks.values())

    def _entry(self, name: str) -> Entry:
        found = next((entry for entry in self._worklist.entries if entry.name == name), None)
        if found is None:
            raise FootDeformityError(f"{name}: is not in this worklist.")
        return found


def _untouched(entry: Entry) -> bool:
    return entry.state == "untouched"
