"""The patient's age at the exposure, as a hint."""

from __future__ import annotations

import re
from datetime import date

from pydicom.dataset import Dataset

from FootDeformityLib.radiographs.dicom_values import text

_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
_OLDEST = 115.0


def dicom_age(dataset: Dataset, notes: list[str]) -> float | None:
    """Return the age in years from PatientAge, else from birth and study date; None if neither makes sense.

    The dates themselves are not kept. Appends to ``notes`` when the two contradict each other.
    """
    stated = _stated(text(dataset, "PatientAge"))
    days = _days_between(dataset)
    counted = None if days is None else days / 365.25
    if stated is not None and counted is not None and abs(stated - counted) > 1.5:
        notes.append("the patient's age and birth date contradict each other: no age was taken from the file")
        return None
    return counted if stated is None else stated


def _stated(words: str) -> float | None:
    match = re.fullmatch(r"(\d{1,3})\s*([YMWD])", words.upper())
    if match is None or int(match[1]) == 0:  # 000Y is what anonymisers write
        return None
    years = int(match[1]) * _YEARS[match[2]]
    return years if years <= _OLDEST else None


def _days_between(dataset: Dataset) -> int | None:
    born = _date(text(dataset, "PatientBirthDate"))
    for keyword in ("StudyDate", "AcquisitionDate", "ContentDate", "SeriesDate"):
        exposed = _date(text(dataset, keyword))
        if born is not None and exposed is not None:
            days = (exposed - born).days
            return days if 0 < days / 365.25 <= _OLDEST else None
    return None


def _date(words: str) -> date | None:
    digits = words.replace(".", "").replace("-", "")
    if not re.fullmatch(r"\d{8}", digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
