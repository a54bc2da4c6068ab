"""Values of DICOM tags that may be missing, empty or broken."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pydicom.dataset import Dataset


def value(dataset: Dataset, keyword: str) -> Any:
    """Return the tag's value, None when it is missing, empty or cannot be understood."""
    try:
        found = dataset.get(keyword)
    except Exception:  # conversion of a broken value raises nearly anything
        return None
    return None if found is None or found == "" else found


def text(dataset: Dataset, keyword: str) -> str:
    """Return the tag as one line of text, "" when there is none."""
    found = value(dataset, keyword)
    if found is None:
        return ""
    if isinstance(found, str) or not isinstance(found, Iterable):
        return str(found).strip()
    return " ".join(str(part).strip() for part in found)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """Return the tag's finite numbers in their order; () when it is missing or any of them is not a number."""
    found = value(dataset, keyword)
    if found is None:
        return ()
    parts = [found] if isinstance(found, str) or not isinstance(found, Iterable) else list(found)
    try:
        result = tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        return ()
    return result if all(math.isfinite(number) for number in result) else ()


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return the tag's first number or None."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence, [] when there are none."""
    found = value(dataset, keyword)
    if found is None or isinstance(found, str) or not isinstance(found, Iterable):
        return []
    return [item for item in found if isinstance(item, Dataset)]


def meanings(dataset: Dataset, keyword: str) -> str:
    """Return the code meanings of a code sequence, modifiers included, as one line."""
    words = []
    for item in items(dataset, keyword):
        words.append(text(item, "CodeMeaning"))
        for modifiers in ("ViewModifierCodeSequence", "AnatomicRegionModifierSequence"):
            words.extend(text(modifier, "CodeMeaning") for modifier in items(item, modifiers))
    return " ".join(word for word in words if word)
