"""The description of a point in a Slicer file: who placed it, and where the network had put it.

Slicer keeps descriptions, so a dragged point can be told from an untouched one when the file comes
back. Examples: ``AI 0.87 at 123.457 89.012`` and
``confirmed; uncertain; AI 0.41 at 20.000 30.500; edited 2026-01-31T09:05:00Z by AB``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from FootDeformityLib.files.markups_points import is_uncertain

_NUMBER = r"-?\d+(?:\.\d+)?"
_AI = re.compile(rf"\bAI(?: (\d(?:\.\d+)?))? at ({_NUMBER}) ({_NUMBER})")
_EDITED = re.compile(r"\bedited (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?: by ([^\W_]{1,8})(?!\w))?")
#: positions are written to a thousandth of a millimetre; a drag in Slicer moves further
_SAME_MM = 0.002


@dataclass(frozen=True)
class LandmarkNote:
    """ai_lps: where the network put the point, LPS x, y in mm of the file's frame, None without a network.

    reader, edited_at: initials and time (UTC, ISO 8601) of the last person's edit.
    """

    confirmed: bool = False
    uncertain: bool = False
    confidence: float | None = None
    ai_lps: tuple[float, float] | None = None
    reader: str | None = None
    edited_at: str | None = None

    def text(self) -> str:
        """Return the description to store."""
        parts = ["confirmed"] if self.confirmed else []
        if self.uncertain:
            parts.append("uncertain")
        if self.ai_lps is not None:
            confidence = "" if self.confidence is None else f" {self.confidence:.3f}"
            parts.append(f"AI{confidence} at {self.ai_lps[0]:.3f} {self.ai_lps[1]:.3f}")
        if self.edited_at is not None:
            parts.append(f"edited {self.edited_at}{f' by {self.reader}' if self.reader else ''}")
        return "; ".join(parts)

    def is_at(self, x: float, y: float) -> bool:
        """Whether the position (LPS mm) is the network's own."""
        return self.ai_lps is not None and math.dist(self.ai_lps, (x, y)) <= _SAME_MM


def parse_note(description: str) -> LandmarkNote:
    """Read a description; words that are not ours are ignored."""
    found = _AI.search(description)
    edited = _EDITED.search(description)
    confidence = float(found.group(1)) if found and found.group(1) else None
    return LandmarkNote(
        confirmed=re.search(r"\bconfirmed\b", description) is not None,
        uncertain=is_uncertain(description),
        confidence=None if confidence is None else min(confidence, 1.0),
        ai_lps=(float(found.group(2)), float(found.group(3))) if found else None,
        reader=edited.group(2) if edited else None,
        edited_at=edited.group(1) if edited else None,
    )
