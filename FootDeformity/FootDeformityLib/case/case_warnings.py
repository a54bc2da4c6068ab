"""Everything that the reader of a case must know before using its numbers."""

from __future__ import annotations

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.files.wording import listed
from FootDeformityLib.network.angle_agreement import AngleAgreement

_VIEWS = ("AP", "lateral")


def case_warnings(case: Case) -> tuple[str, ...]:
    """Return the warnings of facts, images, networks and measurements, each a sentence, each once."""
    found = case.measurements
    texts = [*case.facts.warnings]
    for name, view in case.views.items():
        texts += view.warnings
        texts += _poor_agreement(case, name, view)
    texts += found.warnings
    texts += [flag.message for flag in found.quality]
    return _both_views_at_once(list(dict.fromkeys(texts)))


def _poor_agreement(case: Case, name: str, view: CaseView) -> list[str]:
    """Angles that cannot be believed while the network's own points are in them, in one sentence."""
    found, ids = case.measurements, case.scheme.measurement_ids
    untouched = {mark for mark, state in view.landmarks.items() if state.state == "ai"}
    poor = {
        angle.name: f"the {angle.label} ({_agreement_words(agreement)})"
        for angle in case.scheme.angles(name)
        if (agreement := view.agreement.get(angle.name)) is not None
        and agreement.poor
        and found.angles[angle.name].value is not None
        and untouched & ids[angle.name]
    }
    if not poor:
        return []
    marks = [mark for mark in view.landmarks if mark in untouched and any(mark in ids[angle] for angle in poor)]
    decided = listed([finding.label for finding in found.findings.values() if finding.decided_by in poor])
    return [
        f"{name} image: on its own points the network agrees poorly with readers on {listed([*poor.values()])}. "
        f"Correct or confirm {', '.join(marks)} before you use {'it' if len(poor) == 1 else 'them'}"
        f"{decided and f', and {decided}'}."
    ]


def _agreement_words(agreement: AngleAgreement) -> str:
    return f"ICC {agreement.icc:.2f}, {agreement.error_degrees:.1f}° apart on average, n = {agreement.n}"


def _both_views_at_once(texts: list[str]) -> tuple[str, ...]:
    """Say once what holds for the images of both views alike."""
    first, second = (f"{view} image: " for view in _VIEWS)
    alike = {text.removeprefix(first) for text in texts if text.startswith(first)}
    alike &= {text.removeprefix(second) for text in texts if text.startswith(second)}
    merged = {second + text: f"Both images: {text}" for text in alike}
    return tuple(merged.get(text, text) for text in texts if text.removeprefix(first) not in alike)
