"""A case comes back with its scene, whatever happened to the scene or its files meanwhile."""

from __future__ import annotations

import json
import zipfile
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


@pytest.fixture
def save_and_load(app: Any, scene: Any, logic: ReadingLogic, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that saves the scene as .mrb or .mrml, closes it and loads it again."""

    def as_mrb() -> None:
        bundle = tmp_path / "scene.mrb"
        assert scene.WriteToMRB(str(bundle))
        scene.Clear(0)
        assert logic.cases == ()
        assert scene.ReadFromMRB(str(bundle))

    def as_mrml() -> None:
        folder = tmp_path / "scene"
        folder.mkdir()
        app.app_logic.SaveSceneToSlicerDataBundleDirectory(str(folder))
        scene.Clear(0)
        (file,) = folder.glob("*.mrml")
        scene.SetURL(str(file))
        assert scene.Connect()

    return {"mrb": as_mrb, "mrml": as_mrml}.__getitem__  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["mrb", "mrml"])
def test_everything_comes_back(logic: ReadingLogic, detected: SceneCase, save_and_load: Any, kind: str) -> None:
    detected.reader = "AB"
    detected.move("AP", "A1", (91.25, 61.5))
    detected.confirm("AP", "A2")
    detected.remove("lateral", "L1")
    detected.mark_uncertain("lateral", "L2")
    detected.set_facts(side="left", age_years=9.5)
    detected.set_criteria("lee2025-calibrated")
    detected.axes_visible, detected.locked = False, True
    exam = detected.exam
    save_and_load(kind)()
    assert logic.problems == []
    (case,) = logic.cases
    assert case is not detected and detected.closed
    assert case.exam == exam
    assert (case.name, case.reader, case.axes_visible, case.locked) == ("Example", "AB", False, True)
    assert case.volume("AP") is not None and case.markups("AP").GetLocked()
    node = case.markups("AP")
    assert node.GetNthControlPointPosition(0) == pytest.approx((-91.25, -61.5, 0.0))
    node.SetNthControlPointPosition(0, -92.0, -61.5, 0.0)
    assert case.case.views["AP"].landmarks["A1"].xy_px == (92.0, 61.5)
    case.set_facts(side=None)
    assert case.case.facts.age_years == 9.5, "what was stated is still known as stated"


def test_a_dicom_keeps_what_its_file_said(logic: ReadingLogic, samples: Path, save_and_load: Any) -> None:
    case = logic.new_case()
    case.load_image(samples / "normal_ap.dcm")
    before = case.radiograph("AP")
    save_and_load("mrb")()
    (case,) = logic.cases
    after = case.radiograph("AP")
    assert (after.spacing_mm, after.spacing_source, after.side, after.age_years) == (
        before.spacing_mm,
        before.spacing_source,
        before.side,
        before.age_years,
    )
    assert np.abs(after.pixels - before.pixels).max() < 1e-3


def test_two_feet_and_two_cases_come_back(
    logic: ReadingLogic, detected: SceneCase, foot_images: dict[str, Path], detect: Detect, save_and_load: Any
) -> None:
    detected.add_foot()
    detected.load_image(foot_images["AP"], "AP")
    detect(detected)
    detected.move("AP", "A1", (50.0, 50.0))
    other = logic.new_case("Other")
    other.load_image(foot_images["lateral"], "lateral")
    exams = [detected.exam, other.exam]
    save_and_load("mrb")()
    assert [case.exam for case in logic.cases] == exams
    assert [case.name for case in logic.cases] == ["Example", "Other"]
    assert logic.cases[0].foot == 1


def test_the_drawing_is_not_saved(
    scene: Any, detected: SceneCase, slice_views: Any, logic: Any, tmp_path: Path
) -> None:
    detected.show_in("AP", slice_views["AP"].get_view_node())
    logic.scheduler.flush()
    assert scene.GetFirstNodeByName("FootDeformity AP lines") is not None
    scene.WriteToMRB(str(tmp_path / "scene.mrb"))
    with zipfile.ZipFile(tmp_path / "scene.mrb") as bundle:
        names = bundle.namelist()
        (scene_file,) = [name for name in names if name.endswith(".mrml")]
        text = bundle.read(scene_file).decode()
    assert "FootDeformity AP" not in text and "FootDeformityColours" not in text
    assert not [name for name in names if "FootDeformity" in name]


def edited_elsewhere(bundle: Path, target: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    """Write a bundle whose AP point list somebody changed."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("AP.mrk.json"):
                document = json.loads(content)
                edit(document["markups"][0])
                content = json.dumps(document).encode()
            new.writestr(name, content)


def test_points_edited_elsewhere_count_as_moved(
    logic: ReadingLogic, scene: Any, detected: SceneCase, tmp_path: Path
) -> None:
    scene.WriteToMRB(str(tmp_path / "a.mrb"))
    scene.Clear(0)

    def edit(markup: dict[str, Any]) -> None:
        points = markup["controlPoints"]
        points[0]["position"] = [95.0, 66.0, 0.0]  # LPS
        points[1]["positionStatus"] = "undefined"
        points[1]["position"] = ""

    edited_elsewhere(tmp_path / "a.mrb", tmp_path / "b.mrb", edit)
    scene.ReadFromMRB(str(tmp_path / "b.mrb"))
    (case,) = logic.cases
    marks = case.case.views["AP"].landmarks
    assert (marks["A1"].xy_px, marks["A1"].ai_xy_px, marks["A1"].state) == ((95.0, 66.0), (90.0, 60.0), "moved")
    assert marks["A1"].reader is None
    assert marks["A2"].state == "missing"
    assert marks["A3"].state == "ai"


def test_a_point_list_with_other_points_is_put_in_order(
    logic: ReadingLogic, scene: Any, detected: SceneCase, tmp_path: Path
) -> None:
    scene.WriteToMRB(str(tmp_path / "a.mrb"))
    scene.Clear(0)

    def edit(markup: dict[str, Any]) -> None:
        markup["controlPoints"] = [*markup["controlPoints"][:5:-1], dict(markup["controlPoints"][0], label="X")]

    edited_elsewhere(tmp_path / "a.mrb", tmp_path / "b.mrb", edit)
    scene.ReadFromMRB(str(tmp_path / "b.mrb"))
    (case,) = logic.cases
    node = case.markups("AP")
    assert [node.GetNthControlPointLabel(k) for k in range(16)] == list(case.case.scheme.ids("AP"))
    marks = case.case.views["AP"].landmarks
    assert marks["A16"].state == "ai" and marks["A1"].state == "missing"
    assert node.GetNthControlPointPosition(15) == pytest.approx((-190.0, -420.0, 0.0))


def test_a_damaged_case_is_named_and_the_others_are_read(
    logic: ReadingLogic, scene: Any, detected: SceneCase, tmp_path: Path
) -> None:
    other = logic.new_case("Broken")
    scene.WriteToMRB(str(tmp_path / "a.mrb"))
    other.save_into_node()
    scene.Clear(0)
    with zipfile.ZipFile(tmp_path / "a.mrb") as old, zipfile.ZipFile(tmp_path / "b.mrb", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".mrml"):
                text = content.decode()
                at = text.index('name="Broken"')
                content = (text[:at] + text[at:].replace("FootDeformity exam", "something", 1)).encode()
            new.writestr(name, content)
    scene.ReadFromMRB(str(tmp_path / "b.mrb"))
    assert [case.name for case in logic.cases] == ["Example"]
    assert len(logic.problems) == 1 and logic.problems[0].startswith("Broken: ")


def test_a_second_scene_is_added_to_the_first(
    logic: ReadingLogic, scene: Any, detected: SceneCase, tmp_path: Path
) -> None:
    scene.WriteToMRB(str(tmp_path / "a.mrb"))
    detected.move("AP", "A1", (10.0, 10.0))
    scene.ReadFromMRB(str(tmp_path / "a.mrb"), False)
    first, second = logic.cases
    assert first is detected and first.case.views["AP"].landmarks["A1"].xy_px == (10.0, 10.0)
    assert second.case.views["AP"].landmarks["A1"].xy_px == (90.0, 60.0)
    assert first.markups("AP") is not second.markups("AP")


def test_closing_the_scene_tells_once(
    scene: Any, logic: ReadingLogic, detected: SceneCase, changes: list[Change]
) -> None:
    scene.Clear(0)
    assert [change.kind for change in changes] == ["closed"]
    assert logic.cases == ()
    assert logic.new_case().case.views == {}


def test_a_volume_is_deleted_by_hand(scene: Any, detected: SceneCase, changes: list[Change], tmp_path: Path) -> None:
    scene.RemoveNode(detected.volume("AP"))
    assert detected.volume("AP") is None
    assert ("volumes", "AP") in [(change.kind, change.view) for change in changes]
    detected.markups("AP").SetNthControlPointPosition(0, -91.0, -61.0, 0.0)
    assert detected.case.views["AP"].landmarks["A1"].xy_px == (91.0, 61.0), "its points are still there"
    detected.export(tmp_path / "out")


def test_a_point_list_is_deleted_by_hand(scene: Any, detected: SceneCase) -> None:
    scene.RemoveNode(detected.markups("AP"))
    assert all(state.state == "missing" for state in detected.case.views["AP"].landmarks.values())
    detected.undo()
    assert detected.markups("AP").GetNthControlPointPosition(0) == pytest.approx((-90.0, -60.0, 0.0))


def test_the_node_of_a_case_is_deleted_by_hand(scene: Any, logic: ReadingLogic, detected: SceneCase) -> None:
    markups = detected.markups("AP")
    scene.RemoveNode(detected.node)
    assert logic.cases == () and detected.closed and markups.GetScene() is None


def test_the_drawing_is_deleted_by_hand(scene: Any, detected: SceneCase, slice_views: Any, logic: ReadingLogic) -> None:
    detected.show_in("AP", slice_views["AP"].get_view_node())
    logic.scheduler.flush()
    scene.RemoveNode(scene.GetFirstNodeByName("FootDeformity AP lines"))
    logic.scheduler.flush()
    detected.move("AP", "A1", (91.0, 61.0))
    logic.scheduler.flush()
    assert scene.GetNodesByName("FootDeformity AP lines").GetNumberOfItems() == 1
    assert scene.GetNodesByName("FootDeformity AP ids").GetNumberOfItems() == 1


def test_a_closed_logic_leaves_the_scene_alone(scene: Any, logic: ReadingLogic, detected: SceneCase) -> None:
    node, markups = detected.node, detected.markups("AP")
    logic.close()
    assert node.GetScene() is scene and markups.GetScene() is scene
    again = ReadingLogic(scene)
    (case,) = again.cases
    assert case.exam == detected.exam, "a module that is reloaded finds the cases as they were"
    again.close()


@pytest.mark.parametrize("suffix", [".mrk.json", ".fcsv"])
def test_landmark_files_that_slicer_wrote(scene: Any, detected: SceneCase, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"points{suffix}"
    detected.move("AP", "A1", (95.0, 66.0))
    node = slicer.vtkMRMLMarkupsFiducialNode()
    scene.AddNode(node)
    node.CopyContent(detected.markups("AP"))
    storage = (
        slicer.vtkMRMLMarkupsFiducialStorageNode() if suffix == ".fcsv" else slicer.vtkMRMLMarkupsJsonStorageNode()
    )
    storage.SetFileName(str(file))
    assert storage.WriteData(node)
    before = detected.case.views["AP"]
    detected.reset_all("AP")
    detected.load_landmarks("AP", file)
    after = detected.case.views["AP"].landmarks
    assert after["A1"].xy_px == pytest.approx((95.0, 66.0)) and after["A1"].state == "moved"
    for name, state in before.landmarks.items():
        assert after[name].xy_px == pytest.approx(state.xy_px, abs=1e-3)
        assert after[name].confidence == state.confidence
    detected.undo()
    assert detected.case.views["AP"].landmarks["A1"].state == "ai"


def test_landmarks_of_another_view_are_refused(detected: SceneCase, logic: ReadingLogic, tmp_path: Path) -> None:
    detected.export(tmp_path / "out")
    exam = detected.exam
    with pytest.raises(FootDeformityError, match="lateral"):
        detected.load_landmarks("AP", tmp_path / "out" / "lateral.mrk.json")
    with pytest.raises(FootDeformityError, match="choose the AP image first"):
        logic.new_case().load_landmarks("AP", tmp_path / "out" / "ap.mrk.json")
    assert detected.exam == exam


def test_an_image_that_was_away_gets_its_points_back(
    scene: Any, detected: SceneCase, foot_images: dict[str, Path]
) -> None:
    scene.RemoveNode(detected.volume("AP"))
    detected.move("AP", "A1", (91.0, 61.0))
    detected.load_image(foot_images["AP"], "AP")
    assert detected.case.views["AP"].landmarks["A1"].xy_px == (91.0, 61.0)
    assert detected.markups("AP").GetNthControlPointPosition(0) == pytest.approx((-91.0, -61.0, 0.0))


def test_a_scene_whose_image_is_lost_still_has_its_case(
    scene: Any, logic: ReadingLogic, detected: SceneCase, foot_images: dict[str, Path], tmp_path: Path
) -> None:
    detected.move("AP", "A1", (91.0, 61.0))
    exam = detected.exam
    scene.RemoveNode(detected.volume("AP"))
    scene.WriteToMRB(str(tmp_path / "a.mrb"))
    scene.Clear(0)
    scene.ReadFromMRB(str(tmp_path / "a.mrb"))
    (case,) = logic.cases
    assert case.exam == exam and case.volume("AP") is None
    case.load_image(foot_images["AP"], "AP")
    assert case.case.views["AP"].landmarks["A1"].xy_px == (91.0, 61.0)


def test_a_cropped_volume_is_no_image_of_the_case_any_more(scene: Any, detected: SceneCase) -> None:
    node = detected.volume("AP")
    slicer.util.updateVolumeFromArray(node, slicer.util.arrayFromVolume(node)[:, 10:, 10:].copy())
    assert detected.volume("AP") is None
    assert detected.case.views["AP"].landmarks["A1"].xy_px == (90.0, 60.0)
    detected.set_volume("AP", node)
    assert all(state.xy_px is None for state in detected.case.views["AP"].landmarks.values())
