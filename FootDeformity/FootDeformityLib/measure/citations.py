"""Where a clinical number comes from, and how well that was verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.json_file import required


@dataclass(frozen=True)
class Citation:
    """A source in full, the mark of verification (V, S, P, C, K) with its meaning, and what the source says.

    ``read`` tells what of the source was readable (abstract, table, secondary text, ...).
    """

    source: str
    reference: str
    identifier: str
    read: str
    mark: str
    mark_meaning: str
    note: str = ""

    def __str__(self) -> str:
        identifier = f", {self.identifier}" if self.identifier else ""
        note = f": {self.note}" if self.note else ""
        return f"[{self.mark}] {self.reference}{identifier}{note}"


class CitationReader:
    """Resolves the source keys of one JSON file to full citations; refuses numbers without any."""

    def __init__(self, data: Mapping[str, Any], path: Path) -> None:
        self._sources = required(data, "sources", dict, path)
        self._marks = required(data, "marks", dict, path)
        self._path = path

    def read(self, entry: Mapping[str, Any], key: str = "citations") -> tuple[Citation, ...]:
        """The citations of a number. Raises FootDeformityError when there is none or its source is unknown."""
        found = tuple(self._one(item) for item in required(entry, key, list, self._path))
        if not found:
            raise FootDeformityError(f"{self._path}: a number has no citation: {dict(entry)}.")
        return found

    def optional(self, entry: Mapping[str, Any], key: str) -> tuple[Citation, ...]:
        """Citations under a key that may be missing."""
        return self.read(entry, key) if entry.get(key) else ()

    def _one(self, item: Mapping[str, Any]) -> Citation:
        source = required(item, "source", str, self._path)
        mark = required(item, "mark", str, self._path)
        if source not in self._sources or mark not in self._marks:
            raise FootDeformityError(f"{self._path}: citation {item} names an unknown source or mark.")
        full = self._sources[source]
        return Citation(
            source=source,
            reference=required(full, "reference", str, self._path),
            identifier=str(full.get("id") or ""),
            read=str(full.get("read") or ""),
            mark=mark,
            mark_meaning=str(self._marks[mark]),
            note=str(item.get("note", "")),
        )
