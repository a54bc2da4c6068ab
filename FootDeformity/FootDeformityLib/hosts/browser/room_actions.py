"""What a reader can do to everything but landmarks, by the names that the page uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.action_table import ActionTable
from FootDeformityLib.hosts.browser.downloads import exam_text

if TYPE_CHECKING:
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom
    from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk

ROOM_ACTIONS = ActionTable()

_OLDEST = 130.0


@ROOM_ACTIONS.add
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


@ROOM_ACTIONS.add
def foot(room: ReadingRoom, number: int) -> None:
    """Show another foot of the exam."""
    room.case.foot = int(number)


@ROOM_ACTIONS.add
def other_foot(room: ReadingRoom) -> None:
    room.case.foot = (room.case.foot + 1) % room.case.feet


@ROOM_ACTIONS.add
def add_foot(room: ReadingRoom) -> None:
    if room.sample:
        raise FootDeformityError("This is the sample foot. Open your own radiographs first, then add the other foot.")
    if room.desk is not None:
        raise FootDeformityError("Each image of a worklist stands alone. For both feet start: footdeformity web FILE")
    room.case.add_foot()


@ROOM_ACTIONS.add
def forget_earlier(room: ReadingRoom) -> None:
    """Compare no longer."""
    room.earlier.pop(room.case.foot, None)


@ROOM_ACTIONS.add
def detect(room: ReadingRoom) -> None:
    room.detect()


@ROOM_ACTIONS.add
def detect_anyway(room: ReadingRoom) -> None:
    """Look for landmarks on the images that were refused just now."""
    if room.case.refused:
        room.detect(room.case.refused, any_image=True)


@ROOM_ACTIONS.add
def cancel(room: ReadingRoom) -> None:
    room.cancel()


@ROOM_ACTIONS.add
def escape(room: ReadingRoom) -> None:
    """Stop a detection, else let go of the selected point."""
    if room.job is not None and room.job.state == "running":
        room.cancel()
    else:
        room.case.clear_selection()


@ROOM_ACTIONS.add
def fit(room: ReadingRoom, view: str | None = None) -> None:
    room.fit(view)


@ROOM_ACTIONS.add
def invert(room: ReadingRoom) -> None:
    for view in room.case.case.views:
        room.case.invert(view)


@ROOM_ACTIONS.add
def axes(room: ReadingRoom) -> None:
    room.case.axes_visible = not room.case.axes_visible


@ROOM_ACTIONS.add
def reader(room: ReadingRoom, initials: str) -> None:
    """Whose edits follow; asked once on this machine."""
    room.case.reader = initials.upper()
    room.saved.reader = room.case.reader
    if room.desk is not None:
        room.desk.set_reader(room.case.reader)


@ROOM_ACTIONS.add
def dismiss(room: ReadingRoom, number: int) -> None:
    room.dismiss(number)


@ROOM_ACTIONS.add
def report(room: ReadingRoom) -> str:
    """Return the findings of every foot as text for a radiology report."""
    feet = room.case.exam.feet
    return exam_text(room.case.exam, {foot: exam.comparison(feet[foot]) for foot, exam in room.earlier.items()})


@ROOM_ACTIONS.add
def too_large(room: ReadingRoom, name: str, size: float) -> None:
    raise FootDeformityError(
        f"{name}: too large to upload ({size / 1e6:.0f} MB). Choose single radiographs, or start with their paths: "
        "footdeformity web ap.dcm lateral.dcm"
    )


@ROOM_ACTIONS.add
def upload_failed(room: ReadingRoom, reason: str) -> None:
    raise FootDeformityError(f"The upload was refused: {reason}")


@ROOM_ACTIONS.add
def sort(room: ReadingRoom, order: str) -> None:
    _desk(room).sort(order)


@ROOM_ACTIONS.add
def entry(room: ReadingRoom, name: str) -> None:
    room.background.start(_desk(room).open(name))


@ROOM_ACTIONS.add
def entry_view(room: ReadingRoom, view: str) -> None:
    room.background.start(_desk(room).choose_view(view))


@ROOM_ACTIONS.add
def save_and_next(room: ReadingRoom) -> None:
    if room.desk is not None:
        room.background.start(room.desk.save_and_next())


_FACTS = {"side": ("left", "right", "unknown"), "weight_bearing": ("yes", "no", "unknown")}


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
