"""One image of a worklist: what its landmark file says about the work on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people
from FootDeformityLib.files.landmark_file import landmark_view
from FootDeformityLib.measure.scheme import Scheme

Progress = Literal["untouched", "pre-placed", "started", "done", "unreadable"]


@dataclass(frozen=True)
class Entry:
    """name: path of the image within the worklist's folder. image, landmarks: the files, the second may not exist yet.

    shared: the landmark file of the first reader, where the network's points are, too; the same as ``landmarks`` but
    for a second reader. view: None while nothing tells it. doubt: larger = more doubtful, comparable within one
    worklist only; None without a network. state: untouched (no point), pre-placed (as the network left it), started,
    done (a person answers for every point) or unreadable. reader: initials of the last edit. problem: why unreadable.
    remark: what the network warned of, from detect.csv.
    """

    name: str
    image: Path
    landmarks: Path
    shared: Path
    view: str | None = None
    doubt: float | None = None
    state: Progress = "untouched"
    reader: str | None = None
    problem: str = ""
    remark: str = ""

    @property
    def volume(self) -> Path:
        """The .nrrd on which the points lie where Slicer would misread the image; it may not exist."""
        return self.shared.with_name(self.shared.name.removesuffix(".mrk.json") + ".nrrd")


@dataclass(frozen=True)
class FileState:
    """What a landmark file says: see Entry. mean_confidence: of the network, 0..1, None without one."""

    view: str | None = None
    state: Progress = "untouched"
    reader: str | None = None
    mean_confidence: float | None = None
    problem: str = ""


def file_state(landmarks: Path, scheme: Scheme) -> FileState:
    """Read a landmark file for the worklist; a file that cannot be used is unreadable, with the reason."""
    if not landmarks.exists():
        return FileState()
    try:
        view = landmark_view(landmarks, scheme)
        if view is None:
            raise FootDeformityError(
                f"{landmarks}: holds the landmarks of no view or of several; expected one view of scheme {scheme.name}."
            )
        states = view_from_landmark_file(landmarks, view, scheme).landmarks
        touched = not untouched_by_people(landmarks)
    except FootDeformityError as error:
        return FileState(state="unreadable", problem=str(error))
    confidences = [state.confidence for state in states.values() if state.confidence is not None]
    edits = [(state.edited_at, state.reader) for state in states.values() if state.edited_at is not None]
    return FileState(
        view=view,
        state=progress(states, touched),
        reader=max(edits, key=lambda edit: edit[0])[1] if edits else None,
        mean_confidence=sum(confidences) / len(confidences) if confidences else None,
    )


def progress(states: Mapping[str, LandmarkState], touched: bool) -> Progress:
    """Return how far the work on a view is; touched: a person changed anything (untouched_by_people)."""
    if touched:
        return "done" if all(state.answered for state in states.values()) else "started"
    return "pre-placed" if any(state.ai_xy_px is not None for state in states.values()) else "untouched"
