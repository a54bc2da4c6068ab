"""What a reader takes away of one foot, and of two."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.downloads import Radiographs, download, download_list, exam_text
from FootDeformityLib.hosts.browser.feet import feet_state, foot_name
from FootDeformityLib.radiographs.read import read_radiograph


@pytest.fixture
def exam(example_case: Case) -> Exam:
    """A right foot and a left one."""
    feet = (example_case.with_facts(Facts(side, 34.0, "yes")) for side in ("right", "left"))
    return Exam(tuple(feet))  # type: ignore[arg-type]


@pytest.fixture
def images(foot_images: dict[str, Path]) -> Radiographs:
    return {(foot, view): read_radiograph(path) for foot in (0, 1) for view, path in foot_images.items()}


def names(exam: Exam) -> list[str]:
    return [item["name"] for item in download_list(exam)]


def test_one_foot_leaves_the_files_of_a_results_folder(example_case: Case) -> None:
    expected = ["report.html", "ap.mrk.json", "lateral.mrk.json", "measurements.csv", "case.json"]
    assert names(Exam((example_case,))) == expected
    assert names(Exam((example_case, Case({})))) == expected  # the other foot has no image yet
    assert names(Exam((Case({}),))) == []


def test_files_of_two_feet_tell_which_foot_it_is(exam: Exam, images: Radiographs) -> None:
    assert names(exam)[0] == "report.html" and len(set(names(exam))) == 9
    assert all(name.startswith(("right_", "left_")) for name in names(exam)[1:])
    content, kind = download("left_case.json", exam, images)
    assert json.loads(content)["side"] == "left" and kind == "application/json"


def test_one_report_holds_both_feet(exam: Exam, images: Radiographs) -> None:
    page = download("report.html", exam, images)[0].decode()
    assert "<title>Foot measurements, right and left foot</title>" in page
    assert page.count("<h2>Angles</h2>") == 2 and page.count("<img ") == 4
    older = exam.feet[1].with_facts(replace(exam.feet[1].facts, age_years=50.0))
    assert "of one patient?" in download("report.html", exam.with_foot(1, older), images)[0].decode()


def test_the_text_holds_both_feet(exam: Exam) -> None:
    text = exam_text(exam, {})
    assert text.index("right foot") < text.index("left foot")


def test_feet_of_the_same_side_are_told_by_number(exam: Exam) -> None:
    alike = exam.with_foot(1, exam.feet[0])
    assert [foot_name(alike, foot) for foot in (0, 1)] == ["foot 1", "foot 2"]
    assert [foot["name"] for foot in feet_state(exam, 1)] == ["Right foot", "Left foot"]
    assert [foot["selected"] for foot in feet_state(exam, 1)] == [False, True]


def test_what_is_not_there_is_refused(exam: Exam, images: Radiographs) -> None:
    with pytest.raises(FootDeformityError, match="nothing of this name"):
        download("case.json", exam, images)
