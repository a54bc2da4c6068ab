"""The whole panel on real MRML: opening, detecting, closing the scene at a bad moment, leaving and coming back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qt
import slicer

from FootDeformityLib.resources import resource_path

Wait = Callable[[Callable[[], bool]], None]


def settled(room: Any) -> Callable[[], bool]:
    return lambda: not room._pending


@pytest.fixture
def sample(module: Any, widget: Any, room: Any, wait: Wait) -> Any:
    """The sample's images, its points where feet have them on average: as a network would have placed them."""
    widget.open_sample()
    module.place_mean_shape(room.case)
    wait(settled(room))
    return room.case


def test_an_empty_panel_says_what_to_do(room: Any, ui: Any, said: Any) -> None:
    assert room.rows_shown == (0, 0, 0) and "Choose or open" in ui.statusLabel.text
    for name in ("detectButton", "cancelButton", "confirmButton", "undoButton", "exportButton", "saveAndNextButton"):
        assert not getattr(ui, name).enabled, name
    assert (
        not ui.reviewBadgeLabel.visible and slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScriptedModuleNode") == 0
    )
    assert said.errors == []


def test_the_sample_fills_the_panel(room: Any, ui: Any, sample: Any) -> None:
    assert room.rows_shown == (27, 7, 5)
    assert ui.sideComboBox.currentText == "right (image)" and ui.weightBearingComboBox.currentText == "yes (image)"
    assert ui.ageSpinBox.text == "34 (image)"
    assert ui.apSelector.currentNode() is sample.volume("AP") and ui.detectButton.enabled


def test_each_image_has_a_slice_view_of_its_own(room: Any, sample: Any) -> None:
    nodes = {view: room.views.slice_node(view) for view in ("AP", "lateral")}
    assert {view: node.GetLayoutName() for view, node in nodes.items()} == {"AP": "FootAP", "lateral": "FootLateral"}
    for view, node in nodes.items():
        composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode", slicer.mrmlScene)
        composite = next(one for one in composites if one.GetLayoutName() == node.GetLayoutName())
        assert composite.GetBackgroundVolumeID() == sample.volume(view).GetID()


def test_what_slicer_loads_does_not_come_under_the_points_of_another_image(room: Any, sample: Any) -> None:
    other = slicer.vtkMRMLScalarVolumeNode()
    slicer.mrmlScene.AddNode(other)
    slicer.app.applicationLogic().GetSelectionNode().SetActiveVolumeID(other.GetID())
    slicer.app.applicationLogic().PropagateVolumeSelection()  # what every reader of Slicer does in the end
    for view in ("AP", "lateral"):
        composite = slicer.app.layoutManager().sliceWidget(f"Foot{view.title() if view != 'AP' else view}")
        assert composite.mrmlSliceCompositeNode().GetBackgroundVolumeID() == sample.volume(view).GetID()


def test_the_badge_counts_what_nobody_has_looked_at(room: Any, ui: Any, sample: Any, wait: Wait) -> None:
    assert "Every point reviewed" in ui.reviewBadgeLabel.text and ui.reviewBadgeLabel.visible


@pytest.mark.slow
def test_detect_places_every_point_with_the_real_detector(
    widget: Any, room: Any, ui: Any, wait: Wait, said: Any
) -> None:
    widget.open_sample()
    wait(settled(room))
    ui.detectButton.click()
    assert ui.progressBar.visible and ui.cancelButton.enabled and not ui.detectButton.enabled
    words: set[str] = set()
    wait(lambda: (words.add(ui.statusLabel.text), room.logic.job.state != "running")[1])
    wait(settled(room))
    assert room.logic.job.state == "done" and said.errors == [] and len(words) > 2
    assert "AI, not reviewed: 27 points" in ui.reviewBadgeLabel.text
    assert ui.anglesTable.item(0, 2).text() != "" and not ui.progressBar.visible and ui.detectButton.enabled


def test_a_detection_that_a_script_starts_is_followed(widget: Any, room: Any, ui: Any, wait: Wait) -> None:
    widget.open_sample()
    wait(settled(room))
    room.case.detect()
    wait(settled(room))
    assert ui.progressBar.visible and ui.cancelButton.enabled
    ui.cancelButton.click()


def test_a_damaged_case_of_a_scene_is_told_once(widget: Any, room: Any, said: Any, wait: Wait, tmp_path: Path) -> None:
    room.new_case("Broken")
    room.case.node.SetParameter("reading", "{")
    file = str(tmp_path / "scene.mrb")
    assert slicer.mrmlScene.WriteToMRB(file)
    slicer.mrmlScene.Clear(False)
    assert slicer.mrmlScene.ReadFromMRB(file)
    wait(settled(room))
    widget.exit()
    widget.enter()
    assert len(said.infos) == 1 and "damaged" in said.infos[0]


def test_cancel_stops_the_detection(widget: Any, room: Any, ui: Any, wait: Wait) -> None:
    widget.open_sample()
    wait(settled(room))
    ui.detectButton.click()
    ui.cancelButton.click()
    wait(settled(room))
    assert room.logic.job.state == "cancelled" and "cancelled" in ui.statusLabel.text and ui.detectButton.enabled


def test_closing_the_scene_while_it_detects_leaves_an_empty_panel(
    widget: Any, room: Any, ui: Any, wait: Wait, said: Any
) -> None:
    widget.open_sample()
    wait(settled(room))
    ui.detectButton.click()
    slicer.mrmlScene.Clear(False)
    wait(lambda: settled(room)() and room.logic.job.state != "running")
    assert room.logic.job.state == "cancelled" and said.errors == []
    assert room.rows_shown == (0, 0, 0) and not ui.progressBar.visible and ui.apSelector.currentNode() is None
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScriptedModuleNode") == 0


def test_detecting_again_asks_before_it_replaces_what_a_person_did(room: Any, ui: Any, sample: Any, said: Any) -> None:
    said.answers.append(False)
    ui.detectButton.click()
    assert len(said.questions) == 1 and room.logic.job is None


def test_the_layout_comes_back_after_the_scene_was_closed(room: Any, sample: Any, wait: Wait) -> None:
    manager = slicer.app.layoutManager()
    slicer.mrmlScene.Clear(False)
    assert manager.layout == 0
    wait(lambda: manager.layout != 0)


def test_a_point_that_moves_in_the_scene_changes_row_and_angle(room: Any, ui: Any, sample: Any, wait: Wait) -> None:
    before = [ui.anglesTable.item(row, 1).text() for row in range(7)]
    node, position = sample.markups("AP"), [0.0, 0.0, 0.0]
    node.GetNthControlPointPosition(0, position)
    node.SetNthControlPointPosition(0, position[0] + 12.0, position[1], position[2])
    wait(settled(room))
    after = [ui.anglesTable.item(row, 1).text() for row in range(7)]
    assert [one != other for one, other in zip(before, after, strict=True)] == [False] * 3 + [True] + [False] * 3
    assert ui.undoButton.enabled
    ui.undoButton.click()
    wait(settled(room))
    assert [ui.anglesTable.item(row, 1).text() for row in range(7)] == before and ui.redoButton.enabled


def test_many_moves_are_shown_once_a_frame(room: Any, sample: Any, wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[frozenset[str]] = []
    monkeypatch.setattr(room, "refresh", shown.append)
    for step in range(50):
        sample.move("AP", "A1", (100.0 + step, 200.0))
    wait(settled(room))
    assert len(shown) == 1 and "points" in shown[0]


def test_leaving_and_coming_back(widget: Any, room: Any, ui: Any, sample: Any, wait: Wait, said: Any) -> None:
    widget.exit()
    sample.confirm_all()
    sample.remove("AP", "A16")
    widget.enter()
    wait(settled(room))
    assert ui.landmarksTable.item(15, 3).text() == "not visible" and said.errors == []


def test_cleanup_lets_go_of_scene_and_detector(widget: Any, room: Any, sample: Any) -> None:
    worker = widget.panel._worker
    slicer.util.mainWindow().takeCentralWidget().deleteLater()
    slicer.util.mainWindow().close()
    qt.QCoreApplication.sendPostedEvents(None, qt.QEvent.DeferredDelete)  # Slicer's window may be gone before
    widget.cleanup()
    widget.cleanup()
    slicer.mrmlScene.Clear(False)
    assert worker._process is None and not room.logic.cases


def test_a_volume_that_is_removed_takes_nothing_else_with_it(
    room: Any, ui: Any, sample: Any, wait: Wait, said: Any
) -> None:
    sample.confirm_all()
    slicer.mrmlScene.RemoveNode(sample.volume("AP"))
    after = list[bool]()
    room.scheduler.frame(lambda: after.append(True))
    wait(lambda: bool(after) and settled(room)())
    assert sample.volume("AP") is None and all(one.reviewed for one in sample.case.views["AP"].landmarks.values())
    assert len(sample.case.views["AP"].landmarks) == 16 and sample.markups("AP").GetScene() is slicer.mrmlScene
    assert said.errors == [] and ui.lateralSelector.currentNode() is sample.volume("lateral")
    assert ui.anglesTable.rowCount == 7


def test_choosing_none_takes_the_image_away(room: Any, ui: Any, sample: Any, wait: Wait) -> None:
    ui.apSelector.setCurrentNode(None)
    wait(lambda: set(sample.case.views) == {"lateral"} and settled(room)())
    assert room.rows_shown[0] == 11


def test_an_image_of_the_scene_can_be_chosen(room: Any, ui: Any, wait: Wait) -> None:
    import numpy as np

    volume = slicer.vtkMRMLScalarVolumeNode()
    volume.SetName("plain")
    slicer.mrmlScene.AddNode(volume)
    slicer.util.updateVolumeFromArray(volume, np.arange(80 * 60, dtype=np.uint16).reshape(1, 80, 60))
    volume.CreateDefaultDisplayNodes()
    ui.lateralSelector.setCurrentNode(volume)
    wait(settled(room))
    assert room.case is not None and room.case.volume("lateral") is volume and room.rows_shown[0] == 11


def test_a_file_that_is_no_radiograph_is_explained(room: Any, ui: Any, said: Any, tmp_path: Path) -> None:
    bad = tmp_path / "letter.png"
    bad.write_bytes(b"Dear colleague")
    qt.QFileDialog.answers[:] = [bad]
    ui.openApButton.click()
    assert len(said.errors) == 1 and "letter.png" in said.errors[0]
    assert room.case is not None and room.case.volume("AP") is None
    qt.QFileDialog.answers[:] = [""]
    ui.openLateralButton.click()  # the user changed his mind
    assert len(said.errors) == 1


def test_files_go_to_the_view_they_name(room: Any, ui: Any, wait: Wait) -> None:
    qt.QFileDialog.answers[:] = [[resource_path("Samples", name) for name in ("normal_lateral.dcm", "normal_ap.dcm")]]
    ui.openImagesButton.click()
    wait(settled(room))
    assert room.case.volume("AP").GetName() == "normal_ap" and room.case.volume("lateral").GetName() == "normal_lateral"


def test_facts_are_stated_and_taken_back(room: Any, ui: Any, sample: Any, wait: Wait) -> None:
    def choose(combo: Any, index: int) -> None:
        combo.setCurrentIndex(index)
        combo.activated.emit(index)
        wait(settled(room))

    choose(ui.sideComboBox, 2)
    assert sample.case.facts.side == "left" and ui.sideComboBox.currentText == "left"
    assert "left" in ui.warningsLabel.text  # the tags say right
    ui.ageSpinBox.setValue(5.0)
    wait(settled(room))
    assert sample.case.facts.age_years == 5.0 and sample.case.facts.side == "left"
    assert {ui.diagnosesTable.item(row, 1).text() for row in range(5)} == {"not applicable"}
    choose(ui.weightBearingComboBox, 2)
    assert sample.case.facts.weight_bearing == "no"
    choose(ui.sideComboBox, 0)
    ui.ageSpinBox.setValue(-1.0)
    choose(ui.weightBearingComboBox, 0)
    assert (sample.case.facts.side, sample.case.facts.age_years, sample.case.facts.weight_bearing) == (
        "right",
        34,
        "yes",
    )


def test_criteria_are_chosen_by_their_title(room: Any, ui: Any, sample: Any, wait: Wait) -> None:
    ui.criteriaComboBox.setCurrentIndex(1)
    ui.criteriaComboBox.activated.emit(1)
    wait(settled(room))
    assert sample.case.criteria == "lee2025-calibrated" and "reproduction" in ui.warningsLabel.text.lower()


def test_initials_go_with_edits_and_are_remembered(room: Any, ui: Any, sample: Any, said: Any) -> None:
    ui.readerLineEdit.setText("KL")
    ui.readerLineEdit.editingFinished.emit()
    sample.move("AP", "A1", (50.0, 60.0))
    assert sample.case.views["AP"].landmarks["A1"].reader == "KL"
    assert slicer.app.userSettings().value("FootDeformity/Reader") == "KL"
    ui.readerLineEdit.setText("K. L.")
    ui.readerLineEdit.editingFinished.emit()
    assert len(said.errors) == 1 and ui.readerLineEdit.text == "KL"


def test_several_cases_and_both_feet(room: Any, ui: Any, sample: Any, wait: Wait, said: Any) -> None:
    ui.newCaseButton.click()
    wait(settled(room))
    assert room.case is not sample and ui.caseComboBox.count == 2 and room.rows_shown[0] == 0
    ui.caseComboBox.activated.emit(0)
    wait(settled(room))
    assert room.case is sample and room.rows_shown[0] == 27
    ui.addFootButton.click()
    wait(settled(room))
    assert ui.footComboBox.count == 2 and sample.foot == 1 and room.rows_shown[0] == 0
    ui.footComboBox.activated.emit(0)
    wait(settled(room))
    assert room.rows_shown[0] == 27 and ui.footComboBox.itemText(0) == "right foot"
    ui.removeCaseButton.click()
    wait(settled(room))
    assert len(said.questions) == 1 and ui.caseComboBox.count == 1 and room.case is not sample


def test_a_saved_scene_brings_the_case_back(room: Any, ui: Any, sample: Any, wait: Wait, tmp_path: Path) -> None:
    sample.reader = "KL"
    sample.remove("lateral", "L1")
    assert slicer.mrmlScene.WriteToMRB(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(False)
    wait(settled(room))
    assert room.rows_shown == (0, 0, 0)
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "scene.mrb"))
    wait(settled(room))
    assert room.case is not None and room.rows_shown == (27, 7, 5)
    assert room.case.case.views["lateral"].landmarks["L1"].state == "missing" and room.case.reader == "KL"


def test_an_edit_without_initials_asks_for_them_until_they_are_there(
    room: Any, ui: Any, sample: Any, wait: Wait
) -> None:
    sample.confirm("AP", "A1")
    wait(settled(room))
    assert "initials" in ui.warningsLabel.text
    ui.readerLineEdit.setText("AB")
    ui.readerLineEdit.editingFinished.emit()
    wait(settled(room))
    assert sample.reader == "AB" and "initials" not in ui.warningsLabel.text
