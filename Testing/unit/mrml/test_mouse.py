"""What the mouse does in a slice view, through Slicer's own widgets: no screen, but everything else is real."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.scene_case import SceneCase

GetMouse = Callable[[str], Any]


@pytest.fixture
def shown(detected: SceneCase, slice_views: dict[str, Any], flush: Callable[[], None]) -> SceneCase:
    """The example foot in its two slice views, drawn once."""
    for view, slice_view in slice_views.items():
        detected.show_in(view, slice_view.get_view_node())
    flush()
    for slice_view in slice_views.values():
        slice_view.render_window().Render()
    return detected


def place(case: SceneCase, view: str, name: str) -> np.ndarray:
    return np.array(case.markups(view).GetNthControlPointPosition(case.case.scheme.index(view, name)))


def test_a_drag_moves_a_point_and_its_angle_as_one_step(
    shown: SceneCase, mouse: GetMouse, changes: list[Change]
) -> None:
    before = shown.case.measurements.angles["hallux_abductus"].value
    pointer = mouse("AP")
    start = pointer.at(place(shown, "AP", "A1"))
    pointer.drag(start, (start[0] - 30, start[1] + 6))
    state = shown.case.views["AP"].landmarks["A1"]
    assert state.state == "moved" and state.moved_by_px is not None and state.moved_by_px > 10
    assert shown.case.measurements.angles["hallux_abductus"].value != before
    others = [one.state for name, one in shown.case.views["AP"].landmarks.items() if name != "A1"]
    assert set(others) == {"ai"}
    assert shown.selection == ("AP", "A1")
    points = [change for change in changes if change.kind == "points"]
    assert len(points) >= 5 and [change.kind for change in changes].count("history") == 1
    shown.undo()
    assert shown.case.views["AP"].landmarks["A1"].state == "ai"
    assert place(shown, "AP", "A1") == pytest.approx((-90.0, -60.0, 0.0))
    shown.redo()
    assert shown.case.views["AP"].landmarks["A1"] == state


def test_the_point_lies_where_the_mouse_let_it_go(shown: SceneCase, mouse: GetMouse) -> None:
    pointer = mouse("lateral")
    start = pointer.at(place(shown, "lateral", "L8"))
    end = (start[0] + 25, start[1] + 14)
    pointer.drag(start, end)
    assert math.dist(pointer.at(place(shown, "lateral", "L8")), end) <= 1.5
    assert place(shown, "lateral", "L8")[2] == pytest.approx(0.0, abs=1e-6)


def test_a_click_without_a_move_changes_nothing(shown: SceneCase, mouse: GetMouse) -> None:
    pointer = mouse("AP")
    at = pointer.at(place(shown, "AP", "A9"))
    steps = shown.exam
    for name in ("MouseMoveEvent", "LeftButtonPressEvent", "LeftButtonReleaseEvent"):
        pointer.event(name, at)
    assert shown.exam == steps
    assert shown.selection == ("AP", "A9")


def test_locked_points_stay(shown: SceneCase, mouse: GetMouse) -> None:
    shown.locked = True
    pointer = mouse("AP")
    start = pointer.at(place(shown, "AP", "A1"))
    pointer.drag(start, (start[0] - 30, start[1]))
    assert shown.case.views["AP"].landmarks["A1"].state == "ai"
    shown.locked = False
    pointer.drag(start, (start[0] - 30, start[1]))
    assert shown.case.views["AP"].landmarks["A1"].state == "moved"


def test_the_drawing_never_takes_the_mouse(shown: SceneCase, scene: Any, mouse: GetMouse) -> None:
    nodes = [scene.GetFirstNodeByName(f"FootDeformity AP {part}") for part in ("ids", "angles")]
    pointer = mouse("AP")
    for node in nodes:
        shown_rows = [k for k in range(node.GetNumberOfControlPoints()) if node.GetNthControlPointVisibility(k)]
        assert shown_rows
        for row in shown_rows:
            before = node.GetNthControlPointPosition(row)
            at = pointer.at(before)
            pointer.drag(at, (at[0] + 20, at[1] + 20))
            assert node.GetNthControlPointPosition(row) == before
            shown.undo()


def test_points_of_one_view_cannot_be_dragged_in_the_other(shown: SceneCase, mouse: GetMouse) -> None:
    pointer = mouse("lateral")
    start = pointer.at(place(shown, "AP", "A1"))
    pointer.drag(start, (start[0] - 30, start[1]))
    assert shown.case.views["AP"].landmarks["A1"].state == "ai"


def test_the_scene_is_closed_in_the_middle_of_a_drag(
    shown: SceneCase, scene: Any, mouse: GetMouse, flush: Callable[[], None]
) -> None:
    pointer = mouse("AP")
    start = pointer.at(place(shown, "AP", "A1"))
    pointer.drag(start, (start[0] - 20, start[1]), release=False)
    scene.Clear(0)
    for name in ("MouseMoveEvent", "LeftButtonReleaseEvent"):
        pointer.event(name, (start[0] - 40, start[1]))
    flush()
    assert shown.closed
    assert shown.case.views["AP"].landmarks["A1"].state == "moved", "what was read is still told"


def test_the_case_is_removed_in_the_middle_of_a_drag(
    shown: SceneCase, logic: Any, mouse: GetMouse, flush: Callable[[], None]
) -> None:
    pointer = mouse("AP")
    start = pointer.at(place(shown, "AP", "A1"))
    pointer.drag(start, (start[0] - 20, start[1]), release=False)
    logic.remove_case(shown)
    for name in ("MouseMoveEvent", "LeftButtonReleaseEvent"):
        pointer.event(name, (start[0] - 40, start[1]))
    flush()
    assert logic.cases == ()


def test_a_removed_point_can_be_placed_with_the_mouse(shown: SceneCase, app: Any, mouse: GetMouse) -> None:
    at = mouse("AP").at(place(shown, "AP", "A4"))
    shown.remove("AP", "A2")  # missing, too, and earlier in the list
    shown.remove("AP", "A4")
    shown.start_placing("AP", "A4")
    pointer = mouse("AP")
    for name in ("MouseMoveEvent", "LeftButtonPressEvent", "LeftButtonReleaseEvent"):
        pointer.event(name, at)
    state = shown.case.views["AP"].landmarks["A4"]
    assert state.xy_px is not None and math.dist(state.xy_px, (112, 100)) < 2
    # the next click places nothing more
    pointer.event("MouseMoveEvent", (at[0] + 50, at[1]))
    for name in ("LeftButtonPressEvent", "LeftButtonReleaseEvent"):
        pointer.event(name, (at[0] + 50, at[1]))
    assert shown.case.views["AP"].landmarks["A4"] == state
