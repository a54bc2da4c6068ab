"""A reader at work: images come in, points are placed, moved, confirmed and taken back, on real MRML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.hosts.mrml.scene_case import SceneCase

Detect = Callable[[SceneCase], Any]


def kinds(changes: list[Change]) -> list[str]:
    return [change.kind for change in changes]


def angles(case: SceneCase) -> dict[str, float | None]:
    return {name: angle.value for name, angle in case.case.measurements.angles.items()}


def test_dicom_brings_view_side_age_and_pixel_size(logic: ReadingLogic, samples: Path) -> None:
    case = logic.new_case()
    volume = case.load_image(samples / "normal_ap.dcm")
    assert case.volume("AP") is volume and case.volume("lateral") is None
    assert (case.case.facts.side, case.case.facts.age_years) == ("right", 34.0)
    image = case.case.views["AP"].image
    assert image.spacing_mm == (0.27, 0.27) and "Pixel Spacing" in image.spacing_source
    assert volume.GetSpacing()[:2] == pytest.approx((0.27, 0.27))


def test_an_image_that_tells_no_view_takes_the_free_one(logic: ReadingLogic, foot_images: dict[str, Path]) -> None:
    case = logic.new_case()
    first, second = (case.load_image(foot_images[view]) for view in ("AP", "lateral"))
    assert (case.volume("AP"), case.volume("lateral")) == (first, second)


def test_a_point_list_has_exactly_the_points_of_the_scheme(logic: ReadingLogic, foot_images: dict[str, Path]) -> None:
    case = logic.new_case()
    case.load_image(foot_images["lateral"], "lateral")
    node = case.markups("lateral")
    scheme = case.case.scheme
    labels = [node.GetNthControlPointLabel(k) for k in range(node.GetNumberOfControlPoints())]
    assert labels == list(scheme.ids("lateral"))
    assert node.GetNthControlPointDescription(0) == scheme.landmarks("lateral")[0].definition
    assert node.GetNumberOfUndefinedControlPoints() == 11
    assert node.GetFixedNumberOfControlPoints()


def test_points_of_a_detection_lie_on_the_image(detected: SceneCase, foot_points: dict[str, np.ndarray]) -> None:
    node = detected.markups("AP")
    for k, (x, y) in enumerate(foot_points["AP"]):
        assert node.GetNthControlPointPosition(k) == pytest.approx((-x, -y, 0))
    assert detected.case.views["AP"].landmarks["A3"].doubtful
    assert all(value is not None for value in angles(detected).values())
    assert "AI 0.950 at 90.000 60.000" in node.GetNthControlPointDescription(0)


def test_moving_a_control_point_is_an_edit(detected: SceneCase, changes: list[Change]) -> None:
    detected.reader = "AB"
    before = angles(detected)["hallux_abductus"]
    detected.markups("AP").SetNthControlPointPosition(0, -100.0, -62.0, 0.0)
    state = detected.case.views["AP"].landmarks["A1"]
    assert (state.xy_px, state.ai_xy_px, state.state, state.reader) == ((100.0, 62.0), (90.0, 60.0), "moved", "AB")
    assert state.edited_at is not None
    assert angles(detected)["hallux_abductus"] != before
    assert kinds(changes) == ["facts", "points", "history"]


def test_edits_of_the_logic_do_not_come_back_as_edits(detected: SceneCase, changes: list[Change]) -> None:
    detected.move("AP", "A5", (80.0, 131.0))
    detected.undo()
    detected.redo()
    assert kinds(changes) == ["points", "history"] * 3
    assert detected.can_undo and not detected.can_redo


def test_bulk_edits_of_a_script_arrive_too(detected: SceneCase) -> None:
    node = detected.markups("lateral")
    points = slicer.util.arrayFromMarkupsControlPoints(node)
    slicer.util.updateMarkupsControlPointsFromArray(node, points - np.array([1.0, 0.0, 0.0]))
    assert {state.state for state in detected.case.views["lateral"].landmarks.values()} == {"moved"}


@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_each_deleted_point_takes_exactly_its_measurements_away(detected: SceneCase, view: str) -> None:
    scheme = detected.case.scheme
    for row, name in enumerate(scheme.ids(view)):
        detected.markups(view).UnsetNthControlPointPosition(row)
        assert detected.case.views[view].landmarks[name].state == "missing"
        gone = {angle for angle, value in angles(detected).items() if value is None}
        assert gone == {angle for angle in angles(detected) if name in scheme.measurement_ids[angle]}
        detected.undo()
        assert detected.markups(view).GetNthControlPointPositionStatus(row) == slicer.vtkMRMLMarkupsNode.PositionDefined


def test_a_deleted_point_can_be_placed_again(detected: SceneCase) -> None:
    node = detected.markups("AP")
    node.UnsetNthControlPointPosition(4)
    node.SetNthControlPointPosition(4, -81.0, -131.0, 0.0)
    state = detected.case.views["AP"].landmarks["A5"]
    assert (state.xy_px, state.state) == ((81.0, 131.0), "moved")


def test_a_point_that_is_only_hovering_is_not_placed(logic: ReadingLogic, foot_images: dict[str, Path]) -> None:
    case = logic.new_case()
    case.load_image(foot_images["AP"], "AP")
    node = case.markups("AP")
    node.SetNthControlPointPosition(0, -5.0, -5.0, 0.0, slicer.vtkMRMLMarkupsNode.PositionPreview)
    assert case.case.views["AP"].landmarks["A1"].xy_px is None
    node.SetNthControlPointPosition(0, -6.0, -5.0, 0.0, slicer.vtkMRMLMarkupsNode.PositionDefined)
    assert case.case.views["AP"].landmarks["A1"].xy_px == (6.0, 5.0)


def test_no_seventeenth_point(detected: SceneCase) -> None:
    assert detected.markups("AP").AddControlPoint(0.0, 0.0, 0.0) == -1
    assert detected.markups("AP").GetNumberOfControlPoints() == 16


def test_several_edits_can_be_one_step(detected: SceneCase) -> None:
    with detected.one_step():
        detected.move("AP", "A1", (1.0, 1.0))
        detected.remove("lateral", "L1")
        detected.mark_uncertain("AP", "A2")
    detected.undo()
    assert detected.case.views["AP"].landmarks["A1"].state == "ai"
    assert detected.case.views["lateral"].landmarks["L1"].state == "ai"
    assert not detected.case.views["AP"].landmarks["A2"].uncertain
    assert detected.markups("AP").GetNthControlPointPosition(0) == pytest.approx((-90.0, -60.0, 0.0))


def test_confirm_all_and_reset_all_are_one_step_each(detected: SceneCase) -> None:
    detected.move("AP", "A1", (95.0, 60.0))
    detected.confirm_all()
    assert detected.case.reviewed
    assert not any(detected.markups("AP").GetNthControlPointSelected(k) for k in range(16))
    detected.reset_all()
    assert {state.state for state in detected.case.views["AP"].landmarks.values()} == {"ai"}
    detected.undo()
    assert detected.case.views["AP"].landmarks["A1"].state == "moved"
    detected.undo()
    assert detected.case.views["AP"].landmarks["A2"].state == "ai"


def test_undo_goes_back_before_the_detection(detected: SceneCase) -> None:
    detected.undo()
    detected.undo()
    assert detected.markups("AP").GetNumberOfUndefinedControlPoints() == 16
    assert not detected.can_undo
    detected.redo()
    assert detected.markups("AP").GetNumberOfUndefinedControlPoints() == 0


def test_facts_and_criteria_are_no_steps_of_undo(detected: SceneCase) -> None:
    detected.move("AP", "A1", (95.0, 60.0))
    detected.set_facts(side="left", age_years=8.0)
    detected.set_facts(weight_bearing="yes")
    detected.set_criteria("lee2025-calibrated")
    detected.undo()
    facts = detected.case.facts
    assert (facts.side, facts.age_years, facts.weight_bearing) == ("left", 8.0, "yes")
    assert detected.case.criteria == "lee2025-calibrated"
    detected.set_facts(side=None)
    assert detected.case.facts.side == "unknown" and detected.case.facts.age_years == 8.0
    with pytest.raises(FootDeformityError):
        detected.set_criteria("nobody's")


def test_next_and_previous_unconfirmed(detected: SceneCase) -> None:
    detected.confirm_all("AP")
    assert detected.next_unconfirmed() == ("lateral", "L1")
    assert detected.previous_unconfirmed() == ("lateral", "L11")
    assert detected.selection == ("lateral", "L11")
    detected.confirm_all()
    assert detected.next_unconfirmed() is None


def test_unknown_names_are_refused(detected: SceneCase) -> None:
    for call in (
        lambda: detected.move("AP", "L1", (1.0, 1.0)),
        lambda: detected.select("AP", "A17"),
        lambda: detected.volume("oblique"),
        lambda: setattr(detected, "reader", "not initials"),
        lambda: setattr(detected, "foot", 1),
    ):
        with pytest.raises(FootDeformityError):
            call()
    assert detected.exam.reader == "" and not detected.closed


def test_another_image_has_its_own_points_and_the_first_one_keeps_them(
    detected: SceneCase, foot_images: dict[str, Path]
) -> None:
    first = detected.volume("AP")
    detected.move("AP", "A1", (91.0, 61.0))
    detected.move("lateral", "L1", (61.0, 301.0))
    detected.load_image(foot_images["AP"], "AP")
    assert all(state.xy_px is None for state in detected.case.views["AP"].landmarks.values())
    detected.undo()
    assert detected.case.views["lateral"].landmarks["L1"].state == "ai", "edits of the other view can still be undone"
    detected.set_volume("AP", first)
    assert detected.case.views["AP"].landmarks["A1"].xy_px == (91.0, 61.0)
    assert detected.markups("AP").GetNthControlPointPosition(0) == pytest.approx((-91.0, -61.0, 0.0))


def test_no_image_no_view(detected: SceneCase) -> None:
    node = detected.markups("AP")
    detected.set_volume("AP", None)
    assert list(detected.case.views) == ["lateral"]
    assert node.GetScene() is None
    assert detected.markups("AP") is None


def test_two_feet(detected: SceneCase, foot_images: dict[str, Path], detect: Detect) -> None:
    detected.add_foot()
    assert (detected.foot, detected.feet) == (1, 2)
    detected.load_image(foot_images["AP"], "AP")
    detect(detected)
    detected.move("AP", "A1", (70.0, 70.0))
    detected.foot = 0
    assert detected.case.views["AP"].landmarks["A1"].state == "ai"
    assert detected.undo() is None and detected.exam.feet[1].views["AP"].landmarks["A1"].state == "ai"
    detected.set_facts(side="left")
    detected.foot = 1
    detected.set_facts(side="left")
    assert detected.exam.warnings == ("Both feet are stated as left: one of them must be the other side.",)
    with pytest.raises(FootDeformityError):
        detected.add_foot()


def test_several_cases_in_one_scene(logic: ReadingLogic, detected: SceneCase, foot_images: dict[str, Path]) -> None:
    other = logic.new_case("Other")
    other.load_image(foot_images["AP"], "AP")
    other.move("AP", "A1", (10.0, 10.0))
    assert detected.case.views["AP"].landmarks["A1"].xy_px == (90.0, 60.0)
    assert logic.cases == (detected, other)
    node = other.markups("AP")
    logic.remove_case(other)
    assert logic.cases == (detected,) and node.GetScene() is None
    assert other.closed and other.case.views["AP"].landmarks["A1"].xy_px == (10.0, 10.0)
    for call in (
        lambda: other.load_image(foot_images["AP"], "AP"),
        lambda: other.move("AP", "A1", (1.0, 1.0)),
        other.undo,
    ):
        with pytest.raises(FootDeformityError, match="closed"):
            call()


def test_export_is_what_the_command_line_writes(detected: SceneCase, tmp_path: Path) -> None:
    assert detected.export(tmp_path / "out") == []
    assert {"case.json", "ap.mrk.json", "lateral.mrk.json", "report.html"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert detected.document()["reviewed"] is False


def test_a_file_that_is_no_radiograph_changes_nothing(detected: SceneCase, tmp_path: Path, changes: list[Any]) -> None:
    (tmp_path / "x.png").write_bytes(b"no image")
    volume = detected.volume("AP")
    with pytest.raises(FootDeformityError):
        detected.load_image(tmp_path / "x.png", "AP")
    assert detected.volume("AP") is volume and changes == []
