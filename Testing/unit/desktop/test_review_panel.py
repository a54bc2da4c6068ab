"""The review of the landmarks, with the mouse alone and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import qt
import slicer
from PySide6 import QtTest
from slicer_desktop import TAKEN_KEYS

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.hosts.desktop.shortcuts import as_table, shortcuts

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def case(module: Any, widget: Any, room: Any, wait: Wait) -> Any:
    """The sample with points as a network would have left them: all to be looked at, A3 in doubt."""
    widget.open_sample()
    module.place_mean_shape(room.case)
    for view, content in dict(room.case.case.views).items():
        states = {
            name: LandmarkState.detected(state.xy_px, 0.2 if name == "A3" else 0.9)
            for name, state in content.landmarks.items()
        }
        room.case._replace_view(view, CaseView(content.image, states, "made-up", content.warnings))
    wait(lambda: not room._pending)
    return room.case


@pytest.fixture
def press(widget: Any, room: Any, wait: Wait) -> Callable[..., None]:
    window = slicer.util.mainWindow()
    window.activateWindow()
    assert QtTest.QTest.qWaitForWindowActive(window, 5000)

    def key(code: Any, modifier: Any = qt.Qt.NoModifier) -> None:
        QtTest.QTest.keyClick(window, code, modifier)
        wait(lambda: not room._pending)

    return key


def state(case: Any, name: str) -> str:
    content: Case = case.case
    return content.views["AP" if name.startswith("A") else "lateral"].landmarks[name].state


def test_rows_tell_where_what_and_how_sure(ui: Any, case: Any) -> None:
    cells = [ui.landmarksTable.item(2, column).text() for column in range(5)]
    assert cells == ["A3", "hallux proximal phalanx: lateral head/shaft inflection", "20 %", "AI in doubt", ""]
    assert (
        "Point of maximal curvature" in ui.landmarksTable.item(2, 1).toolTip() or ui.landmarksTable.item(2, 1).toolTip()
    )


def test_choosing_a_row_brings_the_point_near(room: Any, ui: Any, case: Any) -> None:
    slice_node = room.views.slice_node("AP")
    wide = slice_node.GetFieldOfView()[0]
    ui.landmarksTable.selectRow(4)
    assert case.selection == ("AP", "A5") and slice_node.GetFieldOfView()[0] < wide


def test_with_the_mouse_alone(room: Any, ui: Any, case: Any, wait: Wait, said: Any) -> None:
    def click(button: Any) -> None:
        assert button.enabled
        button.click()
        wait(lambda: not room._pending)

    click(ui.nextButton)
    assert case.selection == ("AP", "A1") and ui.landmarksTable.currentRow() == 0
    click(ui.confirmButton)
    assert state(case, "A1") == "confirmed" and case.selection == ("AP", "A2")
    click(ui.uncertainButton)
    assert case.case.views["AP"].landmarks["A2"].uncertain and ui.uncertainButton.checked
    click(ui.notVisibleButton)
    assert state(case, "A2") == "missing" and "not visible" in ui.landmarksTable.item(1, 3).text()
    assert not ui.confirmButton.enabled
    click(ui.resetButton)
    assert state(case, "A2") == "ai"
    click(ui.undoButton)
    assert state(case, "A2") == "missing"
    click(ui.redoButton)
    assert state(case, "A2") == "ai"
    click(ui.lockButton)
    assert case.locked and ui.lockButton.checked
    click(ui.axesButton)
    assert not case.axes_visible and not ui.axesButton.checked
    said.answers.append(False)
    click(ui.confirmAllButton)
    assert state(case, "L1") == "ai"
    click(ui.confirmAllButton)
    assert case.case.reviewed and not ui.nextButton.enabled and "Every point reviewed" in ui.reviewBadgeLabel.text
    click(ui.resetAllButton)
    assert not case.case.reviewed


def test_with_the_keyboard_alone(ui: Any, case: Any, press: Callable[..., None]) -> None:
    press(qt.Qt.Key_N)
    assert case.selection == ("AP", "A1")
    xy = case.case.views["AP"].landmarks["A1"].xy_px
    press(qt.Qt.Key_Right, qt.Qt.ShiftModifier)
    press(qt.Qt.Key_Down, qt.Qt.AltModifier | qt.Qt.ShiftModifier)
    assert case.case.views["AP"].landmarks["A1"].xy_px == pytest.approx((xy[0] + 1, xy[1] + 10))
    assert state(case, "A1") == "moved"
    press(qt.Qt.Key_Z)
    assert case.case.views["AP"].landmarks["A1"].xy_px == pytest.approx((xy[0] + 1, xy[1]))
    press(qt.Qt.Key_Y)
    press(qt.Qt.Key_C)
    assert state(case, "A1") == "confirmed" and case.selection == ("AP", "A2")
    press(qt.Qt.Key_N)
    press(qt.Qt.Key_P)
    assert case.selection == ("AP", "A2")
    press(qt.Qt.Key_U)
    assert case.case.views["AP"].landmarks["A2"].uncertain
    press(qt.Qt.Key_X)
    assert state(case, "A2") == "missing"
    press(qt.Qt.Key_R)
    assert state(case, "A2") == "ai"
    press(qt.Qt.Key_L)
    press(qt.Qt.Key_A)
    assert case.locked and not case.axes_visible
    press(qt.Qt.Key_M)
    assert not ui.magnifierButton.checked
    press(qt.Qt.Key_C, qt.Qt.ShiftModifier)
    assert case.case.reviewed


def test_keys_belong_to_other_modules_after_leaving(widget: Any, case: Any, press: Callable[..., None]) -> None:
    widget.exit()
    press(qt.Qt.Key_N)
    assert case.selection is None
    widget.enter()
    press(qt.Qt.Key_N)
    assert case.selection == ("AP", "A1")


def test_typing_initials_is_not_taken_for_commands(ui: Any, case: Any, press: Callable[..., None]) -> None:
    ui.readerLineEdit.setFocus()
    QtTest.QTest.keyClicks(ui.readerLineEdit, "NC")
    assert ui.readerLineEdit.text == "NC" and case.selection is None


def test_every_key_is_listed_once_and_does_something(room: Any) -> None:
    keys = [key for one in shortcuts() for key in one.keys]
    assert len(keys) == len(set(keys))
    assert {one.action for one in shortcuts()} == set(room._shortcuts._actions)
    listed = as_table()
    assert all(one.text in listed for one in shortcuts()) and "Shift+Arrow keys" in listed


def test_no_key_is_one_of_slicers_own() -> None:
    keys = {key for one in shortcuts() for key in one.keys}
    assert keys.isdisjoint(TAKEN_KEYS)  # pressed, neither of the two would do anything


def test_invert_turns_both_images(room: Any, ui: Any, case: Any, wait: Wait) -> None:
    displays = [case.volume(view).GetDisplayNode() for view in ("AP", "lateral")]
    before = [display.GetColorNodeID() for display in displays]
    ui.invertButton.click()
    wait(lambda: not room._pending)
    assert all(now.GetColorNodeID() != was for now, was in zip(displays, before, strict=True))
    assert ui.invertButton.checked
    ui.invertButton.click()
    assert [display.GetColorNodeID() for display in displays] == before and not ui.invertButton.checked


def test_missing_points_are_placed_one_after_the_other(room: Any, ui: Any, case: Any, wait: Wait) -> None:
    interaction = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLInteractionNode")
    for name in ("A4", "A6"):
        case.remove("AP", name)
    wait(lambda: not room._pending)
    ui.placeButton.click()
    assert case.selection == ("AP", "A4") and ui.placeButton.checked
    assert interaction.GetCurrentInteractionMode() == interaction.Place
    # what Slicer does with the click
    case.markups("AP").SetNthControlPointPosition(3, -20.0, -30.0, 0.0)
    interaction.SetCurrentInteractionMode(interaction.ViewTransform)
    wait(lambda: not room._pending)
    assert state(case, "A4") == "moved" and case.selection == ("AP", "A6")
    assert interaction.GetCurrentInteractionMode() == interaction.Place
    interaction.SetCurrentInteractionMode(interaction.ViewTransform)  # Escape
    case.confirm("AP", "A1")
    wait(lambda: not room._pending)
    assert not ui.placeButton.checked and ui.placeButton.enabled


def test_a_missing_point_is_placed_with_the_keys(case: Any, press: Callable[..., None]) -> None:
    case.remove("AP", "A4")
    case.select("AP", "A4")
    press(qt.Qt.Key_Left, qt.Qt.ShiftModifier)
    image = case.case.views["AP"].image
    assert case.case.views["AP"].landmarks["A4"].xy_px == pytest.approx((image.width / 2 - 1, image.height / 2))
