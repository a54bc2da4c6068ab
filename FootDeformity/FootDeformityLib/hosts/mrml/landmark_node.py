"""The point list of one view: a markups node with exactly the scheme's points, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import slicer

from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.files.case_landmarks import landmark_note
from FootDeformityLib.hosts.mrml.volume_geometry import VolumeGeometry
from FootDeformityLib.measure.scheme import Scheme

Ras = tuple[float, float, float]

_PLACED = slicer.vtkMRMLMarkupsNode.PositionDefined

#: points still to be looked at, and looked at; the mark around a point tells its exact state (overlay_drawing.py)
_OPEN_COLOUR, _REVIEWED_COLOUR, _ACTIVE_COLOUR = (0.55, 0.85, 1.0), (0.6, 0.95, 0.6), (1.0, 1.0, 0.3)


def new_landmark_node(scene: Any, name: str, scheme: Scheme, view: str) -> Any:
    """Add a vtkMRMLMarkupsFiducialNode with all points of a view, none of them placed.

    Nobody can add or delete points; one that is deleted by hand becomes unplaced and can be placed again.
    """
    node = slicer.vtkMRMLMarkupsFiducialNode()
    node.SetName(scene.GenerateUniqueName(name))
    scene.AddNode(node)
    with slicer.util.NodeModify(node):
        fill_points(node, scheme, view)
        node.CreateDefaultDisplayNodes()
        style(node.GetDisplayNode())
    return node


def fill_points(node: Any, scheme: Scheme, view: str) -> None:
    """Give the node the points of the scheme, unplaced, whatever it held before."""
    node.SetFixedNumberOfControlPoints(False)
    node.RemoveAllControlPoints()
    for row, name in enumerate(scheme.ids(view)):
        node.AddControlPoint(0.0, 0.0, 0.0, name)
        node.UnsetNthControlPointPosition(row)
    node.SetFixedNumberOfControlPoints(True)


def style(display: Any) -> None:
    """Small marks of constant size on the screen, in slice views only; ids are drawn beside the bone (overlay)."""
    display.SetGlyphTypeFromString("CrossDot2D")
    display.SetUseGlyphScale(True)
    display.SetGlyphScale(1.2)
    display.SetTextScale(3.0)
    display.SetSelectedColor(*_OPEN_COLOUR)
    display.SetColor(*_REVIEWED_COLOUR)
    display.SetActiveColor(*_ACTIVE_COLOUR)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(False)
    display.SetVisibility3D(False)


def has_points_of(node: Any, ids: tuple[str, ...]) -> bool:
    """Whether the node holds exactly these points in this order."""
    count = node.GetNumberOfControlPoints()
    return count == len(ids) and all(node.GetNthControlPointLabel(row) == name for row, name in enumerate(ids))


def positions(node: Any) -> list[Ras | None]:
    """Return RAS mm in the node's own frame, None where a point is not placed (also while it is being placed).

    Plain tuples: comparing them is what most of the time of an event would go into.
    """
    placed, status, position = _PLACED, node.GetNthControlPointPositionStatus, node.GetNthControlPointPosition
    return [tuple(position(row)) if status(row) == placed else None for row in range(node.GetNumberOfControlPoints())]


def positions_by_label(node: Any) -> dict[str, Ras]:
    """Return the placed points of any point list by their label; of several with one label the first."""
    found: dict[str, Ras] = {}
    for row, position in enumerate(positions(node)):
        if position is not None:
            found.setdefault(node.GetNthControlPointLabel(row).strip(), position)
    return found


def show_landmarks(node: Any, view: CaseView, geometry: VolumeGeometry, definitions: Mapping[str, str]) -> None:
    """Write what differs of positions, states and descriptions into the node."""
    wanted = geometry.to_ras(view.points_px())
    now = positions(node)
    lps = geometry.lps_from_pixels
    with slicer.util.NodeModify(node):
        for row, (name, state) in enumerate(view.landmarks.items()):
            if state.xy_px is None:
                if now[row] is not None:
                    node.UnsetNthControlPointPosition(row)
            elif tuple(wanted[row]) != now[row]:
                node.SetNthControlPointPosition(row, *wanted[row])
            show_state(node, row, state)
            description = _description(state, definitions[name], lps)
            if node.GetNthControlPointDescription(row) != description:
                node.SetNthControlPointDescription(row, description)


def show_state(node: Any, row: int, state: LandmarkState) -> None:
    """Selected means still to be looked at: it decides the colour of the id."""
    if node.GetNthControlPointSelected(row) == state.reviewed:
        node.SetNthControlPointSelected(row, not state.reviewed)


def _description(state: LandmarkState, definition: str, lps_from_pixels: Any) -> str:
    """What the landmark is, then what a landmark file keeps of its state (landmark_note.py)."""
    mark = {
        "xy_px": state.xy_px,
        "ai_xy_px": state.ai_xy_px,
        "confidence": state.confidence,
        "state": state.state,
        "uncertain": state.uncertain,
        "reader": state.reader,
        "edited_at": state.edited_at,
    }
    note = landmark_note(mark, lps_from_pixels).text()
    return f"{definition} [{note}]" if note else definition
