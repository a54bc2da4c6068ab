"""The image enlarged about a point while it is dragged."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import qt
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import numpy_to_vtk

from FootDeformityLib.hosts.desktop.qt_release import DELETED, release

#: pixels of the image to each side of the point, and how many of the screen show one
_REACH, _ZOOM = 24, 4
_FRAME = "border: 2px solid #1e88e5; background: black"
_CROSS = "#ffb300"
_INVERTED = "InvertedGrey"


def patch(volume: Any, centre: tuple[float, float]) -> NDArray[np.uint8]:
    """Return the (2 reach + 1) square of a volume's displayed grey values, 0..255, about pixel x, y; black outside."""
    pixels = slicer.util.arrayFromVolume(volume)[0]
    if pixels.ndim == 3:
        pixels = pixels[..., :3].mean(axis=2)
    x, y = (round(value) for value in centre)
    size = 2 * _REACH + 1
    cut = np.zeros((size, size), np.uint8)
    top, left = max(0, _REACH - y), max(0, _REACH - x)
    inside = pixels[max(0, y - _REACH) : max(0, y + _REACH + 1), max(0, x - _REACH) : max(0, x + _REACH + 1)]
    if inside.size:
        cut[top : top + inside.shape[0], left : left + inside.shape[1]] = _shown(volume, inside)
    return cut


def _shown(volume: Any, values: NDArray[Any]) -> NDArray[np.uint8]:
    display = volume.GetDisplayNode()
    low, window = float(values.min()), float(np.ptp(values)) or 1.0
    inverted = False
    if display is not None and display.IsA("vtkMRMLScalarVolumeDisplayNode"):
        window = display.GetWindow() or 1.0
        low = display.GetLevel() - window / 2
        inverted = _INVERTED in str(display.GetColorNodeID() or "")
    grey = np.clip((values.astype(np.float32) - low) / window, 0, 1)
    return np.asarray(np.rint(255 * (1 - grey if inverted else grey)), np.uint8)


class Magnifier:
    """A label in the corner of a slice view that is away from the point."""

    def __init__(self) -> None:
        self.enabled = True
        #: by the widget itself: PythonQt makes another wrapper of the same widget each time, equal but not identical
        self._labels: dict[Any, Any] = {}

    def show(self, canvas: Any, volume: Any, centre: tuple[float, float], left_half: bool) -> None:
        """Show the surroundings of pixel x, y over ``canvas``; left_half: the point is in that half of the view."""
        if not self.enabled or canvas is None or volume is None:
            return
        label = self._labels.get(canvas)
        if label is None:
            label = self._labels[canvas] = qt.QLabel("", canvas)
            label.setStyleSheet(_FRAME)
            label.setAttribute(qt.Qt.WA_TransparentForMouseEvents, True)
        label.setPixmap(_enlarged(patch(volume, centre)))
        label.adjustSize()
        label.move(canvas.width - label.width - 8 if left_half else 8, 8)
        label.show()

    def hide(self) -> None:
        """Show nothing."""
        for label in self._labels.values():
            with suppress(*DELETED):
                label.hide()

    def close(self) -> None:
        """Take the labels out of the views."""
        for label in self._labels.values():
            release(label)
        self._labels = {}


def _enlarged(grey: NDArray[np.uint8]) -> Any:
    size = _ZOOM * len(grey)
    image = vtk.vtkImageData()
    image.SetDimensions(len(grey), len(grey), 1)
    colours = np.repeat(grey[::-1].reshape(-1, 1), 3, axis=1)  # VTK's first row is the lowest one
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(colours), deep=True))
    picture = qt.QImage()
    slicer.qMRMLUtils().vtkImageDataToQImage(image, picture)
    pixmap = qt.QPixmap.fromImage(picture)
    pixmap = pixmap.scaled(qt.QSize(size, size), qt.Qt.KeepAspectRatio, qt.Qt.FastTransformation)
    painter = qt.QPainter()
    painter.begin(pixmap)
    pen = qt.QPen()
    pen.setColor(qt.QColor(_CROSS))
    painter.setPen(pen)
    middle, arm = size // 2, 14
    painter.drawLine(middle - arm, middle, middle + arm, middle)
    painter.drawLine(middle, middle - arm, middle, middle + arm)
    painter.end()
    return pixmap
