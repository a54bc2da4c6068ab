"""The page draws points over the picture: both must agree to a fraction of a pixel, whatever is zoomed and turned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer

from FootDeformityLib.hosts.browser.slice_screen import Picture, SliceScreen
from FootDeformityLib.hosts.mrml import slice_view
from FootDeformityLib.hosts.mrml.volume_radiograph import volume_of_radiograph
from FootDeformityLib.radiographs.radiograph import Radiograph

BRIGHT = (83, 141)


@pytest.fixture(scope="module")
def screen(app: Any) -> Iterator[SliceScreen]:
    screen = SliceScreen(app, "AP", lambda: None)
    yield screen
    screen.close()


@pytest.fixture
def volume(app: Any, screen: SliceScreen) -> Iterator[Any]:
    """A dark radiograph with one bright square of three pixels, and pixels that are not square."""
    screen.resize(300, 400, 1.0)
    pixels = np.zeros((260, 180), dtype=np.float32)
    x, y = BRIGHT
    pixels[y - 1 : y + 2, x - 1 : x + 2] = 1.0
    radiograph = Radiograph(Path("dot.dcm"), pixels, "DICOM DX", 16, (0.2, 0.3), "stated", slicer_geometry_wrong=True)
    volume, image = volume_of_radiograph(app.scene, radiograph)
    volume.GetDisplayNode().AutoWindowLevelOff()
    volume.GetDisplayNode().SetWindowLevel(1.0, 0.5)
    slice_view.show_volume(screen.node, volume)
    slice_view.fit(screen.node, image.geometry(volume))
    yield volume
    app.scene.RemoveNode(volume)


def brightest(picture: Picture) -> tuple[float, float]:
    """Centre of the bright square in picture pixels, counted from the corner."""
    rows, columns = np.nonzero(picture.grey > 200)
    return float(columns.mean() + 0.5), float(rows.mean() + 0.5)


def mapped(picture: Picture, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = picture.matrix
    return a * x + c * y + e, b * x + d * y + f


@pytest.mark.parametrize(("width", "height", "ratio"), [(300, 400, 1.0), (401, 299, 1.0), (300, 400, 2.0)])
def test_a_landmark_is_drawn_where_its_pixel_is(
    screen: SliceScreen, volume: Any, width: float, height: float, ratio: float
) -> None:
    screen.resize(width, height, ratio)
    picture = screen.picture(volume)
    assert picture.grey.shape == (height * ratio, width * ratio)
    assert mapped(picture, *BRIGHT) == pytest.approx(brightest(picture), abs=1.0)


def test_zoom_and_pan_with_the_mouse_keep_it_there(screen: SliceScreen, volume: Any) -> None:
    screen.resize(300, 400, 1.0)
    before = screen.picture(volume)
    x, y = mapped(before, *BRIGHT)
    screen.mouse("MouseMove", x, y)
    for _ in range(4):
        screen.mouse("MouseWheelForward", x, y, ctrl=True)
    screen.mouse("MiddleButtonPress", x, y)
    screen.mouse("MouseMove", x + 20, y + 12)
    screen.mouse("MiddleButtonRelease", x + 20, y + 12)
    after = screen.picture(volume)
    assert after.matrix[0] > 1.5 * before.matrix[0]
    assert mapped(after, *BRIGHT) == pytest.approx(brightest(after), abs=1.0)
    assert mapped(after, *BRIGHT) == pytest.approx((x + 20, y + 12), abs=3.0)


def test_left_drag_changes_the_window_and_no_geometry(app: Any, screen: SliceScreen, volume: Any) -> None:
    interaction = app.app_logic.GetInteractionNode()
    interaction.SetCurrentInteractionMode(interaction.AdjustWindowLevel)
    screen.resize(300, 400, 1.0)
    before, matrix = volume.GetDisplayNode().GetWindow(), screen.picture(volume).matrix
    screen.mouse("MouseMove", 100, 100)
    screen.mouse("LeftButtonPress", 100, 100)
    for step in range(1, 6):
        screen.mouse("MouseMove", 100 + 12 * step, 100)
    screen.mouse("LeftButtonRelease", 160, 100)
    assert volume.GetDisplayNode().GetWindow() != before
    assert screen.picture(volume).matrix == matrix


def test_the_view_asks_to_be_drawn_when_it_changes(app: Any) -> None:
    asked: list[int] = []
    screen = SliceScreen(app, "lateral", lambda: asked.append(1))
    asked.clear()
    wide, high, deep = screen.node.GetFieldOfView()
    screen.node.SetFieldOfView(wide / 2, high / 2, deep)
    assert asked
    screen.close()


def test_a_huge_window_gets_a_picture_of_bearable_size(screen: SliceScreen, volume: Any) -> None:
    screen.resize(3840, 2160, 2.0)
    picture = screen.picture(volume)
    assert picture.grey.size <= 2_500_000
    assert picture.grey.shape[1] == pytest.approx(3840 * picture.ratio, abs=1)
    assert slicer.mrmlScene is not None
