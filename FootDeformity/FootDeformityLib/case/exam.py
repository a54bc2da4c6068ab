"""One examination: one foot or both, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import from_document, to_document
from FootDeformityLib.case.edit import check_reader
from FootDeformityLib.errors import FootDeformityError

_KIND, _VERSION = "FootDeformity exam", 1


@dataclass(frozen=True)
class Exam:
    """Immutable. feet: one case or two, e.g. right and left. reader: initials, "" until somebody was asked."""

    feet: tuple[Case, ...]
    reader: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.feet) <= 2:
            raise FootDeformityError(f"An exam has one foot or two, not {len(self.feet)}.")
        if self.reader:
            check_reader(self.reader)

    def with_foot(self, index: int, case: Case) -> Exam:
        """Return the exam with a foot replaced, or added where ``index`` is the number of feet."""
        if not 0 <= index <= len(self.feet):
            raise FootDeformityError(f"This exam has no foot {index + 1}; it has {len(self.feet)}.")
        return replace(self, feet=(*self.feet[:index], case, *self.feet[index + 1 :]))

    def with_reader(self, reader: str) -> Exam:
        """Return the exam with another reader for the edits to come. Raises FootDeformityError."""
        return replace(self, reader=reader)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong between the feet; what is wrong with one of them is said by case_warnings."""
        if len(self.feet) < 2:
            return ()
        first, second = (foot.facts for foot in self.feet)
        found = []
        if first.side == second.side != "unknown":
            found.append(f"Both feet are stated as {first.side}: one of them must be the other side.")
        ages = (first.age_years, second.age_years)
        if ages[0] is not None and ages[1] is not None and abs(ages[0] - ages[1]) >= 1.5:
            found.append(f"The feet are stated to be {ages[0]:g} and {ages[1]:g} years old: of one patient?")
        return tuple(found)


def to_exam_document(exam: Exam) -> dict[str, Any]:
    """Return the exam as plain data for JSON: reader, and each foot as in case.json."""
    return {
        "kind": _KIND,
        "version": _VERSION,
        "reader": exam.reader,
        "feet": [to_document(foot) for foot in exam.feet],
    }


def from_exam_document(document: object) -> Exam:
    """Return the exam of a document; what follows from the points is measured anew. Raises FootDeformityError."""
    if not isinstance(document, Mapping) or document.get("kind") != _KIND:
        raise FootDeformityError(f'Not an exam of FootDeformity: expected an object whose "kind" is {_KIND!r}.')
    if document.get("version") != _VERSION:
        raise FootDeformityError(
            f"The exam is of version {document.get('version')!r}, expected {_VERSION}. Update FootDeformity."
        )
    feet, reader = document.get("feet"), document.get("reader", "")
    if not isinstance(feet, list) or not isinstance(reader, str):
        raise FootDeformityError('The exam is damaged: expected "feet" as a list and "reader" as text.')
    return Exam(tuple(from_document(foot) for foot in feet), reader)
