"""Angles on the network's own points that readers do not agree with are called so, until a person has seen to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.document import from_document, to_document
from FootDeformityLib.network.angle_agreement import AngleAgreement, angle_agreements

POOR = AngleAgreement(icc=0.15, error_degrees=7.5, n=127)
GOOD = AngleAgreement(icc=0.95, error_degrees=1.5, n=127)


@pytest.fixture
def detected(example_case: Case) -> Case:
    """Every point as the network placed it; it is poor at the talonavicular angle only."""
    agreement = {"talonavicular": POOR, "hallux_abductus": GOOD}
    return example_case.with_view("AP", replace(example_case.views["AP"], agreement=agreement))


def said(case: Case) -> list[str]:
    return [text for text in case_warnings(case) if "agrees poorly" in text]


def test_the_warning_names_angle_figures_points_and_what_rests_on_them(detected: Case) -> None:
    assert said(detected) == [
        "AP image: on its own points the network agrees poorly with readers on the talonavicular coverage angle "
        "(ICC 0.15, 7.5° apart on average, n = 127). Correct or confirm A9, A10, A11, A12 before you use it, and "
        "forefoot abduction."
    ]


def test_it_goes_when_a_person_has_seen_to_the_points(detected: Case) -> None:
    case = detected.confirm("AP", "A9").move("AP", "A10", (100.0, 100.0)).confirm("AP", "A11")
    assert "Correct or confirm A12 before" in said(case)[0]
    assert said(case.confirm("AP", "A12")) == []


def test_two_angles_make_one_sentence(detected: Case) -> None:
    view = detected.views["AP"]
    both = detected.with_view("AP", replace(view, agreement={**view.agreement, "ap_talocalcaneal": POOR}))
    (text,) = said(both)
    assert text.count("ICC") == 2 and "AP talocalcaneal angle" in text and "before you use them" in text
    assert "hindfoot valgus" in text and "forefoot abduction" in text


def test_an_angle_that_cannot_be_measured_is_not_warned_of(detected: Case) -> None:
    assert said(detected.remove("AP", "A9")) == []


def test_case_json_keeps_it(detected: Case) -> None:
    document = to_document(detected)
    assert document["images"]["AP"]["model_agreement"]["talonavicular"] == {"icc": 0.15, "error_degrees": 7.5, "n": 127}
    assert said(from_document(document)) == said(detected)


def test_a_model_that_was_not_judged_by_an_angle_says_nothing_of_it() -> None:
    figure = {"n": 5, "error_degrees": 2.0, "icc": 0.4}
    notes = {"validation": {"angles": {"meary": {"all": figure}, "calcaneal_pitch": {"all": {"n": 0, "icc": None}}}}}
    assert angle_agreements(notes) == {"meary": AngleAgreement(0.4, 2.0, 5)}
    assert angle_agreements({}) == {}
