"""What is seen over an image: marks by state, axes, arcs and values, of constant size on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from vtk.util.numpy_support import vtk_to_numpy

from FootDeformityLib.files.overlay import STATE_COLOURS
from FootDeformityLib.hosts.mrml.overlay_drawing import NEUTRAL, WHITE, OverlayDrawing, OverlayLook, draw_view
from FootDeformityLib.hosts.mrml.scene_case import SceneCase

Flush = Callable[[], None]


@pytest.fixture
def shown(detected: SceneCase, slice_views: dict[str, Any], flush: Flush) -> SceneCase:
    for view, slice_view in slice_views.items():
        detected.show_in(view, slice_view.get_view_node())
    flush()
    return detected


def draw(case: SceneCase, view: str = "AP", **choices: Any) -> OverlayDrawing:
    return draw_view(case.case, view, OverlayLook((1.0, 1.0), (280, 460), 0.5, **choices))


def colours(drawing: OverlayDrawing) -> set[Any]:
    return {colour for _, colour in drawing.lines}


def model_points(scene: Any, view: str) -> np.ndarray:
    polydata = scene.GetFirstNodeByName(f"FootDeformity {view} lines").GetPolyData()
    return vtk_to_numpy(polydata.GetPoints().GetData())


def test_each_state_has_its_mark(detected: SceneCase) -> None:
    detected.move("AP", "A1", (91.0, 61.0))
    detected.confirm("AP", "A2")
    detected.remove("AP", "A16")
    drawing = draw(detected, axes=False)
    assert colours(drawing) == {STATE_COLOURS[state] for state in ("ai", "doubtful", "moved", "confirmed")}
    assert drawing.ids["A3"].words == "A3?" and drawing.ids["A3"].open
    assert not drawing.ids["A1"].open and "A16" not in drawing.ids
    assert drawing.values == {}


def test_a_blinded_reader_sees_no_states(detected: SceneCase) -> None:
    detected.confirm("AP", "A2")
    drawing = draw(detected, axes=False, blinded=True)
    assert colours(drawing) == {NEUTRAL}
    assert drawing.ids["A3"].words == "A3"


def test_values_stand_at_their_angles(detected: SceneCase) -> None:
    values = draw(detected).values
    measured = detected.case.measurements.angles
    assert set(values) == {name for name, angle in measured.items() if angle.view == "AP"}
    assert values["hallux_abductus"].words.endswith(f"{abs(measured['hallux_abductus'].value or 0):.1f}°")
    detected.remove("AP", "A1")
    assert "hallux_abductus" not in draw(detected).values


def test_the_selected_point_has_a_ring(detected: SceneCase) -> None:
    assert WHITE in colours(draw(detected, axes=False, selected="A5"))
    assert WHITE not in colours(draw(detected, axes=False))


def test_ids_stand_outside_their_bone(detected: SceneCase) -> None:
    ids = draw(detected, axes=False).ids
    assert ids["A1"].at[0] < 90 and ids["A3"].at[0] > 110


def test_texts_do_not_cover_each_other(detected: SceneCase) -> None:
    drawing = draw(detected)
    places = [text.at for text in (*drawing.ids.values(), *drawing.values.values())]
    assert len(set(places)) == len(places)


def test_the_drawing_follows_once_a_frame(shown: SceneCase, scene: Any, flush: Flush) -> None:
    before = model_points(scene, "AP").copy()
    shown.markups("AP").SetNthControlPointPosition(0, -100.0, -62.0, 0.0)
    shown.markups("AP").SetNthControlPointPosition(0, -101.0, -62.0, 0.0)
    assert np.array_equal(model_points(scene, "AP"), before), "not before the frame"
    flush()
    after = model_points(scene, "AP")
    assert not np.array_equal(after, before)
    assert np.hypot(*(after[:, :2] - (-101.0, -62.0)).T).min() < 12


def test_axes_can_be_hidden(shown: SceneCase, scene: Any, flush: Flush) -> None:
    many = len(model_points(scene, "AP"))
    shown.axes_visible = False
    flush()
    assert len(model_points(scene, "AP")) < many
    angles = scene.GetFirstNodeByName("FootDeformity AP angles")
    assert not any(angles.GetNthControlPointVisibility(k) for k in range(angles.GetNumberOfControlPoints()))
    shown.axes_visible = True
    flush()
    assert len(model_points(scene, "AP")) == many


def test_marks_keep_their_size_on_the_screen(
    shown: SceneCase, scene: Any, slice_views: dict[str, Any], flush: Flush
) -> None:
    node = slice_views["AP"].get_view_node()

    def ring() -> float:
        points = model_points(scene, "AP")[:, :2]
        near = points[np.hypot(*(points - (-90.0, -60.0)).T).argsort()[:4]]
        per_pixel = node.GetFieldOfView()[0] / node.GetDimensions()[0]
        return float(np.hypot(*(near - (-90.0, -60.0)).T).mean() / per_pixel)

    shown.axes_visible = False
    flush()
    before = ring()
    shown.jump("AP", "A1")
    flush()
    assert ring() == pytest.approx(before, rel=0.1)


def test_jump_brings_the_point_to_the_middle(shown: SceneCase, slice_views: dict[str, Any]) -> None:
    node = slice_views["lateral"].get_view_node()
    wide = node.GetFieldOfView()[0]
    shown.jump("lateral", "L8")
    assert shown.selection == ("lateral", "L8")
    matrix = node.GetSliceToRAS()
    assert [matrix.GetElement(row, 3) for row in range(3)] == pytest.approx([-300.0, -120.0, 0.0])
    assert node.GetFieldOfView()[0] < 0.6 * wide
    shown.fit("lateral")
    assert node.GetFieldOfView()[0] == pytest.approx(wide)


def test_a_slice_view_shows_one_case_at_a_time(
    shown: SceneCase, logic: Any, foot_images: Any, slice_views: dict[str, Any]
) -> None:
    other = logic.new_case("Other")
    other.load_image(foot_images["AP"], "AP")
    other.show_in("AP", slice_views["AP"].get_view_node())
    assert other.markups("AP").GetDisplayNode().GetVisibility()
    assert not shown.markups("AP").GetDisplayNode().GetVisibility()
    assert shown.markups("lateral").GetDisplayNode().GetVisibility()
    shown.show_in("AP", slice_views["AP"].get_view_node())
    assert not other.markups("AP").GetDisplayNode().GetVisibility()


def test_the_other_foot_takes_the_slice_views_over(
    shown: SceneCase, foot_images: Any, scene: Any, slice_views: dict[str, Any]
) -> None:
    first = shown.volume("AP")
    composite = next(
        node
        for k in range(scene.GetNumberOfNodesByClass("vtkMRMLSliceCompositeNode"))
        if (node := scene.GetNthNodeByClass(k, "vtkMRMLSliceCompositeNode")).GetLayoutName() == "AP"
    )
    assert composite.GetBackgroundVolumeID() == first.GetID()
    shown.add_foot()
    assert composite.GetBackgroundVolumeID() is None
    second = shown.load_image(foot_images["AP"], "AP")
    assert composite.GetBackgroundVolumeID() == second.GetID()
    shown.foot = 0
    assert composite.GetBackgroundVolumeID() == first.GetID()
    assert shown.markups("AP").GetDisplayNode().GetVisibility()


def test_the_picture_shows_bone_marks_and_values(
    shown: SceneCase, slice_views: dict[str, Any], picture: Callable[[Any], np.ndarray], flush: Flush
) -> None:
    pixels = picture(slice_views["AP"]).astype(int)
    saturation = pixels.max(axis=-1) - pixels.min(axis=-1)
    assert (saturation > 60).sum() > 300, "coloured marks"
    cyan = np.abs(pixels - STATE_COLOURS["ai"]).max(axis=-1) < 30
    assert cyan.sum() > 100
    assert 60 < pixels[350, 250].mean() < 255, "the image lies beneath"
    shown.show_in("AP", None)
    flush()
    assert np.abs(picture(slice_views["AP"]).astype(int) - pixels).max() > 60
    without = picture(slice_views["AP"]).astype(int)
    assert (without.max(axis=-1) - without.min(axis=-1) > 60).sum() == 0, "nothing is left when shown nowhere"


def test_invert(shown: SceneCase, slice_views: dict[str, Any], picture: Callable[[Any], np.ndarray]) -> None:
    shown.axes_visible = False
    before = picture(slice_views["AP"]).astype(int)[350, 240].mean()
    shown.invert("AP")
    after = picture(slice_views["AP"]).astype(int)[350, 240].mean()
    assert before + after == pytest.approx(255, abs=6)
    shown.invert("AP")
    assert picture(slice_views["AP"]).astype(int)[350, 240].mean() == before


def test_the_whole_image_stays_whole_when_the_window_gets_another_size(
    shown: SceneCase, slice_views: dict[str, Any]
) -> None:
    node = slice_views["AP"].get_view_node()
    logic = slice_views["AP"]._logic

    def heights() -> float:
        return node.GetFieldOfView()[1] / 460

    assert heights() == pytest.approx(1.02)
    logic.ResizeSliceNode(900, 350)
    assert heights() == pytest.approx(1.02)
    shown.jump("AP", "A5")
    near = node.GetFieldOfView()[1]
    logic.ResizeSliceNode(500, 700)
    assert node.GetFieldOfView()[1] == pytest.approx(near, rel=1.0), "who looks nearer is left alone"
    assert heights() < 0.8
