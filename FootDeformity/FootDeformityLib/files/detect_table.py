"""detect.csv: what ``detect`` said about many images; a worklist sorts by it.

Columns (UTF-8, comma, one header row; one row an image, the most doubtful first, failed ones last):
image, landmarks (the file written or kept), view (AP | lateral), mean_confidence (0..1), doubt_percent (expected
error of a point in percent of the foot length), lowest_confidence (ids below 0.5, the worst first), remark.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import NamedTuple

DETECT_TABLE = "detect.csv"
COLUMNS = ("image", "landmarks", "view", "mean_confidence", "doubt_percent", "lowest_confidence", "remark")


class Doubt(NamedTuple):
    """percent: larger = more doubtful, None where the network's confidence is not calibrated. remark: its warnings."""

    percent: float | None
    remark: str


def read_doubts(folder: Path, landmarks: Iterable[Path]) -> dict[Path, Doubt]:
    """Return what the folder's detect.csv says of landmark files below it that the network placed in that run.

    A table that is missing or damaged says nothing.
    """
    rows: dict[tuple[str, ...], Doubt] = {}
    try:
        with (folder / DETECT_TABLE).open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file, restval=""):
                if row["landmarks"] and row["view"]:  # else it failed or was kept
                    percent = float(row["doubt_percent"]) if row["doubt_percent"] else None
                    rows[PurePath(row["landmarks"].removeprefix("'")).parts] = Doubt(percent, row["remark"])
    except (OSError, UnicodeDecodeError, ValueError, KeyError, csv.Error):
        return {}
    # the table names files as seen from where detect ran: the longest common ending belongs together
    wanted = sorted(((path.relative_to(folder).parts, path) for path in landmarks), key=lambda item: -len(item[0]))
    found: dict[Path, Doubt] = {}
    for parts, doubt in rows.items():
        path = next((path for tail, path in wanted if parts[-len(tail) :] == tail), None)
        if path is not None:
            found.setdefault(path, doubt)
    return found
