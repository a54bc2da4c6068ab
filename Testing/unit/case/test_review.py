"""The way through the points that nobody has looked at."""

from __future__ import annotations

from dataclasses import replace

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.review import (
    next_unconfirmed,
    next_unplaced,
    previous_unconfirmed,
    previous_unplaced,
    unconfirmed,
    unplaced,
)


def test_scheme_order_ap_before_lateral_and_round_again(example_case: Case) -> None:
    case = example_case.confirm_all("AP").confirm_all("lateral")
    for view, name in (("AP", "A2"), ("AP", "A10"), ("lateral", "L3")):
        case = case.reset(view, name)
    assert unconfirmed(case) == (("AP", "A2"), ("AP", "A10"), ("lateral", "L3"))
    assert next_unconfirmed(case) == ("AP", "A2")
    assert next_unconfirmed(case, ("AP", "A2")) == ("AP", "A10")
    assert next_unconfirmed(case, ("AP", "A11")) == ("lateral", "L3")
    assert next_unconfirmed(case, ("lateral", "L3")) == ("AP", "A2")
    assert previous_unconfirmed(case) == ("lateral", "L3")
    assert previous_unconfirmed(case, ("AP", "A2")) == ("lateral", "L3")
    assert previous_unconfirmed(case, ("lateral", "L1")) == ("AP", "A10")


def test_the_last_one_and_none(example_case: Case) -> None:
    case = example_case.confirm_all("AP").confirm_all("lateral").reset("AP", "A2")
    assert next_unconfirmed(case, ("AP", "A2")) == ("AP", "A2")
    done = case.confirm("AP", "A2")
    assert next_unconfirmed(done) is None
    assert previous_unconfirmed(done, ("AP", "A2")) is None
    assert next_unconfirmed(Case({})) is None


def test_what_nobody_placed_is_left_until_somebody_answers(example_case: Case) -> None:
    bare = {name: LandmarkState() for name in example_case.scheme.ids("lateral")}
    case = example_case.with_view("lateral", replace(example_case.views["lateral"], landmarks=bare))
    assert unplaced(example_case) == () and next_unplaced(example_case) is None
    assert len(unplaced(case)) == 11 and next_unplaced(case) == ("lateral", "L1")
    case = case.move("lateral", "L1", (5.0, 6.0)).remove("lateral", "L2", Edit("AB", "2026-01-31T09:05:00Z"))
    assert next_unplaced(case, ("lateral", "L1")) == ("lateral", "L3")
    assert previous_unplaced(case, ("lateral", "L3")) == ("lateral", "L11")
