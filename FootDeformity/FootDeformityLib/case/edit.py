"""Who changed a landmark, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from FootDeformityLib.errors import FootDeformityError

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Edit:
    """reader: initials, 1 to 8 letters or digits, or None where nobody was asked. time: UTC, ISO 8601 to the second.

    Initials go into file names and into the descriptions of points: nothing else is allowed in them. Raises
    FootDeformityError.
    """

    reader: str | None
    time: str

    def __post_init__(self) -> None:
        if self.reader is not None:
            check_reader(self.reader)
        if not _TIME.fullmatch(self.time):
            raise FootDeformityError(f"The time of an edit must be like 2026-01-31T09:05:00Z, not {self.time!r}.")

    @classmethod
    def now(cls, reader: str | None) -> Edit:
        """Return an edit of this moment; empty initials count as None."""
        return cls(reader or None, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def check_reader(reader: str) -> None:
    """Raise FootDeformityError unless the text can stand for a reader everywhere."""
    if not (reader.isalnum() and len(reader) <= 8):
        raise FootDeformityError(
            f"The reader is given as {reader!r}; expected initials of 1 to 8 letters or digits, without spaces."
        )
