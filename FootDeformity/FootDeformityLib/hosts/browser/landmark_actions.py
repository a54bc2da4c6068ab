"""What a reader can do to landmarks, by the names that the page uses. Each is one line of the logic's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from FootDeformityLib.case.review import next_unplaced, previous_unplaced
from FootDeformityLib.hosts.browser.action_table import ActionTable

if TYPE_CHECKING:
    from FootDeformityLib.case.exam import Exam
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom

LANDMARK_ACTIONS = ActionTable()


@LANDMARK_ACTIONS.add
def select(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.select(view, landmark)


@LANDMARK_ACTIONS.add
def jump(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.jump(view, landmark)


@LANDMARK_ACTIONS.add
def next(room: ReadingRoom) -> None:  # noqa: A001
    _go(room, room.case.next_unconfirmed() or next_unplaced(room.case.case, room.case.selection))


@LANDMARK_ACTIONS.add
def previous(room: ReadingRoom) -> None:
    _go(room, room.case.previous_unconfirmed() or previous_unplaced(room.case.case, room.case.selection))


@LANDMARK_ACTIONS.add
def grab(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.begin_interaction(view, landmark)


@LANDMARK_ACTIONS.add
def drag(room: ReadingRoom, view: str, landmark: str, x: float, y: float) -> None:
    room.case.move(view, landmark, _point(x, y))


@LANDMARK_ACTIONS.add
def drop(room: ReadingRoom) -> None:
    room.case.end_interaction()


@LANDMARK_ACTIONS.add
def place(room: ReadingRoom, view: str, landmark: str, x: float, y: float) -> None:
    """Place a missing point where the reader clicked, and turn to the next missing one."""
    room.case.move(view, landmark, _point(x, y))
    marks = room.case.case.views[view].landmarks
    later = list(marks)[list(marks).index(landmark) + 1 :]
    missing = [name for name in later if not marks[name].answered and marks[name].xy_px is None]
    if missing:
        room.case.select(view, missing[0])


@LANDMARK_ACTIONS.add
def nudge(room: ReadingRoom, view: str, landmark: str, dx: float, dy: float) -> None:
    at = room.case.case.views[view].landmarks[landmark].xy_px
    if at is not None:
        room.case.move(view, landmark, _point(at[0] + dx, at[1] + dy))


@LANDMARK_ACTIONS.add
def confirm(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.confirm(view, landmark)


@LANDMARK_ACTIONS.add
def confirm_next(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.confirm(view, landmark)
    _go(room, room.case.next_unconfirmed())


@LANDMARK_ACTIONS.add
def confirm_all(room: ReadingRoom) -> None:
    room.case.confirm_all()


@LANDMARK_ACTIONS.add
def uncertain(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.mark_uncertain(view, landmark, not room.case.case.views[view].landmarks[landmark].uncertain)


@LANDMARK_ACTIONS.add
def remove(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.remove(view, landmark)


@LANDMARK_ACTIONS.add
def reset(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.reset(view, landmark)


@LANDMARK_ACTIONS.add
def reset_all(room: ReadingRoom) -> None:
    room.case.reset_all()


@LANDMARK_ACTIONS.add
def undo(room: ReadingRoom) -> None:
    before = room.case.exam
    room.case.undo()
    _show_changed_foot(room, before)


@LANDMARK_ACTIONS.add
def redo(room: ReadingRoom) -> None:
    before = room.case.exam
    room.case.redo()
    _show_changed_foot(room, before)


def _go(room: ReadingRoom, found: tuple[str, str] | None) -> None:
    if found is not None:
        room.case.jump(*found)


def _show_changed_foot(room: ReadingRoom, before: Exam) -> None:
    """A reader sees what undo has done."""
    feet = room.case.exam.feet
    changed = [number for number, old in enumerate(before.feet) if old != feet[number]]
    if changed and room.case.foot not in changed:
        room.case.foot = changed[0]


def _point(x: float, y: float) -> tuple[float, float]:
    """Positions are kept to a millionth of a pixel everywhere, so that files give them back as they are."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a position must be finite")
    return round(float(x), 6), round(float(y), 6)
