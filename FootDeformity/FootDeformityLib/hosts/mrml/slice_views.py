"""Which slice view shows which view of a case's selected foot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from FootDeformityLib.hosts.mrml import slice_view
from FootDeformityLib.hosts.mrml.observations import Observations
from FootDeformityLib.hosts.mrml.scene_view import SceneView
from FootDeformityLib.hosts.mrml.volume_geometry import VolumeGeometry


class SliceViews:
    """Keeps the choice "AP is shown in this slice node" through changes of foot and volume.

    on_zoom is called when a slice view shows another part of its image: marks of constant size on the screen must be
    drawn again.
    """

    def __init__(self, on_zoom: Callable[[], None]) -> None:
        self._nodes: dict[str, Any] = {}
        self._observers: dict[str, Observations] = {}
        self._on_zoom = on_zoom
        self._whole: dict[str, _Whole] = {}

    def node(self, view: str) -> Any:
        """Return the slice node of a view, None where it is shown nowhere."""
        return self._nodes.get(view)

    def put(self, view: str, slice_node: Any) -> None:
        """Show a view in a slice node from now on; None = nowhere."""
        for name, node in list(self._nodes.items()):
            if name == view or node is slice_node:
                self.take_away(node)
        if slice_node is None:
            return
        self._nodes[view] = slice_node
        self._observers[view] = observers = Observations()
        scale = slice_view.mm_per_pixel(slice_node)

        def looked(*_: object) -> None:
            nonlocal scale
            self._keep_whole(view, slice_node)
            now = slice_view.mm_per_pixel(slice_node)
            if abs(now - scale) > 1e-6 * scale:
                scale = now
                self._on_zoom()

        observers.add(slice_node, ("ModifiedEvent",), looked)

    def take_away(self, slice_node: Any) -> bool:
        """Show nothing of this case in a slice node any more; return whether it had shown something."""
        for view, node in list(self._nodes.items()):
            if node is slice_node:
                del self._nodes[view]
                self._observers.pop(view).clear()
                self._whole.pop(view, None)
                return True
        return False

    def show(self, scene_view: SceneView) -> None:
        """Bring a view of the selected foot into its slice node, all of it in sight."""
        slice_node = self.node(scene_view.view)
        if slice_node is None:
            return
        slice_view.show_volume(slice_node, scene_view.volume)
        if scene_view.volume is not None and scene_view.geometry is not None and scene_view.image is not None:
            slice_view.set_grey_window(scene_view.volume, scene_view.image)
            self._show_whole(scene_view.view, slice_node, scene_view.geometry)

    def clear(self) -> None:
        """Forget all slice nodes."""
        for observers in self._observers.values():
            observers.clear()
        self._nodes.clear()
        self._observers.clear()
        self._whole.clear()

    def _keep_whole(self, view: str, slice_node: Any) -> None:
        """Fit the image again if the view had shown all of it and got another size; forget it once a person zooms."""
        whole = self._whole.get(view)
        if whole is None:
            return
        look = slice_view.look_of(slice_node)
        if look.size != whole.look.size:
            self._show_whole(view, slice_node, whole.geometry)
        elif not look.same_as(whole.look):
            del self._whole[view]

    def _show_whole(self, view: str, slice_node: Any, geometry: VolumeGeometry) -> None:
        self._whole.pop(view, None)
        slice_view.fit(slice_node, geometry)
        self._whole[view] = _Whole(geometry, slice_view.look_of(slice_node))


@dataclass(frozen=True, eq=False)
class _Whole:
    """How a view was left when it showed all of its image."""

    geometry: VolumeGeometry
    look: slice_view.Look
