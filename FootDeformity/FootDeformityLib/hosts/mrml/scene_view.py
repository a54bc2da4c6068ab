"""One view of one foot in the scene: its volume, its point list and what is drawn over it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import slicer
import vtk

from FootDeformityLib.case.view import CaseView
from FootDeformityLib.hosts.mrml.landmark_node import (
    Ras,
    fill_points,
    has_points_of,
    new_landmark_node,
    positions,
    positions_by_label,
    show_landmarks,
    show_state,
)
from FootDeformityLib.hosts.mrml.observations import Observations
from FootDeformityLib.hosts.mrml.overlay_drawing import OverlayDrawing
from FootDeformityLib.hosts.mrml.overlay_nodes import OverlayNodes
from FootDeformityLib.hosts.mrml.volume_geometry import VolumeGeometry
from FootDeformityLib.hosts.mrml.volume_radiograph import VolumeRadiograph
from FootDeformityLib.measure.scheme import Scheme

_POINT_EVENTS = (
    slicer.vtkMRMLMarkupsNode.PointModifiedEvent,
    slicer.vtkMRMLMarkupsNode.PointPositionDefinedEvent,
    slicer.vtkMRMLMarkupsNode.PointPositionUndefinedEvent,
)
#: a point list of a scene file is exact to 1e-13 mm: what differs by more than this part of a pixel was moved
_SAME_PIXEL = 1e-4


class SceneView:
    """Keeps nodes and what was last written into them, so that own writing is told from a person's.

    image: what the volume shows; None without a volume. version grows whenever another image is chosen: a detection
    that started before is void.
    """

    def __init__(self, scheme: Scheme, view: str) -> None:
        self.view = view
        self.version = 0
        self.volume: Any = None
        self.image: VolumeRadiograph | None = None
        self.geometry: VolumeGeometry | None = None
        self.landmarks: Any = None
        self._overlay: OverlayNodes | None = None
        #: what the drawing shows, None where there is none
        self.drawn: object = None
        self._ids = scheme.ids(view)
        self._scheme = scheme
        self._definitions = {mark.id: mark.definition for mark in scheme.landmarks(view)}
        self._written: list[Ras | None] = [None] * len(self._ids)
        self._writing = False
        self._slice_node: Any = None
        self._volume_observers, self._point_observers = Observations(), Observations()

    def choose(self, volume: Any, image: VolumeRadiograph | None, on_moved: Callable[[], None]) -> None:
        """Show another volume, or none; ``on_moved`` is called when it lies elsewhere later on."""
        self.version += 1
        self._volume_observers.clear()
        self.volume, self.image = volume, image
        self.geometry = image.geometry(volume) if image is not None else None
        if volume is not None:
            events = (vtk.vtkCommand.ModifiedEvent, slicer.vtkMRMLTransformableNode.TransformModifiedEvent)
            self._volume_observers.add(volume, events, lambda *_: on_moved())

    def follow_volume(self) -> bool:
        """Take over where the volume lies now; return whether that is another place. Raises FootDeformityError."""
        if self.image is None or self.geometry is None:
            return False
        geometry = self.image.geometry(self.volume)
        moved = not geometry.same_place(self.geometry)
        self.geometry = geometry
        if self.landmarks is not None:
            parent = self.volume.GetTransformNodeID()
            if self.landmarks.GetTransformNodeID() != parent:
                self.landmarks.SetAndObserveTransformNodeID(parent)
                moved = True
        return moved

    def use_landmarks(
        self, node: Any, on_points: Callable[[], None], on_start: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        """Observe a point list: on_points after a person changed it, on_start and on_end about a drag."""
        self._point_observers.clear()
        self.landmarks = node
        events = slicer.vtkMRMLMarkupsNode

        def changed(*_: object) -> None:
            if not self._writing:
                on_points()

        self._point_observers.add(node, _POINT_EVENTS, changed)
        self._point_observers.add(node, (events.PointStartInteractionEvent,), lambda *_: on_start())
        self._point_observers.add(node, (events.PointEndInteractionEvent,), lambda *_: on_end())

    def new_landmarks(self, scene: Any, name: str) -> Any:
        """Add a point list to the scene and return it."""
        return new_landmark_node(scene, name, self._scheme, self.view)

    def show(self, content: CaseView) -> None:
        """Make the point list look like the case."""
        if self.landmarks is None or self.geometry is None:
            return
        self._writing = True
        try:
            show_landmarks(self.landmarks, content, self.geometry, self._definitions)
            self._written = positions(self.landmarks)
        finally:
            self._writing = False

    def changed_points(self) -> dict[str, tuple[float, float] | None]:
        """Return what a person changed since ``show`` or the last call: id -> image pixels, None = no longer placed."""
        if self.geometry is None:
            return {}
        now, before = positions(self.landmarks), self._written
        self._written = now
        return {
            name: None if here is None else self.geometry.to_pixel(here)
            for name, here, there in zip(self._ids, now, before, strict=True)
            if here != there
        }

    def points_elsewhere(self, node: Any, content: CaseView) -> dict[str, tuple[float, float] | None]:
        """Return what a point list of a loaded scene says otherwise than the case, and make the list fit the scheme.

        Points are told by their labels. Without an image there is nothing to compare: the case counts.
        """
        if self.geometry is None:
            return {}
        found = positions_by_label(node)
        elsewhere: dict[str, tuple[float, float] | None] = {}
        for name, state in content.landmarks.items():
            xy = self.geometry.to_pixel(found[name]) if name in found else None
            if xy != state.xy_px and (xy is None or state.xy_px is None or math.dist(xy, state.xy_px) > _SAME_PIXEL):
                elsewhere[name] = xy
        if not has_points_of(node, self._ids):
            fill_points(node, self._scheme, self.view)
        return elsewhere

    def show_states(self, content: CaseView, landmarks: Iterable[str]) -> None:
        """Show whether these landmarks have been looked at; their positions are right already."""
        self._writing = True
        try:
            for name in landmarks:
                show_state(self.landmarks, self._ids.index(name), content.landmarks[name])
        finally:
            self._writing = False

    def active_point(self) -> str | None:
        """Return the landmark that the mouse holds or touches."""
        display = self.landmarks.GetDisplayNode()
        touched = slicer.vtkMRMLMarkupsDisplayNode.ComponentControlPoint
        if display is None or display.GetActiveComponentType() != touched:
            return None
        row = display.GetActiveComponentIndex()
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def draw(self, scene: Any, drawing: OverlayDrawing) -> None:
        """Draw over the image."""
        if self.geometry is None:
            return
        if self._overlay is None:
            values = [angle.name for angle in self._scheme.angles(self.view)]
            self._overlay = OverlayNodes(scene, f"FootDeformity {self.view}", self._ids, values)
            self._overlay.show_only_in(self._slice_node)
        parent = self.landmarks.GetTransformNodeID() if self.landmarks is not None else None
        self._overlay.draw(drawing, self.geometry, parent)

    def show_only_in(self, slice_node: Any, locked: bool) -> None:
        """Show points and drawing in one slice view only, or nowhere; locked: the mouse cannot move the points."""
        self._slice_node = slice_node
        if self._overlay is not None:
            self._overlay.show_only_in(slice_node)
        if self.landmarks is None:
            return
        self.landmarks.SetLocked(locked)
        display = self.landmarks.GetDisplayNode()
        if display is not None:
            with slicer.util.NodeModify(display):
                display.SetVisibility(slice_node is not None)
                display.SetViewNodeIDs((slice_node.GetID(),) if slice_node is not None else ())

    def lose_volume(self) -> None:
        """The volume node is gone or holds no image of this view; what is known about it stays."""
        self._volume_observers.clear()
        self.volume = None
        self.version += 1

    def owns(self, node: Any) -> bool:
        """Whether a node of the scene is part of the drawing."""
        return self._overlay is not None and node in self._overlay.nodes

    def drop_drawing(self) -> None:
        """Take the drawing out of the scene; it comes back when something is drawn again."""
        overlay, self._overlay, self.drawn = self._overlay, None, None
        if overlay is not None:
            overlay.remove()

    def drop_landmarks(self, scene: Any) -> None:
        """Take point list and drawing out of the scene."""
        self.drop_drawing()
        self._point_observers.clear()
        node, self.landmarks = self.landmarks, None
        self._written = [None] * len(self._ids)
        if node is not None:
            scene.RemoveNode(node)

    def forget(self) -> None:
        """Observe nothing any more; nodes stay as they are."""
        self._volume_observers.clear()
        self._point_observers.clear()
        self.volume = self.image = self.geometry = self.landmarks = self._overlay = None
        self.version += 1
