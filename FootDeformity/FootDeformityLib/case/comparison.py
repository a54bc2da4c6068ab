"""An earlier exam of the same foot beside the present one: by how much each angle changed, and whether that is news."""

from __future__ import annotations

from dataclasses import dataclass

from FootDeformityLib.case.case import Case
from FootDeformityLib.files.wording import degrees_text
from FootDeformityLib.measure.reference_values import Span, load_reference_values


@dataclass(frozen=True)
class AngleChange:
    """The change of one angle in degrees, now minus earlier; None where one of the two is not measurable.

    mdc95: smallest change that is beyond the measurement error of readers in 95 of 100 pairs, the largest that the
    sources give; None where it cannot be derived. within_error: the change is smaller; None where unknown.
    words: e.g. "+3.2°, within measurement error (MDC95 4.7°)"; where sources give a range and the change lies in it,
    "may be within". citations: where mdc95 comes from.
    """

    name: str
    label: str
    abbreviation: str
    earlier: float | None
    now: float | None
    delta: float | None
    mdc95: float | None
    within_error: bool | None
    words: str
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """changes: one an angle, in the scheme's order. warnings: why the two exams may not be comparable."""

    changes: tuple[AngleChange, ...]
    warnings: tuple[str, ...]


def compare(current: Case, earlier: Case) -> Comparison:
    """Return what changed from the earlier to the current exam of a foot."""
    before = earlier.measurements.angles
    changes = tuple(
        _change(current, name, before[name].value, angle.value) for name, angle in current.measurements.angles.items()
    )
    return Comparison(changes, _warnings(current, earlier))


def _change(case: Case, name: str, earlier: float | None, now: float | None) -> AngleChange:
    reliability = load_reference_values().reliability.get(name)
    span = reliability.mdc95 if reliability else None
    delta = None if earlier is None or now is None else now - earlier
    definition = case.scheme.angle(name)
    within = None if delta is None or span is None else abs(delta) < span.high
    return AngleChange(
        name=name,
        label=definition.label,
        abbreviation=definition.abbreviation,
        earlier=earlier,
        now=now,
        delta=delta,
        mdc95=None if span is None else span.high,
        within_error=within,
        words=_words(earlier, delta, span),
        citations=tuple(str(citation) for citation in reliability.citations) if reliability else (),
    )


def _words(earlier: float | None, delta: float | None, span: Span | None) -> str:
    if delta is None:
        return f"not measurable {'in the earlier exam' if earlier is None else 'now'}"
    sign = "+" if round(delta, 1) > 0 else ""
    change = f"{sign}{degrees_text(delta)}"
    if span is None:
        return f"{change}; the measurement error of this angle is not known"
    error = f"{span.low:g} to {span.high:g}°" if span.low != span.high else f"{span.high:g}°"
    verdict = "within" if abs(delta) < span.low else "may be within" if abs(delta) < span.high else "beyond"
    return f"{change}, {verdict} measurement error (MDC95 {error})"


def _warnings(current: Case, earlier: Case) -> tuple[str, ...]:
    now, then = current.facts, earlier.facts
    found = []
    if "unknown" in (now.side, then.side):
        found.append("The side of an exam is unknown: make sure that both show the same foot.")
    elif now.side != then.side:
        found.append(f"The earlier exam is of the {then.side} foot, this one of the {now.side}: not the same foot.")
    if now.age_years is not None and then.age_years is not None and now.age_years < then.age_years:
        found.append(
            f"The earlier exam is at {then.age_years:g} years of age and this one at {now.age_years:g}: "
            "swapped, or of another patient."
        )
    if "no" in (now.weight_bearing, then.weight_bearing) and now.weight_bearing != then.weight_bearing:
        found.append("Only one of the exams is weight-bearing: a change of angles may come from that alone.")
    elif "unknown" in (now.weight_bearing, then.weight_bearing):
        found.append("Weight-bearing of an exam is unknown: a change of angles may come from that alone.")
    if current.criteria != earlier.criteria:
        found.append(
            f"The earlier exam was judged by the criteria {earlier.criteria}, this one by {current.criteria}: "
            "compare angles, not diagnoses."
        )
    for words, case in (("The earlier exam", earlier), ("This exam", current)):
        if not case.reviewed:
            found.append(f"{words} holds points that nobody has reviewed.")
    return tuple(found)
