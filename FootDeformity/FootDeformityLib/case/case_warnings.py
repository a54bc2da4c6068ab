"""Everything that the reader of a case must know before using its numbers."""

from __future__ import annotations

from FootDeformityLib.case.case import Case

_VIEWS = ("AP", "lateral")


def case_warnings(case: Case) -> tuple[str, ...]:
    """Return the warnings of facts, images, networks and measurements, each a sentence, each once."""
    found = case.measurements
    texts = [*case.facts.warnings]
    for view in case.views.values():
        texts += view.warnings
    texts += found.warnings
    texts += [flag.message for flag in found.quality]
    return _both_views_at_once(list(dict.fromkeys(texts)))


def _both_views_at_once(texts: list[str]) -> tuple[str, ...]:
    """Say once what holds for the images of both views alike."""
    first, second = (f"{view} image: " for view in _VIEWS)
    alike = {text.removeprefix(first) for text in texts if text.startswith(first)}
    alike &= {text.removeprefix(second) for text in texts if text.startswith(second)}
    merged = {second + text: f"Both images: {text}" for text in alike}
    return tuple(merged.get(text, text) for text in texts if text.removeprefix(first) not in alike)
