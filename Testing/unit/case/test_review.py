"""The way through the points that nobody has looked at."""

from __future__ import annotations

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.review import next_unconfirmed, previous_unconfirmed, unconfirmed


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
