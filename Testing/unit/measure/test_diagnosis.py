"""Deformities: three-valued logic, states, ages, grey zones, severity."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.criteria import load_criteria
from FootDeformityLib.measure.decision import decide
from FootDeformityLib.measure.diagnosis import Finding, diagnose

LITERATURE = load_criteria()
DEFORMITIES = ("pes_planus", "pes_cavus", "hindfoot_valgus", "forefoot_abduction", "hallux_valgus")
NORMAL = {"ap_talocalcaneal": 20.0, "talonavicular": 2.0, "mt1_talar": 0.0, "hallux_abductus": 8.0, "meary": 0.0}
NORMAL |= {"calcaneal_pitch": 24.0, "lateral_talocalcaneal": 40.0}


def judge(deformity: str, age: float | None = 40, weight_bearing: str = "yes", **angles: float | None) -> Finding:
    return diagnose(NORMAL | angles, age, weight_bearing, LITERATURE)[deformity]  # type: ignore[arg-type]


def test_a_normal_foot_has_nothing() -> None:
    findings = diagnose(NORMAL, 40, "yes", LITERATURE)
    assert tuple(findings) == DEFORMITIES
    assert {finding.state for finding in findings.values()} == {"absent"}


@pytest.mark.parametrize(
    ("meary", "pitch", "state", "decided_by"),
    [
        (9, 10, "present", "calcaneal_pitch"),  # both true: 8 degrees beyond outweigh 5
        (9, 25, "present", "meary"),
        (9, None, "present", "meary"),
        (0, 10, "present", "calcaneal_pitch"),
        (None, 10, "present", "calcaneal_pitch"),
        (0, 25, "absent", "meary"),  # both false: 4 degrees are closer than 7
        (-3, 19, "absent", "calcaneal_pitch"),
        (0, None, "not_measurable", None),
        (None, 25, "not_measurable", None),
        (None, None, "not_measurable", None),
    ],
)
def test_three_valued_or(meary: float | None, pitch: float | None, state: str, decided_by: str | None) -> None:
    finding = judge("pes_planus", meary=meary, calcaneal_pitch=pitch)
    assert (finding.state, finding.decided_by) == (state, decided_by)
    truths = {operand.angle: operand.truth for operand in finding.operands}
    assert truths["meary"] is (None if meary is None else meary > 4)
    assert truths["calcaneal_pitch"] is (None if pitch is None else pitch < 18)


def test_cutoffs_are_strict() -> None:
    assert judge("pes_planus", meary=4).state == "absent"
    assert judge("pes_planus", meary=math.nextafter(4, 5)).state == "present"
    assert judge("pes_planus", calcaneal_pitch=18).state == "absent"
    assert judge("pes_planus", calcaneal_pitch=math.nextafter(18, 0)).state == "present"


@pytest.mark.parametrize(
    ("deformity", "angle", "adult", "child"),
    [
        ("pes_planus", "meary", 4, 13.5),
        ("pes_cavus", "meary", -4, -4),
        ("hindfoot_valgus", "ap_talocalcaneal", 30, 45),
        ("forefoot_abduction", "talonavicular", 7, 20),
        ("hallux_valgus", "hallux_abductus", 15, 20),
    ],
)
def test_each_rule_by_age(deformity: str, angle: str, adult: float, child: float) -> None:
    beyond = -0.1 if deformity == "pes_cavus" else 0.1
    for age, cutoff in ((18, adult), (60, adult), (7, child), (17.9, child)):
        assert judge(deformity, age, **{angle: cutoff + beyond}).state == "present"
        assert judge(deformity, age, **{angle: cutoff - beyond}).state == "absent"


def test_planus_and_cavus_together_are_mixed_arch_in_both_rows() -> None:
    findings = diagnose(NORMAL | {"meary": -6, "calcaneal_pitch": 15}, 40, "yes", LITERATURE)
    for name, decided_by in (("pes_planus", "calcaneal_pitch"), ("pes_cavus", "meary")):
        assert findings[name].state == "mixed_arch"
        assert findings[name].decided_by == decided_by
        assert findings[name].severity is None
        assert "mixed arch signs" in findings[name].explanation
    assert findings["hallux_valgus"].state == "absent"


@pytest.mark.parametrize(
    ("angle", "cutoff", "half_width", "deformity"),
    [
        ("meary", 4, 2, "pes_planus"),
        ("meary", -4, 2, "pes_cavus"),
        ("calcaneal_pitch", 18, 2, "pes_planus"),
        ("ap_talocalcaneal", 30, 4, "hindfoot_valgus"),
        ("talonavicular", 7, 2, "forefoot_abduction"),
        ("hallux_abductus", 15, 2.85, "hallux_valgus"),
    ],
)
def test_grey_zone_reaches_half_a_width_to_either_side(
    angle: str, cutoff: float, half_width: float, deformity: str
) -> None:
    quiet = {"meary": -8.0} if angle == "calcaneal_pitch" else {}
    states: dict[bool, set[str]] = {}
    for offset, grey in (
        (-half_width - 0.01, False),
        (-half_width, True),
        (half_width, True),
        (half_width + 0.01, False),
    ):
        finding = judge(deformity, **(quiet | {angle: cutoff + offset}))
        assert finding.grey_zone is grey, offset
        assert finding.decided_by == angle
        assert ("grey zone" in finding.explanation) is grey
        states.setdefault(grey, set()).add(finding.state)
    assert len(states[True]) == 2, "the state follows the cut-off alone"


def test_a_firm_operand_leaves_no_grey_zone() -> None:
    """Meary 5 is within the grey zone of 4, but pitch 10 makes the foot flat anyway."""
    finding = judge("pes_planus", meary=5, calcaneal_pitch=10)
    assert (finding.state, finding.grey_zone, finding.decided_by) == ("present", False, "calcaneal_pitch")


def test_no_grey_zone_without_a_decision() -> None:
    assert not judge("pes_planus", meary=4, calcaneal_pitch=None).grey_zone
    assert not judge("pes_planus", weight_bearing="no", meary=4).grey_zone


def test_age_unknown_evaluates_both_rules() -> None:
    agree = judge("hallux_valgus", None, hallux_abductus=30)
    assert agree.state == "present" and "age unknown" in agree.explanation and agree.band == "unknown"
    differ = judge("hallux_valgus", None, hallux_abductus=18)
    assert differ.state == "not_measurable" and differ.decided_by is None
    assert differ.explanation.startswith("Age needed: present by the adult rule, absent by the rule for children")
    assert judge("hallux_valgus", None, hallux_abductus=8).state == "absent"
    same_rule = judge("pes_cavus", None, meary=-9)
    assert same_rule.state == "present" and same_rule.rule == "Meary's angle < -4 degrees"


def test_age_unknown_takes_the_closer_cutoff_for_the_grey_zone() -> None:
    """Absent for both; 5 degrees below the child's 20, but 0.5 below the adult's 15."""
    finding = judge("hallux_valgus", None, hallux_abductus=14.5)
    assert (finding.state, finding.grey_zone) == ("absent", True)
    assert judge("hallux_valgus", None, hallux_abductus=21).grey_zone


def test_age_unknown_with_one_rule_undecided_is_not_measurable() -> None:
    finding = judge("pes_planus", None, meary=10, calcaneal_pitch=None)
    assert finding.state == "not_measurable"
    assert "not measurable by the rule for children" in finding.explanation


def test_age_unknown_compares_mixed_arch_too() -> None:
    """Pitch 16 is low for adults only: mixed arch signs by their rule, plain cavus by that of children."""
    findings = diagnose(NORMAL | {"meary": -6, "calcaneal_pitch": 16}, None, "yes", LITERATURE)
    assert findings["pes_cavus"].state == findings["pes_planus"].state == "not_measurable"
    assert "mixed arch by the adult rule" in findings["pes_cavus"].explanation


@pytest.mark.parametrize(("age", "weight_bearing"), [(6.9, "yes"), (0, "unknown"), (40, "no"), (None, "no"), (6, "no")])
def test_not_applicable_whatever_is_missing(age: float | None, weight_bearing: str) -> None:
    for angles in (NORMAL, NORMAL | {"meary": 20.0}, {}):
        findings = diagnose(angles, age, weight_bearing, LITERATURE)  # type: ignore[arg-type]
        assert {finding.state for finding in findings.values()} == {"not_applicable"}
        assert all(f.decided_by is None and f.severity is None and not f.grey_zone for f in findings.values())


def test_unknown_weight_bearing_still_diagnoses() -> None:
    assert judge("hallux_valgus", weight_bearing="unknown", hallux_abductus=30).state == "present"


@pytest.mark.parametrize(
    ("ha", "severity"), [(15.1, "mild"), (19.9, "mild"), (20, "moderate"), (39.9, "moderate"), (40, "severe")]
)
def test_severity_of_hallux_valgus(ha: float, severity: str) -> None:
    assert judge("hallux_valgus", hallux_abductus=ha).severity == severity


@pytest.mark.parametrize(
    ("meary", "severity"),
    [(2, "mild"), (14.9, "mild"), (15, "moderate"), (30, "moderate"), (30.1, "severe"), (None, None)],
)
def test_severity_of_planus_by_meary(meary: float | None, severity: str | None) -> None:
    finding = judge("pes_planus", meary=meary, calcaneal_pitch=10)
    assert finding.state == "present"
    assert finding.severity == severity


def test_severity_only_when_present_and_defined() -> None:
    assert judge("hallux_valgus", hallux_abductus=14).severity is None
    assert judge("pes_cavus", meary=-20).severity is None
    assert judge("hindfoot_valgus", ap_talocalcaneal=50).severity is None


def test_supporting_sign_of_cavus_does_not_decide() -> None:
    finding = judge("pes_cavus", calcaneal_pitch=32)
    assert finding.state == "absent"
    assert finding.supporting == ("calcaneal pitch > 30 degrees (here 32.0 degrees)",)
    assert judge("pes_cavus", calcaneal_pitch=29).supporting == ()


def test_findings_carry_rule_and_citations() -> None:
    finding = judge("pes_planus", meary=9)
    assert finding.rule == "Meary's angle > 4 degrees or calcaneal pitch < 18 degrees"
    assert {(c.source, c.mark) for c in finding.citations} == {("14", "V"), ("3", "S"), ("2", "S"), ("13", "V")}
    assert finding.explanation == "Meary's angle 9.0 degrees is > 4 degrees."


def test_nan_none_and_absent_keys_are_the_same() -> None:
    for angles in ({}, dict.fromkeys(ANGLES), dict.fromkeys(ANGLES, math.nan)):
        states = {f.state for f in diagnose(angles, 40, "yes", LITERATURE).values()}
        assert states == {"not_measurable"}


@pytest.mark.parametrize("age", [-1, 131, math.inf])
def test_impossible_ages_are_refused(age: float) -> None:
    with pytest.raises(FootDeformityError, match="age"):
        diagnose(NORMAL, age, "yes", LITERATURE)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(FootDeformityError, match="yes, no or unknown"):
        diagnose(NORMAL, 40, "maybe", LITERATURE)  # type: ignore[arg-type]
    with pytest.raises(FootDeformityError, match="yes, no or unknown"):
        decide(NORMAL, 40, ["yes", "maybe"], LITERATURE)


@pytest.mark.parametrize("profile", ["literature", "lee2025-calibrated"])
def test_batches_decide_as_single_feet(profile: str) -> None:
    criteria = load_criteria(profile)
    rng = np.random.default_rng(4)
    angles = {name: rng.normal(NORMAL[name], 12, 300) for name in ANGLES}
    for values in angles.values():
        values[rng.random(300) < 0.15] = np.nan
    ages = rng.choice([5.0, 9.0, 17.5, 18.0, 50.0, np.nan], 300)
    bearing = rng.choice(["yes", "no", "unknown"], 300)
    together = decide(angles, ages, bearing, criteria)
    for k, name in itertools.product(range(300), DEFORMITIES):
        foot = {angle: float(values[k]) for angle, values in angles.items()}
        single = diagnose(foot, float(ages[k]), str(bearing[k]), criteria)[name]  # type: ignore[arg-type]
        assert together.states(name)[k] == single.state
        assert together.grey_zone[k, together.deformities.index(name)] == single.grey_zone
