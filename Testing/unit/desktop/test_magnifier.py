"""The image enlarged about the point that is dragged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qt
import slicer

from FootDeformityLib.hosts.desktop.magnifier import Magnifier, patch

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def volume(said: Any) -> Any:
    """Columns 0..99 in 80 rows, shown from 0 to 100."""
    node = slicer.vtkMRMLScalarVolumeNode()
    slicer.mrmlScene.AddNode(node)
    slicer.util.updateVolumeFromArray(node, np.tile(np.arange(100, dtype=np.uint16), (1, 80, 1)))
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevel(100.0, 50.0)
    return node


def test_shows_what_is_on_the_screen_about_the_point(volume: Any) -> None:
    shown = patch(volume, (50.0, 40.0))
    assert shown.shape == (49, 49) and shown[24, 24] == round(255 * 0.5)
    assert shown[24, 0] == round(255 * 0.26) and (shown[0] == shown[48]).all()


def test_beyond_the_border_it_is_black(volume: Any) -> None:
    shown = patch(volume, (99.0, 79.0))
    assert (shown[:, 25:] == 0).all() and (shown[25:] == 0).all() and shown[24, 24] == round(255 * 0.99)
    assert (patch(volume, (-500.0, 0.0)) == 0).all()


def test_an_inverted_image_is_inverted_here_too(volume: Any) -> None:
    plain = patch(volume, (50.0, 40.0)).astype(int)
    volume.GetDisplayNode().SetAndObserveColorNodeID("vtkMRMLColorTableNodeInvertedGrey")
    assert np.abs(plain + patch(volume, (50.0, 40.0)).astype(int) - 255).max() <= 1


def test_lies_in_the_other_half_of_the_view_and_lets_the_mouse_through(volume: Any, qt_application: Any) -> None:
    canvas = qt.QWidget()
    canvas.resize(500, 400)
    canvas.show()
    magnifier = Magnifier()
    magnifier.show(canvas, volume, (50.0, 40.0), left_half=True)
    (label,) = canvas.findChildren(qt.QLabel)
    assert label.visible and label.x > 250 and label.testAttribute(qt.Qt.WA_TransparentForMouseEvents)
    magnifier.show(canvas, volume, (50.0, 40.0), left_half=False)
    assert label.x < 100
    magnifier.hide()
    assert not label.visible
    magnifier.enabled = False
    magnifier.show(canvas, volume, (50.0, 40.0), left_half=False)
    assert not label.visible
    magnifier.close()
    canvas.close()


def test_a_drag_shows_it_and_its_end_hides_it(module: Any, widget: Any, room: Any, ui: Any, wait: Wait) -> None:
    widget.open_sample()
    module.place_mean_shape(room.case)
    wait(lambda: not room._pending)
    case, canvas = room.case, room.views.canvas("AP")
    canvas.show()
    node, events = case.markups("AP"), slicer.vtkMRMLMarkupsNode
    case.select("AP", "A1")
    node.GetDisplayNode().SetActiveControlPoint(0)
    position = [0.0, 0.0, 0.0]
    node.GetNthControlPointPosition(0, position)
    node.InvokeEvent(events.PointStartInteractionEvent)
    node.SetNthControlPointPosition(0, position[0] + 3.0, position[1], position[2])
    (label,) = canvas.findChildren(qt.QLabel)
    assert label.visible and label.pixmap.width() == 4 * 49
    node.InvokeEvent(events.PointEndInteractionEvent)
    assert not label.visible
    case.move("AP", "A1", (50.0, 60.0))  # with the keys: nothing would hide it
    assert not label.visible
    canvas.hide()
