"""The tables that every host shows say what case.json says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from FootDeformityLib.case.angle_bar import bar_position
from FootDeformityLib.case.angle_rows import AngleRow, angle_rows
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.diagnosis_rows import diagnosis_rows
from FootDeformityLib.case.document import to_document
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.landmark_rows import LandmarkRow, landmark_rows
from FootDeformityLib.files.overlay import STATE_COLOURS, point_style
from FootDeformityLib.measure import foot

BY = Edit("AB", "2026-01-31T09:05:00Z")


def angle(case: Case, name: str) -> AngleRow:
    return next(row for row in angle_rows(case) if row.name == name)


def mark(case: Case, view: str, name: str) -> LandmarkRow:
    return next(row for row in landmark_rows(case, view) if row.id == name)


@pytest.mark.parametrize("age", [5.0, 12.0, 34.0, None])
def test_rows_agree_with_the_document(example_case: Case, age: float | None) -> None:
    case = example_case.with_facts(Facts("right", age, "yes")).move("lateral", "L2", (95.0, 180.0)).remove("AP", "A16")
    document = to_document(case)
    assert [row.name for row in angle_rows(case)] == list(document["angles"])
    for row in angle_rows(case):
        said = document["angles"][row.name]
        assert (row.degrees, row.label, row.abbreviation) == (said["degrees"], said["name"], said["abbreviation"])
        assert (row.view, row.grey_zone, row.reason or None) == (said["view"], said["grey_zone"], said["reason"])
        assert (list(row.normal_range) if row.normal_range else None) == said["normal_range"]
        assert row.range_source == said["normal_range_source"]
    assert [row.name for row in diagnosis_rows(case)] == list(document["diagnosis"])
    for found in diagnosis_rows(case):
        said = document["diagnosis"][found.name]
        assert (found.state, found.severity, found.rule) == (said["state"], said["severity"], said["rule"])
        assert (found.grey_zone, found.decided_by) == (said["grey_zone"], said["decided_by"])
        assert (found.explanation, list(found.citations)) == (said["explanation"], said["citations"])
    assert list(case_warnings(case)) == document["warnings"]


def test_the_networks_angle_stays_while_a_point_is_dragged(example_case: Case) -> None:
    before = angle(example_case, "meary")
    assert before.ai_degrees == before.degrees
    dragged = example_case
    for x in range(90, 100):
        dragged = dragged.move("lateral", "L2", (float(x), 180.0), BY)
    after = angle(dragged, "meary")
    assert after.ai_degrees == before.degrees
    assert after.degrees is not None and after.degrees > 5
    assert dragged.ai_measurements is example_case.ai_measurements


def test_a_new_image_or_other_facts_are_measured_anew(example_case: Case) -> None:
    found = LandmarkState.detected((70.0, 130.0), 0.9)
    other = example_case.with_view("AP", example_case.views["AP"].with_landmark("A5", found))
    assert other.ai_measurements is not example_case.ai_measurements
    child = example_case.with_facts(Facts("right", 12.0, "yes"))
    assert child.ai_measurements.findings["pes_planus"].band == "child"


def test_without_a_network_there_is_no_second_value(example_case: Case) -> None:
    views = {
        view: content.with_all(lambda state: type(state).placed(state.xy_px))
        for view, content in example_case.views.items()
    }
    row = angle(Case.from_views(views, Facts()), "meary")
    assert row.degrees is not None
    assert (row.ai_degrees, row.ai_words) == (None, "")
    assert row.bar is not None and row.bar.ai is None


def test_words(example_case: Case) -> None:
    assert angle(example_case, "mt1_talar").words == "-10.7° (abducted)"
    assert angle(example_case, "mt1_talar").range_words == "none published"
    assert angle(example_case, "calcaneal_pitch").remark == "below the range"
    lost = angle(example_case.remove("lateral", "L2"), "meary")
    assert (lost.degrees, lost.words, lost.reason) == (None, "not measurable", "L2 missing.")
    assert lost.bar is not None and lost.bar.value is None and lost.bar.ai is not None


def test_the_bar() -> None:
    bar = bar_position("meary", 40.0, -30.0, (-4, 4))
    assert bar is not None
    assert (bar.ai, bar.value) == (0.0, 1.0)
    assert bar.lo == pytest.approx(26 / 70)
    assert bar.hi == pytest.approx(34 / 70)
    outside = bar_position("meary", 75.0, None, (None, 7))
    assert outside is not None
    assert (outside.value, outside.lo) == (1.0, 0.0)
    assert bar_position("meary", None, None, (-4, 4)) is None
    open_range = bar_position("mt1_talar", 0.0, 0.0, None)
    assert open_range is not None and open_range.lo is None and open_range.hi is None


def test_every_angle_has_a_bar_that_holds_its_normal_range(example_case: Case) -> None:
    for age in (12.0, 34.0):
        for row in angle_rows(example_case.with_facts(Facts("right", age, "yes"))):
            assert row.bar is not None and row.bar.value is not None and 0 < row.bar.value < 1
            if row.normal_range and None not in row.normal_range:
                assert row.bar.lo is not None and row.bar.hi is not None and 0 < row.bar.lo < row.bar.hi < 1


def test_landmarks_by_state(example_case: Case) -> None:
    case = example_case.move("AP", "A1", (93.0, 64.0), BY).confirm("AP", "A2", BY).remove("AP", "A4", BY)
    case = case.mark_uncertain("AP", "A5", True, BY)
    said = {row.id: (row.style, row.state_words) for row in landmark_rows(case, "AP")}
    assert said["A1"] == ("moved", "moved")
    assert said["A2"] == ("confirmed", "confirmed")
    assert said["A3"] == ("doubtful", "AI in doubt")
    assert said["A4"] == ("missing", "not visible")
    assert said["A5"] == ("ai", "placed by AI, uncertain")
    moved = mark(case, "AP", "A1")
    assert (moved.moved_by_px, moved.moved_by_mm) == (5.0, None)
    assert (moved.reader, moved.edited_at) == ("AB", BY.time)
    assert moved.name and moved.definition
    document = case.views["AP"].landmarks_document()
    for row in landmark_rows(case, "AP"):
        assert row.style == point_style(document[row.id])
        assert row.style in STATE_COLOURS or row.state == "missing"
    assert landmark_rows(Case({}), "AP") == ()


def test_millimetres_follow_the_pixels_shape(example_case: Case) -> None:
    view = example_case.views["AP"]
    spaced = replace(view, image=replace(view.image, spacing_mm=(0.2, 0.1)))
    case = example_case.with_view("AP", spaced).move("AP", "A1", (93.0, 68.0))
    assert mark(case, "AP", "A1").moved_by_mm == pytest.approx(1.0)


def test_an_edit_measures_once(example_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    angle_rows(example_case)
    calls = []
    real = foot.measure_checked

    def counted(*args: object) -> object:
        calls.append(args)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(foot, "measure_checked", counted)
    case = example_case.move("AP", "A5", (80.0, 130.0), BY)
    angle_rows(case), diagnosis_rows(case), case_warnings(case), landmark_rows(case, "AP")
    assert len(calls) == 1
