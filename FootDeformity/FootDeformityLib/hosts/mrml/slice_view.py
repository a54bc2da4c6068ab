"""Slice views of a radiograph: what they show, from how near, and how dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import slicer
from numpy.typing import NDArray

from FootDeformityLib.hosts.mrml.scene_nodes import nodes_of_class
from FootDeformityLib.hosts.mrml.volume_geometry import VolumeGeometry
from FootDeformityLib.hosts.mrml.volume_radiograph import VolumeRadiograph
from FootDeformityLib.radiographs.intensity import HIGH_PERCENT, LOW_PERCENT, sample

_GREY, _INVERTED = "vtkMRMLColorTableNodeGrey", "vtkMRMLColorTableNodeInvertedGrey"
_MARGIN = 1.02


@dataclass(frozen=True)
class Look:
    """size: pixels of the screen. scale: mm a pixel. centre: RAS of the middle."""

    size: tuple[int, int]
    scale: float
    centre: tuple[float, ...]

    def same_as(self, other: Look) -> bool:
        """Whether both show the same."""
        return self.size == other.size and bool(np.allclose((self.scale, *self.centre), (other.scale, *other.centre)))


def show_volume(slice_node: Any, volume: Any) -> None:
    """Show a volume, or nothing, alone in a slice view, without crosshair, and free of other views' movements."""
    scene = slice_node.GetScene()
    composite = _composite(slice_node)
    if composite is not None:
        composite.SetLinkedControl(False)
        composite.SetBackgroundVolumeID(volume.GetID() if volume is not None else None)
        composite.SetForegroundVolumeID(None)
        composite.SetLabelVolumeID(None)
    crosshair = scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    if crosshair is not None:
        crosshair.SetCrosshairMode(slicer.vtkMRMLCrosshairNode.NoCrosshair)


def fit(slice_node: Any, geometry: VolumeGeometry) -> None:
    """Turn the slice into the image's plane and show all of the image."""
    middle = geometry.to_ras(((geometry.width - 1) / 2, (geometry.height - 1) / 2))
    x, y = geometry.spacing
    _look(slice_node, geometry, middle, x * geometry.width * _MARGIN, y * geometry.height * _MARGIN)


def look_at(slice_node: Any, geometry: VolumeGeometry, pixel: Sequence[float], size_mm: float) -> None:
    """Centre a place of the image and show at most ``size_mm`` around it; a view that is nearer already stays so."""
    wide, high, _ = slice_node.GetFieldOfView()
    size = min(size_mm, wide, high)
    _look(slice_node, geometry, geometry.to_ras(pixel), size, size)


def look_of(slice_node: Any) -> Look:
    """Return what a slice view looks at."""
    matrix = slice_node.GetSliceToRAS()
    centre = tuple(matrix.GetElement(row, 3) for row in range(3))
    return Look(slice_node.GetDimensions()[:2], mm_per_pixel(slice_node), centre)


def mm_per_pixel(slice_node: Any) -> float:
    """Return how many mm one pixel of the screen shows."""
    return float(slice_node.GetFieldOfView()[0] / max(1, slice_node.GetDimensions()[0]))


def set_grey_window(volume: Any, image: VolumeRadiograph) -> None:
    """Show the grey values between their 0.5 and 99.5 percentile, bone bright; a window that a person chose stays."""
    display = volume.GetDisplayNode()
    if display is None:
        volume.CreateDefaultDisplayNodes()
        display = volume.GetDisplayNode()
    if not display.IsA("vtkMRMLScalarVolumeDisplayNode") or not display.GetAutoWindowLevel():
        return
    low, high = np.percentile(sample(slicer.util.arrayFromVolume(volume)[0]), (LOW_PERCENT, HIGH_PERCENT))
    with slicer.util.NodeModify(display):
        display.AutoWindowLevelOff()
        if high > low:
            display.SetWindowLevel(float(high - low), float(low + high) / 2)
        if not display.IsA("vtkMRMLVectorVolumeDisplayNode"):
            display.SetAndObserveColorNodeID(_INVERTED if image.negative else _GREY)


def toggle_inverted(volume: Any) -> None:
    """Show dark what was bright, or back. Colour images stay as they are."""
    display = volume.GetDisplayNode()
    if display is not None and not display.IsA("vtkMRMLVectorVolumeDisplayNode"):
        display.SetAndObserveColorNodeID(_GREY if display.GetColorNodeID() == _INVERTED else _INVERTED)


def _composite(slice_node: Any) -> Any:
    name = slice_node.GetLayoutName()
    nodes = nodes_of_class(slice_node.GetScene(), "vtkMRMLSliceCompositeNode")
    return next((node for node in nodes if node.GetLayoutName() == name), None)


def _look(slice_node: Any, geometry: VolumeGeometry, middle: NDArray[np.float64], wide: float, high: float) -> None:
    columns, rows, _ = (max(1, size) for size in slice_node.GetDimensions())
    scale = max(wide / columns, high / rows)
    x, y = geometry.directions.T
    normal = np.cross(x, y)
    normal *= np.sign(normal[np.abs(normal).argmax()])  # as in Slicer's own Axial, Coronal and Sagittal
    with slicer.util.NodeModify(slice_node):
        matrix = slice_node.GetSliceToRAS()
        for row in range(3):
            for column, vector in enumerate((x, -y, normal, middle)):
                matrix.SetElement(row, column, vector[row])
        slice_node.SetXYZOrigin(0.0, 0.0, 0.0)
        slice_node.SetFieldOfView(scale * columns, scale * rows, slice_node.GetFieldOfView()[2])
        slice_node.UpdateMatrices()
