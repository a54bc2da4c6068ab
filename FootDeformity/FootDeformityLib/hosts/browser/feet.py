"""The feet of an exam on the page: what each is called, and which one is shown."""

from __future__ import annotations

from typing import Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.review import unconfirmed
from FootDeformityLib.files.wording import capital


def foot_name(exam: Exam, foot: int) -> str:
    """Return e.g. "right foot"; by its number where the side is unknown, or both are stated as the same."""
    side = exam.feet[foot].facts.side
    alike = any(other.facts.side == side for number, other in enumerate(exam.feet) if number != foot)
    return f"foot {foot + 1}" if side == "unknown" or alike else f"{side} foot"


def measured_feet(exam: Exam) -> dict[int, Case]:
    """Return the feet that have an image, by number."""
    return {number: foot for number, foot in enumerate(exam.feet) if foot.views}


def feet_state(exam: Exam, selected: int) -> list[dict[str, Any]]:
    """Return the feet as the page's switch shows them."""
    return [
        {"name": capital(foot_name(exam, number)), "selected": number == selected, "unreviewed": len(unconfirmed(foot))}
        for number, foot in enumerate(exam.feet)
    ]
