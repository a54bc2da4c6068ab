"""What the data check wrote, to be shown in a table."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.thumbnail import thumbnail_file

#: what the filter of the table lists, in its order
FILTERS = (("unusable", "note", "ok"), ("unusable", "note"), ("unusable",))


@dataclass(frozen=True)
class CheckedPairRow:
    """One image with its landmark file. status: ok, note or unusable. thumbnail: None where nothing could be read."""

    image: Path
    landmarks: Path
    status: str
    findings: str
    thumbnail: Path | None


def read_checked_pairs(table: Path, thumbnails: Path) -> tuple[CheckedPairRow, ...]:
    """Read the CSV of ``check-data``, the gravest findings first. Raises FootDeformityError if it cannot be read."""
    try:
        with table.open(newline="", encoding="utf-8") as file:
            rows = [_row(entry, thumbnails) for entry in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise FootDeformityError(f"{table}: is no table of check-data ({error!r}). Check the data again.") from error
    return tuple(sorted(rows, key=lambda row: FILTERS[0].index(row.status)))


def summary(rows: Sequence[CheckedPairRow]) -> str:
    """Return the counts as a sentence."""
    count = Counter(row.status for row in rows)
    parts = [f"{len(rows)} images: {count['ok'] + count['note']} can be trained on"]
    if count["note"]:
        parts.append(f"{count['note']} of them with notes")
    if count["unusable"]:
        parts.append(f"{count['unusable']} unusable: left out")
    return ", ".join(parts) + "."


def _row(entry: dict[str, str], thumbnails: Path) -> CheckedPairRow:
    image, thumbnail = Path(entry["image"]), thumbnail_file(thumbnails, Path(entry["image"]))
    status = entry["status"]
    if status not in FILTERS[0]:
        raise KeyError(status)
    landmarks = Path(entry["landmarks"])
    return CheckedPairRow(image, landmarks, status, entry["findings"], thumbnail if thumbnail.is_file() else None)
