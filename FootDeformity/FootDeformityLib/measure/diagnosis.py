"""Deformities of one foot, in words that can be shown: state, rule, what decided, how close it was, who says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.citations import Citation
from FootDeformityLib.measure.criteria import BANDS, Criteria, DeformityCriteria, Operand
from FootDeformityLib.measure.decision import (
    MIXED_ARCH,
    NOT_APPLICABLE,
    NOT_MEASURABLE,
    PRESENT,
    STATES,
    WEIGHT_BEARING,
    Decisions,
    age_array,
    decision_rules,
)

WeightBearing = Literal["yes", "no", "unknown"]


class OperandResult(NamedTuple):
    """One comparison of the rule: value in degrees and truth, both None where the angle is not measurable."""

    angle: str
    relation: str
    cutoff: float
    value: float | None
    truth: bool | None


@dataclass(frozen=True)
class Finding:
    """What is true of one deformity in one foot.

    state: present, absent, mixed_arch, not_measurable or not_applicable. grey_zone: the deciding angle lies within the
    measurement error of its cut-off. decided_by: name of the deciding angle, None where nothing was decided.
    rule: the criteria in words. explanation: one sentence. band: adult, child, unknown (both rules) or too young.
    supporting: signs in words that are met but do not decide.
    """

    deformity: str
    label: str
    state: str
    grey_zone: bool
    decided_by: str | None
    severity: str | None
    rule: str
    explanation: str
    band: str
    operands: tuple[OperandResult, ...]
    supporting: tuple[str, ...]
    citations: tuple[Citation, ...]


_BAND_NAMES = (*BANDS, "unknown", "too young")
_UNKNOWN = _BAND_NAMES.index("unknown")


def diagnose(
    angles: Mapping[str, float | None],
    age_years: float | None,
    weight_bearing: WeightBearing,
    criteria: Criteria,
) -> dict[str, Finding]:
    """Judge one foot. angles: degrees by the names in ANGLES, None, NaN or no entry = not measurable.

    age_years None = unknown: both rules are evaluated, and where they differ the state is not_measurable. Raises
    FootDeformityError for an impossible age or an unknown word for weight_bearing. For many feet see decision.decide.
    """
    if weight_bearing not in WEIGHT_BEARING:
        raise FootDeformityError(f"Weight-bearing must be yes, no or unknown, not {weight_bearing!r}.")
    values = [angles.get(name) for name in ANGLES]
    numbers = [math.nan if value is None else float(value) for value in values]
    decisions = decision_rules(criteria).decide(
        np.array(numbers), age_array(age_years), np.array(weight_bearing == "no")
    )
    return findings_of_foot(decisions, numbers, weight_bearing, criteria)


def findings_of_foot(
    decisions: Decisions, angles: list[float], weight_bearing: str, criteria: Criteria
) -> dict[str, Finding]:
    """Words for the decisions of one foot; angles in the order of ANGLES, NaN = not measurable."""
    band = int(decisions.band)
    states, greys = decisions.state.tolist(), decisions.grey_zone.tolist()
    operands, bands = decisions.operand.tolist(), decisions.with_band.tolist()
    by_band = decisions.by_band.tolist()
    known = dict(zip(ANGLES, angles, strict=True))
    found = {}
    for k, entry in enumerate(criteria.deformities.values()):
        state = states[k]
        words = _rule_words(criteria, entry.name, band)
        decided = entry.rules[BANDS[bands[k]]][operands[k]] if operands[k] >= 0 else None
        severity = None
        if state == PRESENT and entry.severity is not None:
            graded = known[entry.severity.angle]
            severity = None if math.isnan(graded) else entry.severity.grade(graded)
        if state == NOT_APPLICABLE:
            reasons = _not_applicable(band, weight_bearing, criteria)
        elif state == NOT_MEASURABLE:
            reasons = _not_measurable(band, by_band[k], words.operands, known)
        else:
            reasons = _decided(state, greys[k], decided, words.operands, known, band, criteria, entry)
        found[entry.name] = Finding(
            deformity=entry.name,
            label=entry.label,
            state=STATES[state],
            grey_zone=greys[k],
            decided_by=None if decided is None else decided.angle,
            severity=severity,
            rule=words.rule,
            explanation=reasons,
            band=_BAND_NAMES[band],
            operands=tuple(_result(operand, known[operand.angle]) for operand in words.operands),
            supporting=tuple(
                f"{o.in_words()} (here {known[o.angle]:.1f} degrees)"
                for o in entry.supporting
                if o.holds(known[o.angle])
            ),
            citations=words.citations,
        )
    return found


class _RuleWords(NamedTuple):
    rule: str
    operands: tuple[Operand, ...]
    citations: tuple[Citation, ...]


@lru_cache(maxsize=256)
def _rule_words(criteria: Criteria, deformity: str, band: int) -> _RuleWords:
    """The rule that applies to an age band; with the age unknown both, with their operands one after the other."""
    entry = criteria.deformities[deformity]
    if band != _UNKNOWN:  # too young for either rule: the children's is the nearest
        name = BANDS[min(band, len(BANDS) - 1)]
        rule, operands = entry.in_words(name), entry.rules[name]
    else:
        adult, child = (entry.in_words(name) for name in BANDS)
        operands = tuple(dict.fromkeys(o for name in BANDS for o in entry.rules[name]))
        limit = f"{criteria.adult_from_years:g}"
        rule = adult if adult == child else f"from {limit} years: {adult}; under {limit} years: {child}"
    cited = (c for operand in operands for c in operand.citations + operand.conflicting)
    return _RuleWords(rule, operands, tuple(dict.fromkeys(cited)))


def _result(operand: Operand, value: float) -> OperandResult:
    if math.isnan(value):
        return OperandResult(operand.angle, operand.relation, operand.cutoff, None, None)
    return OperandResult(operand.angle, operand.relation, operand.cutoff, value, operand.holds(value))


def _not_applicable(band: int, weight_bearing: str, criteria: Criteria) -> str:
    if weight_bearing == "no":
        return "Not applicable: the criteria hold for weight-bearing radiographs only."
    return f"Not applicable: the criteria hold from {criteria.youngest_years:g} years of age."


def _not_measurable(band: int, states: list[int], operands: tuple[Operand, ...], known: Mapping[str, float]) -> str:
    if band == 2 and states[0] != states[1]:
        first, second = (STATES[state].replace("_", " ") for state in states)
        return f"Age needed: {first} by the adult rule, {second} by the rule for children."
    lacking = dict.fromkeys(o.label for o in operands if math.isnan(known[o.angle]))
    return f"Not measurable: {' and '.join(lacking)} not measurable."


def _decided(
    state: int,
    grey: bool,
    decided: Operand | None,
    operands: tuple[Operand, ...],
    known: Mapping[str, float],
    band: int,
    criteria: Criteria,
    entry: DeformityCriteria,
) -> str:
    if decided is None:
        return ""
    label = decided.label
    relation = decided.relation if state in (PRESENT, MIXED_ARCH) else f"not {decided.relation}"
    text = f"{label[0].upper()}{label[1:]} {known[decided.angle]:.1f} degrees is {relation} {decided.cutoff:g} degrees"
    if state == MIXED_ARCH:
        words = next((e.words for e in criteria.exclusive if entry.name in e.deformities), "")
        labels = " and ".join(
            criteria.deformities[n].label
            for e in criteria.exclusive
            if entry.name in e.deformities
            for n in e.deformities
        )
        text += f"; {words}: the criteria of {labels} are both met"
    if grey:
        text += f"; within {criteria.grey_zone[decided.angle]:g} degrees of the cut-off, a grey zone"
    if band == 2:
        text += "; age unknown, both age rules agree"
    return text + "."
