"""How numbers and states of a case document are said; the same on every page and terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from FootDeformityLib.files.case_document import LOW_CONFIDENCE, CaseDocument

STATES = {
    "present": "present",
    "absent": "absent",
    "mixed_arch": "mixed arch signs",
    "not_measurable": "not measurable",
    "not_applicable": "not applicable",
}


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def listed(texts: Sequence[str]) -> str:
    """Join as a sentence does.

    >>> listed(["pitch"]), listed(["pitch", "arch", "heel"])
    ('pitch', 'pitch, arch and heel')
    """
    return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))


def degrees_text(degrees: float) -> str:
    """Return degrees with one decimal; what rounds to zero has no sign."""
    return f"{round(degrees, 1) + 0.0:.1f}°"


def angle_text(angle: Mapping[str, Any]) -> str:
    """Return e.g. "-10.3° (abducted)", "8.5°" or "not measurable" for an angle of the document."""
    if angle["degrees"] is None:
        return "not measurable"
    # sign and word: the normal range speaks in signs, people in words
    direction = f" ({angle['direction']})" if angle.get("direction") else ""
    return f"{degrees_text(angle['degrees'])}{direction}"


def range_text(limits: Sequence[float | None] | None, unit: str = "°") -> str:
    """Return e.g. "-4 to 4°", "up to 7°", "from 18°" or "none published"."""
    low, high = limits if limits is not None else (None, None)
    if low is None and high is None:
        return "none published"
    if low is None:
        return f"up to {high:g}{unit}"
    if high is None:
        return f"from {low:g}{unit}"
    return f"{low:g} to {high:g}{unit}"


def range_remark(angle: Mapping[str, Any]) -> str:
    """Return "below the range", "above the range" or nothing for an angle of the document, by the number as shown."""
    low, high = angle.get("normal_range") or (None, None)
    if angle["degrees"] is None:
        return ""
    shown = round(angle["degrees"], 1)
    if low is not None and shown < low:
        return "below the range"
    return "above the range" if high is not None and shown > high else ""


def age_text(age_years: float | None) -> str:
    """Return e.g. "34 years", "4 months" or "unknown"."""
    if age_years is None:
        return "unknown"
    if age_years < 2:
        months = int(12 * age_years + 1e-6)
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{age_years:g} years"


def extra_text(extra: Mapping[str, Any]) -> str:
    """Return value and unit of an extra measurement."""
    if extra["value"] is None:
        return "not measurable"
    unit = extra["unit"]
    if unit == "degrees":
        return degrees_text(extra["value"])
    return f"{extra['value']:.0f} %" if unit == "percent" else f"{extra['value']:.2f} {unit}"


def diagnosis_text(diagnosis: Mapping[str, Any]) -> str:
    """Return e.g. "present, mild" for a diagnosis of the document."""
    words = STATES[diagnosis["state"]]
    return f"{words}, {diagnosis['severity']}" if diagnosis.get("severity") else words


def facts_text(document: CaseDocument) -> list[tuple[str, str]]:
    """Return what is known about the foot as (name, value) pairs."""
    weight = {"yes": "yes", "no": "no", "unknown": "unknown: please confirm"}[document["weight_bearing"]]
    return [
        ("Side", document["side"]),
        ("Age", age_text(document["age_years"])),
        ("Weight-bearing", weight),
        ("Criteria", document["criteria"]),
    ]


def open_points(document: CaseDocument, view: str) -> tuple[list[str], list[str], list[str]]:
    """Return the ids that are unreviewed, doubtful (low confidence or marked uncertain) and missing in a view."""
    if document["images"][view] is None:
        return [], [], []
    marks = document["landmarks"][view]
    unreviewed = [name for name, mark in marks.items() if mark["state"] == "ai"]
    doubtful = [
        name
        for name, mark in marks.items()
        if mark.get("uncertain")
        or (mark["state"] == "ai" and mark["confidence"] is not None and mark["confidence"] < LOW_CONFIDENCE)
    ]
    missing = [name for name, mark in marks.items() if mark["state"] == "missing"]
    return unreviewed, doubtful, missing
