"""Placing a point with the mouse: the next click in a slice view sets it."""

from __future__ import annotations

from typing import Any

import slicer


def start_placing(node: Any, row: int) -> None:
    """Let the next click place this point of the list, and no other one afterwards."""
    scene = node.GetScene()
    selection = scene.GetFirstNodeByClass("vtkMRMLSelectionNode")
    interaction = scene.GetFirstNodeByClass("vtkMRMLInteractionNode")
    if selection is None or interaction is None:
        return
    node.SetControlPointPlacementStartIndex(row)
    selection.SetReferenceActivePlaceNodeClassName(node.GetClassName())
    selection.SetActivePlaceNodeID(node.GetID())
    interaction.SetPlaceModePersistence(False)
    interaction.SetCurrentInteractionMode(slicer.vtkMRMLInteractionNode.Place)


def stop_placing(scene: Any) -> None:
    """Let the mouse do again what it does without a point in hand."""
    interaction = scene.GetFirstNodeByClass("vtkMRMLInteractionNode")
    if interaction is not None and interaction.GetCurrentInteractionMode() == slicer.vtkMRMLInteractionNode.Place:
        interaction.SetCurrentInteractionMode(slicer.vtkMRMLInteractionNode.ViewTransform)
