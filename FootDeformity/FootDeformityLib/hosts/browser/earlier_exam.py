"""An earlier exam of a foot beside the present one, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.comparison import AngleChange, Comparison, compare
from FootDeformityLib.case.document import from_document
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import read_case
from FootDeformityLib.files.wording import age_text, capital, degrees_text
from FootDeformityLib.hosts.browser.image_file import ImageFile


@dataclass(frozen=True)
class EarlierExam:
    """name: of its file, for the page only."""

    name: str
    case: Case

    @classmethod
    def read(cls, file: ImageFile) -> EarlierExam:
        """Read a case.json. Raises FootDeformityError with the reader's own name for it."""
        try:
            return cls(file.name, from_document(read_case(file.path)))
        except FootDeformityError as error:
            raise FootDeformityError(
                f"{str(error).replace(str(file.path), file.name)} An earlier exam is the case.json of its results."
            ) from None

    def comparison(self, now: Case) -> Comparison:
        """Return what changed since."""
        return compare(now, self.case)

    def state(self, now: Case) -> dict[str, Any]:
        """Return the comparison as plain data for the page."""
        found, facts = self.comparison(now), self.case.facts
        side = "side unknown" if facts.side == "unknown" else f"{facts.side} foot"
        return {
            "file": self.name,
            "about": f"{capital(side)}, age {age_text(facts.age_years)}, weight-bearing: {facts.weight_bearing}",
            "changes": [_change(change) for change in found.changes],
            "warnings": list(found.warnings),
        }


def _change(change: AngleChange) -> dict[str, Any]:
    _, comma, meaning = change.words.replace(";", ",", 1).partition(", ")
    return {
        "name": change.name,
        "label": capital(change.label),
        "earlier": _degrees(change.earlier),
        "now": _degrees(change.now),
        "delta": "" if change.delta is None else f"{change.delta:+.1f}°",
        "meaning": capital(meaning if comma else change.words),
        "beyond": change.within_error is False,
        "sources": list(change.citations),
    }


def _degrees(value: float | None) -> str:
    return "–" if value is None else degrees_text(value)
