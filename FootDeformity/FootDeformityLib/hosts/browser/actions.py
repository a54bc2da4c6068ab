"""What a reader can do, by the names that the page uses. Each is one line of the logic's language."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from FootDeformityLib.case.review import next_unplaced, previous_unplaced
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.downloads import exam_text

if TYPE_CHECKING:
    from FootDeformityLib.case.exam import Exam
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom
    from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk

Action = Callable[..., Any]
#: name of an action -> function of the room and the page's arguments
ACTIONS: dict[str, Action] = {}

_OLDEST = 130.0


def _action(function: Action) -> Action:
    ACTIONS[function.__name__] = function
    return function


@_action
def select(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.select(view, landmark)


@_action
def jump(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.jump(view, landmark)


@_action
def next(room: ReadingRoom) -> None:  # noqa: A001
    _go(room, room.case.next_unconfirmed() or next_unplaced(room.case.case, room.case.selection))


@_action
def previous(room: ReadingRoom) -> None:
    _go(room, room.case.previous_unconfirmed() or previous_unplaced(room.case.case, room.case.selection))


@_action
def grab(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.begin_interaction(view, landmark)


@_action
def drag(room: ReadingRoom, view: str, landmark: str, x: float, y: float) -> None:
    room.case.move(view, landmark, _point(x, y))


@_action
def drop(room: ReadingRoom) -> None:
    room.case.end_interaction()


@_action
def place(room: ReadingRoom, view: str, landmark: str, x: float, y: float) -> None:
    """Place a missing point where the reader clicked, and turn to the next missing one."""
    room.case.move(view, landmark, _point(x, y))
    marks = room.case.case.views[view].landmarks
    later = list(marks)[list(marks).index(landmark) + 1 :]
    missing = [name for name in later if not marks[name].answered and marks[name].xy_px is None]
    if missing:
        room.case.select(view, missing[0])


@_action
def nudge(room: ReadingRoom, view: str, landmark: str, dx: float, dy: float) -> None:
    at = room.case.case.views[view].landmarks[landmark].xy_px
    if at is not None:
        room.case.move(view, landmark, _point(at[0] + dx, at[1] + dy))


@_action
def confirm(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.confirm(view, landmark)


@_action
def confirm_next(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.confirm(view, landmark)
    _go(room, room.case.next_unconfirmed())


@_action
def confirm_all(room: ReadingRoom) -> None:
    room.case.confirm_all()


@_action
def uncertain(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.mark_uncertain(view, landmark, not room.case.case.views[view].landmarks[landmark].uncertain)


@_action
def remove(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.remove(view, landmark)


@_action
def reset(room: ReadingRoom, view: str, landmark: str) -> None:
    room.case.reset(view, landmark)


@_action
def reset_all(room: ReadingRoom) -> None:
    room.case.reset_all()


@_action
def undo(room: ReadingRoom) -> None:
    before = room.case.exam
    room.case.undo()
    _show_changed_foot(room, before)


@_action
def redo(room: ReadingRoom) -> None:
    before = room.case.exam
    room.case.redo()
    _show_changed_foot(room, before)


@_action
def fact(room: ReadingRoom, name: str, value: str) -> None:
    """State side, age, weight-bearing or criteria."""
    if name == "criteria":
        room.case.set_criteria(value)
        return
    stated: Any = value
    if name == "age":
        stated = _age(value)
    elif (name, value) not in {(n, v) for n, allowed in _FACTS.items() for v in allowed}:
        raise FootDeformityError(f"{value!r} is not known as {name.replace('_', ' ')}.")
    room.case.set_facts(**{"age_years" if name == "age" else name: stated})


@_action
def foot(room: ReadingRoom, number: int) -> None:
    """Show another foot of the exam."""
    room.case.foot = int(number)


@_action
def other_foot(room: ReadingRoom) -> None:
    room.case.foot = (room.case.foot + 1) % room.case.feet


@_action
def add_foot(room: ReadingRoom) -> None:
    if room.sample:
        raise FootDeformityError("This is the sample foot. Open your own radiographs first, then add the other foot.")
    if room.desk is not None:
        raise FootDeformityError("Each image of a worklist stands alone. For both feet start: footdeformity web FILE")
    room.case.add_foot()


@_action
def forget_earlier(room: ReadingRoom) -> None:
    """Compare no longer."""
    room.earlier.pop(room.case.foot, None)


@_action
def detect(room: ReadingRoom) -> None:
    room.detect()


@_action
def detect_anyway(room: ReadingRoom) -> None:
    """Look for landmarks on the images that were refused just now."""
    if room.case.refused:
        room.detect(room.case.refused, any_image=True)


@_action
def cancel(room: ReadingRoom) -> None:
    room.cancel()


@_action
def escape(room: ReadingRoom) -> None:
    """Stop a detection, else let go of the selected point."""
    if room.job is not None and room.job.state == "running":
        room.cancel()
    else:
        room.case.clear_selection()


@_action
def fit(room: ReadingRoom, view: str | None = None) -> None:
    room.fit(view)


@_action
def invert(room: ReadingRoom) -> None:
    for view in room.case.case.views:
        room.case.invert(view)


@_action
def axes(room: ReadingRoom) -> None:
    room.case.axes_visible = not room.case.axes_visible


@_action
def reader(room: ReadingRoom, initials: str) -> None:
    """Whose edits follow; asked once on this machine."""
    room.case.reader = initials.upper()
    room.saved.reader = room.case.reader
    if room.desk is not None:
        room.desk.set_reader(room.case.reader)


@_action
def dismiss(room: ReadingRoom, number: int) -> None:
    room.dismiss(number)


@_action
def report(room: ReadingRoom) -> str:
    """Return the findings of every foot as text for a radiology report."""
    feet = room.case.exam.feet
    return exam_text(room.case.exam, {foot: exam.comparison(feet[foot]) for foot, exam in room.earlier.items()})


@_action
def too_large(room: ReadingRoom, name: str, size: float) -> None:
    raise FootDeformityError(
        f"{name}: too large to upload ({size / 1e6:.0f} MB). Choose single radiographs, or start with their paths: "
        "footdeformity web ap.dcm lateral.dcm"
    )


@_action
def upload_failed(room: ReadingRoom, reason: str) -> None:
    raise FootDeformityError(f"The upload was refused: {reason}")


@_action
def sort(room: ReadingRoom, order: str) -> None:
    _desk(room).sort(order)


@_action
def entry(room: ReadingRoom, name: str) -> None:
    room.in_background(_desk(room).open(name))


@_action
def entry_view(room: ReadingRoom, view: str) -> None:
    room.in_background(_desk(room).choose_view(view))


@_action
def save_and_next(room: ReadingRoom) -> None:
    if room.desk is not None:
        room.in_background(room.desk.save_and_next())


_FACTS = {"side": ("left", "right", "unknown"), "weight_bearing": ("yes", "no", "unknown")}


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


def _age(text: str) -> float | None:
    cleaned = text.strip().replace(",", ".")
    if not cleaned or cleaned == "unknown":
        return None
    try:
        age = float(cleaned)
    except ValueError:
        age = math.nan
    if not 0 <= age <= _OLDEST:
        raise FootDeformityError(f"{text!r} is no age; give years from 0 to {_OLDEST:.0f}, for example 14 or 14.5.")
    return age


def _desk(room: ReadingRoom) -> WorklistDesk:
    if room.desk is None:
        raise FootDeformityError("There is no worklist. Start with a folder: footdeformity web FOLDER")
    return room.desk
