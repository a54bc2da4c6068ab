"""worklist_index.jsonl: who changed which points when, one JSON object a line, only ever appended to.

A line that a crash cut short is passed over. The landmark files themselves hold the truth.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.errors import FootDeformityError

INDEX_FILE = "worklist_index.jsonl"


@dataclass(frozen=True)
class IndexLine:
    """One save. time: UTC, ISO 8601. reader: initials or None. image, landmarks: as named in the worklist.

    changed: landmark id -> {"state", "xy_px" (image pixels or null), "uncertain"} as it is now. sha256: of the
    landmark file as written.
    """

    time: str
    reader: str | None
    image: str
    landmarks: str
    view: str
    state: str
    changed: Mapping[str, Mapping[str, Any]]
    sha256: str


def changed_landmarks(
    before: Mapping[str, LandmarkState], now: Mapping[str, LandmarkState]
) -> dict[str, dict[str, Any]]:
    """Return the entries of IndexLine.changed between two versions of a view."""
    return {
        name: {"state": state.state, "xy_px": state.xy_px, "uncertain": state.uncertain}
        for name, state in now.items()
        if before.get(name) != state
    }


def append_line(index: Path, line: IndexLine) -> None:
    """Add a line and have it on the disk. Raises FootDeformityError."""
    try:
        with index.open("a+b") as file:
            file.seek(0, os.SEEK_END)
            cut_short = False
            if file.tell():
                file.seek(-1, os.SEEK_END)
                cut_short = file.read(1) != b"\n"
            # one write: two readers' lines never mix
            text = ("\n" if cut_short else "") + json.dumps(asdict(line), ensure_ascii=False) + "\n"
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FootDeformityError(
            f"{index}: cannot be written ({error.strerror or error}). The points are saved, but the index lacks this "
            "change."
        ) from None


def read_lines(index: Path) -> tuple[IndexLine, ...]:
    """Return the whole lines, the oldest first; none without a file. Raises FootDeformityError if it is unreadable."""
    try:
        texts = index.read_bytes().split(b"\n") if index.exists() else []
    except OSError as error:
        raise FootDeformityError(f"{index}: cannot be read ({error.strerror or error}).") from None
    lines = []
    for text in texts:
        try:
            lines.append(IndexLine(**json.loads(text)))
        except (ValueError, TypeError):  # empty, cut short, or not ours
            continue
    return tuple(lines)
