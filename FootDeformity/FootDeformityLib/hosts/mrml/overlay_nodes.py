"""The drawing over one view as nodes of the scene: a model of lines, and lists of texts.

All are hidden from editors, never saved and never touched by the mouse: a model in a slice view takes no events, and
the lists are locked. One model with a colour a line is by far cheaper than a markups node a line, and works
in all hosts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

from FootDeformityLib.hosts.mrml.overlay_drawing import PALETTE, OverlayDrawing, Text
from FootDeformityLib.hosts.mrml.volume_geometry import VolumeGeometry

Colour = tuple[float, float, float]

_COLOURS, _PALETTE_TAG = "colour", "FootDeformityColours"
_NUMBERS = {colour: number for number, colour in enumerate(PALETTE)}
#: ids still to be looked at, and looked at; the mark around a point tells its exact state (overlay_drawing.py)
_OPEN, _REVIEWED, _VALUE = (0.55, 0.85, 1.0), (0.6, 0.95, 0.6), (1.0, 1.0, 1.0)


class OverlayNodes:
    """Owns its nodes; ids and values are the names of landmarks and angles that may get a text."""

    def __init__(self, scene: Any, name: str, ids: Sequence[str], values: Sequence[str]) -> None:
        self._scene = scene
        self._model = _hidden(scene, slicer.vtkMRMLModelNode(), f"{name} lines")
        self._model.CreateDefaultDisplayNodes()
        _style_lines(self._model.GetDisplayNode(), _palette_node(scene))
        self._ids = _Texts(scene, f"{name} ids", ids)
        self._values = _Texts(scene, f"{name} angles", values)
        _style_texts(self._ids.node.GetDisplayNode(), 3.0, _OPEN, _REVIEWED)
        _style_texts(self._values.node.GetDisplayNode(), 3.2, _VALUE, _VALUE)
        self.nodes = (self._model, self._ids.node, self._values.node)
        for node in self.nodes:
            node.GetDisplayNode().SetSaveWithScene(False)

    def draw(self, drawing: OverlayDrawing, geometry: VolumeGeometry, parent_transform: str | None) -> None:
        """Show a drawing on the image."""
        for node in self.nodes:
            if node.GetTransformNodeID() != parent_transform:
                node.SetAndObserveTransformNodeID(parent_transform)
        # a new object each time: one that changes piece by piece would be rendered half done
        self._model.SetAndObservePolyData(_coloured_lines(drawing, geometry))
        self._ids.write(drawing.ids, geometry)
        self._values.write(drawing.values, geometry)

    def show_only_in(self, slice_node: Any) -> None:
        """Show the drawing in one slice view only, or nowhere."""
        for node in self.nodes:
            display = node.GetDisplayNode()
            with slicer.util.NodeModify(display):
                display.SetVisibility(slice_node is not None)
                display.SetViewNodeIDs((slice_node.GetID(),) if slice_node is not None else ())

    def remove(self) -> None:
        """Take the nodes out of the scene."""
        for node in self.nodes:
            if node.GetScene() is not None:
                self._scene.RemoveNode(node)


class _Texts:
    """Texts at places of an image: the labels of a locked point list whose points cannot be seen."""

    def __init__(self, scene: Any, name: str, names: Sequence[str]) -> None:
        self.node = _hidden(scene, slicer.vtkMRMLMarkupsFiducialNode(), name)
        self._names = tuple(names)
        self.node.SetLocked(True)
        for row in range(len(self._names)):
            self.node.AddControlPoint(0.0, 0.0, 0.0, "")
            self.node.SetNthControlPointVisibility(row, False)
        self.node.SetFixedNumberOfControlPoints(True)
        self.node.CreateDefaultDisplayNodes()
        self._shown: dict[str, Text] = {}
        self._geometry: VolumeGeometry | None = None

    def write(self, texts: Mapping[str, Text], geometry: VolumeGeometry) -> None:
        """Show these texts and no others."""
        again, self._geometry = geometry is not self._geometry, geometry
        node = self.node
        with slicer.util.NodeModify(node):
            for row, name in enumerate(self._names):
                text, before = texts.get(name), self._shown.get(name)
                if text == before and not again:
                    continue
                if (text is None) != (before is None):
                    node.SetNthControlPointVisibility(row, text is not None)
                if text is not None:
                    node.SetNthControlPointPosition(row, *_on_plane(np.array([text.at]), geometry)[0])
                    node.SetNthControlPointLabel(row, text.words)
                    node.SetNthControlPointSelected(row, text.open)
        self._shown = dict(texts)


def _coloured_lines(drawing: OverlayDrawing, geometry: VolumeGeometry) -> Any:
    points = np.array([point for line, _ in drawing.lines for point in line], dtype=np.float64).reshape(-1, 2)
    offsets = np.cumsum([0, *(len(line) for line, _ in drawing.lines)], dtype=np.int64)
    held = vtk.vtkPoints()
    held.SetData(numpy_to_vtk(_on_plane(points, geometry), deep=True))
    cells = vtk.vtkCellArray()
    cells.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(np.arange(len(points), dtype=np.int64), deep=True),
    )
    colours = np.array([_NUMBERS[colour] for _, colour in drawing.lines], dtype=np.float32)
    scalars = numpy_to_vtk(colours, deep=True)
    scalars.SetName(_COLOURS)
    lines = vtk.vtkPolyData()
    lines.SetPoints(held)
    lines.SetLines(cells)
    lines.GetCellData().SetScalars(scalars)
    return lines


def _on_plane(points: NDArray[np.float64], geometry: VolumeGeometry) -> NDArray[np.float64]:
    """Return RAS (N, 3) of places (N, 2) in mm along the image's x and y."""
    right, down = geometry.directions.T
    ras: NDArray[np.float64] = geometry.origin + points[:, :1] * right + points[:, 1:] * down
    return ras


def _hidden(scene: Any, node: Any, name: str) -> Any:
    node.SetName(name)
    node.SetHideFromEditors(True)
    node.SetSelectable(False)
    node.SetSaveWithScene(False)
    return scene.AddNode(node)


def _palette_node(scene: Any) -> Any:
    node = scene.GetSingletonNode(_PALETTE_TAG, "vtkMRMLColorTableNode")
    if node is None:
        node = slicer.vtkMRMLColorTableNode()
        node.SetSingletonTag(_PALETTE_TAG)
        node.SetTypeToUser()
        node.SetNumberOfColors(len(PALETTE))
        for number, colour in enumerate(PALETTE):
            node.SetColor(number, f"colour {number}", *(part / 255 for part in colour))
        node = _hidden(scene, node, "FootDeformity colours")
    return node


def _style_lines(display: Any, palette: Any) -> None:
    display.SetVisibility3D(False)
    display.SetVisibility2D(True)
    display.SetSliceDisplayModeToProjection()
    display.SetSliceIntersectionThickness(2)
    # a colour table: direct colours make Slicer's slice views complain about an empty range with each frame
    display.SetAndObserveColorNodeID(palette.GetID())
    display.SetActiveScalar(_COLOURS, vtk.vtkAssignAttribute.CELL_DATA)
    display.SetScalarRangeFlag(slicer.vtkMRMLDisplayNode.UseManualScalarRange)
    display.SetScalarRange(0.0, len(PALETTE) - 1.0)
    display.SetScalarVisibility(True)


def _style_texts(display: Any, size: float, selected: Colour, other: Colour) -> None:
    display.SetVisibility3D(False)
    display.SetGlyphTypeFromString("Circle2D")  # far smaller than a pixel: not seen
    display.SetUseGlyphScale(True)
    display.SetGlyphScale(0.01)
    display.SetTextScale(size)
    display.SetSelectedColor(*selected)
    display.SetColor(*other)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(True)
    text = display.GetTextProperty()
    text.SetBold(True)
    text.SetShadow(True)
