"""One foot or two, and their way into a scene and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.exam import Exam, from_exam_document, to_exam_document
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.errors import FootDeformityError


def test_round_trip_of_two_feet(example_case: Case) -> None:
    left = example_case.with_facts(Facts("left", 34.0, "yes")).move("AP", "A1", (80.0, 61.0), Edit.now("AB"))
    exam = Exam((example_case,), "AB").with_foot(1, left.with_criteria("lee2025-calibrated"))
    assert from_exam_document(json.loads(json.dumps(to_exam_document(exam)))) == exam


def test_a_foot_without_images_yet() -> None:
    exam = Exam((Case({}),))
    assert from_exam_document(json.loads(json.dumps(to_exam_document(exam)))) == exam
    assert {angle.value for angle in exam.feet[0].measurements.angles.values()} == {None}


def test_feet_that_contradict_each_other(example_case: Case) -> None:
    assert Exam((example_case,)).warnings == ()
    assert "Both feet are stated as right" in Exam((example_case, example_case)).warnings[0]
    left = example_case.with_facts(Facts("left", 60.0, "yes"))
    assert "34 and 60 years" in Exam((example_case, left)).warnings[0]
    unknown = example_case.with_facts(Facts("unknown", 34.0))
    assert Exam((unknown, unknown)).warnings == ()


def test_replacing_a_foot(example_case: Case) -> None:
    edited = example_case.remove("AP", "A1")
    assert Exam((example_case,)).with_foot(0, edited).feet == (edited,)
    with pytest.raises(FootDeformityError, match="no foot 3"):
        Exam((example_case,)).with_foot(2, edited)
    with pytest.raises(FootDeformityError, match="one foot or two"):
        Exam((example_case, edited)).with_foot(2, edited)
    with pytest.raises(FootDeformityError, match="initials"):
        Exam((example_case,)).with_reader("A B")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "Not an exam"),
        ([], "Not an exam"),
        ({"kind": "x"}, "Not an exam"),
        ({"kind": "FootDeformity exam", "version": 2}, "of version 2, expected 1"),
        ({"kind": "FootDeformity exam", "version": 1, "feet": None}, "damaged"),
        ({"kind": "FootDeformity exam", "version": 1, "feet": []}, "one foot or two"),
        ({"kind": "FootDeformity exam", "version": 1, "feet": [{}]}, "not a valid case"),
    ],
)
def test_what_is_no_exam_is_refused(document: Any, words: str) -> None:
    with pytest.raises(FootDeformityError, match=words):
        from_exam_document(document)
