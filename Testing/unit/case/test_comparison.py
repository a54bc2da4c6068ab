"""An earlier exam beside the present one: what changed, and what is only measurement error."""

from __future__ import annotations

import math

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.comparison import AngleChange, compare
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.measure.reference_values import load_reference_values


def change(current: Case, earlier: Case, name: str) -> AngleChange:
    return next(one for one in compare(current, earlier).changes if one.name == name)


def turned(case: Case, degrees: float) -> Case:
    """Lift the first metatarsal: Meary's angle grows by so many degrees."""
    (x0, y0) = case.views["lateral"].landmarks["L3"].xy_px or (0.0, 0.0)
    for name in ("L2", "L4", "L3", "L5"):
        x, y = case.views["lateral"].landmarks[name].xy_px or (0.0, 0.0)
        a = math.radians(-degrees)
        dx, dy = x - x0, y - y0
        point = (x0 + math.cos(a) * dx - math.sin(a) * dy, y0 + math.sin(a) * dx + math.cos(a) * dy)
        case = case.move("lateral", name, point)
    return case


def test_the_change_is_now_minus_earlier(example_case: Case) -> None:
    later = turned(example_case, 3.0)
    one = change(later, example_case, "meary")
    assert one.now is not None and one.earlier is not None
    assert one.delta == pytest.approx(one.now - one.earlier)
    assert abs(one.delta or 0.0) == pytest.approx(3.0)
    assert change(example_case, later, "meary").delta == pytest.approx(-(one.delta or 0.0))


@pytest.mark.parametrize(
    ("degrees", "within", "words"), [(3.0, True, ", within"), (8.0, True, "may be within"), (14.0, False, "beyond")]
)
def test_measurement_error_of_meary_lies_between_4_4_and_12(
    example_case: Case, degrees: float, within: bool, words: str
) -> None:
    one = change(turned(example_case, degrees), example_case, "meary")
    assert (one.mdc95, one.within_error) == (12.0, within)
    assert words in one.words
    assert "MDC95 4.4 to 12°" in one.words


def test_each_error_is_published_or_unknown(example_case: Case) -> None:
    known = {one.name: one.mdc95 for one in compare(example_case, example_case).changes}
    assert known == {
        "ap_talocalcaneal": None, "talonavicular": 14, "mt1_talar": 15, "hallux_abductus": 5.7, "meary": 12,
        "calcaneal_pitch": 4.7, "lateral_talocalcaneal": None,
    }  # fmt: skip
    for one in compare(example_case, example_case).changes:
        assert one.citations
        assert one.delta == 0.0
        assert one.within_error is (None if one.mdc95 is None else True)
    assert "not known" in change(example_case, example_case, "lateral_talocalcaneal").words


def test_the_published_errors_follow_from_icc_and_spread() -> None:
    """MDC95 = 2.77 SEM and SEM = SD sqrt(1 - ICC): what the file says agrees with itself, as far as it is rounded."""
    for entry in load_reference_values().reliability.values():
        if entry.mdc95 is not None:
            assert entry.sem is not None
            assert entry.mdc95.low == pytest.approx(2.77 * entry.sem.low, rel=0.06)
            assert entry.mdc95.high == pytest.approx(2.77 * entry.sem.high, rel=0.06)


def test_what_cannot_be_compared(example_case: Case) -> None:
    lost = example_case.remove("lateral", "L2")
    now, before = change(lost, example_case, "meary"), change(example_case, lost, "meary")
    assert (now.delta, now.within_error, now.words) == (None, None, "not measurable now")
    assert before.words == "not measurable in the earlier exam"


def reviewed(case: Case, facts: Facts | None = None) -> Case:
    case = case.confirm_all("AP").confirm_all("lateral")
    return case.with_facts(facts or Facts("right", 34.0, "yes"))


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (Facts("left", 34.0, "yes"), "not the same foot"),
        (Facts("unknown", 34.0, "yes"), "side of an exam is unknown"),
        (Facts("right", 40.0, "yes"), "swapped, or of another patient"),
        (Facts("right", 34.0, "no"), "Only one of the exams is weight-bearing"),
        (Facts("right", 34.0, "unknown"), "Weight-bearing of an exam is unknown"),
    ],
)
def test_warnings(example_case: Case, earlier: Facts, words: str) -> None:
    assert compare(reviewed(example_case), reviewed(example_case)).warnings == ()
    (warning,) = compare(reviewed(example_case), reviewed(example_case, earlier)).warnings
    assert words in warning


def test_other_criteria_and_unreviewed_points(example_case: Case) -> None:
    other = reviewed(example_case).with_criteria("lee2025-calibrated")
    assert "not diagnoses" in compare(reviewed(example_case), other).warnings[0]
    assert "The earlier exam holds points" in compare(reviewed(example_case), example_case).warnings[0]
