"""From one or two files to a case: read first, then decide which view each shows, and only then touch what is open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.facts import gather_facts
from FootDeformityLib.case.from_detection import view_from_detection
from FootDeformityLib.case.from_radiograph import unplaced_view
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.case.view_check import NotAFootViewError, ViewGate, detect_likely_view
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.image_file import ImageFile
from FootDeformityLib.hosts.browser.page_state import VIEWS
from FootDeformityLib.hosts.mrml.detection_job import INSIST
from FootDeformityLib.hosts.mrml.scene_case import SceneCase
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.worker import DetectionCancelled
from FootDeformityLib.radiographs.radiograph import Radiograph

if TYPE_CHECKING:
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom


async def open_files(
    room: ReadingRoom, files: Sequence[ImageFile], view: str | None = None, sample: bool = False
) -> None:
    """Open radiographs of one foot; view: where a single one was dropped.

    A single image that fills the empty place of an open foot joins it, and so do the images of a foot that was just
    added. Everything else is a new case, and nothing of the old one is left: the new image may be of somebody else.
    Raises FootDeformityError, with the old case untouched.
    """
    if not 1 <= len(files) <= 2:
        raise FootDeformityError(
            f"{len(files)} files came at once; expected the AP and the lateral radiograph of one foot, or one of them. "
            "For a whole folder start: footdeformity web FOLDER"
        )
    if room.desk is not None:
        raise FootDeformityError("A worklist is open: add the file to its folder, or start: footdeformity web FILE")
    case, foot = room.case, room.case.foot
    read = [await asyncio.to_thread(file.read) for file in files]
    views, found = await _views(room, files, read, view)
    radiographs = dict(zip(views, read, strict=True))
    room.clear_errors()
    names = {name: file.name for name, file in zip(views, files, strict=True)}
    contents: dict[str, CaseView] = {}
    if room.case is case and not room.sample and _joins(case, foot, views):
        case.foot = foot  # the reader may have looked at the other one meanwhile
        for name, image in radiographs.items():
            case.load_radiograph(image, name)
            room.names[foot, name] = names[name]
            contents[name] = _content(room, name, image, found.get(name))
            if _placed(contents[name]):
                case.take_view(name, contents[name])
            room.recall_facts(name)
    else:
        contents = {name: _content(room, name, image, found.get(name)) for name, image in radiographs.items()}
        room.new_case(Case.from_views(contents, gather_facts(radiographs)), radiographs, names, sample)
    empty = [name for name, content in contents.items() if not _placed(content)]
    room.publish()
    if empty:
        room.detect(empty)


def _joins(case: SceneCase, foot: int, views: Sequence[str]) -> bool:
    """Whether new images belong to the open case: one for the empty place of a foot, or any for an added foot."""
    free = all(case.volume(view, foot) is None for view in views)
    alone = len(views) == 1 and bool(case.exam.feet[foot].views)
    return free and (alone or (case.feet > 1 and not case.exam.feet[foot].views))


async def _views(
    room: ReadingRoom, files: Sequence[ImageFile], read: Sequence[Radiograph], dropped: str | None
) -> tuple[list[str], dict[str, Detection]]:
    """Return the view of each image, by where it was dropped, by its tags, by the other one, else by looking."""
    said: list[str | None] = [image.view for image in read]
    if len(read) == 1:
        said = [dropped or said[0]]
    elif said[0] is None and said[1] is not None:
        said[0] = _other(said[1])
    elif said[1] is None and said[0] is not None:
        said[1] = _other(said[0])
    elif said[0] is not None and said[0] == said[1]:
        raise FootDeformityError(
            f"{files[0].name} and {files[1].name}: both are {said[0]} images by their tags; expected an AP and a "
            "lateral radiograph of one foot. Open one of them alone, or drop each on its side."
        )
    if said[0] is not None:
        return [view for view in said if view is not None], {}
    detection = await _look(room, files[0], read[0])
    first = detection.view if detection is not None else VIEWS[0]
    if detection is None:
        room.notice(f"{files[0].name}: nothing tells its view; shown as AP. If it is lateral, drop it there.", "info")
    found = {} if detection is None else {first: detection}
    return [first, _other(first)][: len(read)], found


async def _look(room: ReadingRoom, file: ImageFile, image: Radiograph) -> Detection | None:
    """Let both networks look at an image; None if they cannot, or the reader has no patience."""
    room.busy("which view is it?")
    try:
        gate = ViewGate(room.worker.recognise, INSIST)
        return await asyncio.to_thread(detect_likely_view, image, room.worker.detect, gate)
    except (DetectionCancelled, NotAFootViewError):  # the detection that follows says what was refused
        return None
    except FootDeformityError as error:
        room.notice(f"{file.name}: {error}")
        return None
    finally:
        room.busy("")


def _content(room: ReadingRoom, view: str, image: Radiograph, found: Detection | None) -> CaseView:
    """Return the points of an image: those corrected here before, else what was found, else none."""
    kept = room.saved.load(view, image)
    if kept is not None:
        words = "your earlier corrections of this image are back. Shift+R takes all of them away."
        room.notice(f"{view} image: {words}", "info")
        return kept
    if found is not None:
        return view_from_detection(image, found, load_scheme())
    return unplaced_view(image, view, load_scheme())


def _placed(content: CaseView) -> bool:
    return any(mark.xy_px is not None or mark.answered for mark in content.landmarks.values())


def _other(view: str) -> str:
    return next(name for name in VIEWS if name != view)
