"""AP beside lateral: a layout of Slicer with a slice view of its own for each."""

from __future__ import annotations

from typing import Any

import slicer

VIEWS = ("AP", "lateral")
#: Slicer's own layouts have numbers below 100
_LAYOUT = 27116
_TAGS = {"AP": "FootAP", "lateral": "FootLateral"}
_COLOURS = {"AP": "#4A90B8", "lateral": "#B8894A"}


def _description() -> str:
    views = "".join(
        f'<item><view class="vtkMRMLSliceNode" singletontag="{_TAGS[view]}">'
        '<property name="orientation" action="default">Axial</property>'
        f'<property name="viewlabel" action="default">{view}</property>'
        f'<property name="viewcolor" action="default">{_COLOURS[view]}</property>'
        "</view></item>"
        for view in VIEWS
    )
    return f'<layout type="horizontal" split="true">{views}</layout>'


def make_layout_known() -> bool:
    """Tell Slicer of the layout, which scenes that were saved in it ask for; return False without a main window."""
    manager = slicer.app.layoutManager()
    node = manager.layoutLogic().GetLayoutNode() if manager is not None else None
    if node is None:
        return False
    if not node.IsLayoutDescription(_LAYOUT):
        node.AddLayoutDescription(_LAYOUT, _description())
    return True


class TwoViews:
    """The two slice views; nothing without Slicer's main window."""

    def show(self) -> None:
        """Switch to the layout. Closing the scene goes back to Slicer's default: call it again then."""
        if not make_layout_known():
            return
        slicer.app.layoutManager().setLayout(_LAYOUT)
        for widget in filter(None, map(self._widget, VIEWS)):
            # else Slicer shows each volume that it loads in both views, under the points of another image
            widget.mrmlSliceCompositeNode().SetDoPropagateVolumeSelection(False)

    def slice_node(self, view: str) -> Any:
        """Return the slice node of a view, None while the layout was never shown or the scene is being closed."""
        widget = self._widget(view)
        node = widget.mrmlSliceNode() if widget is not None else None
        return node if node is not None and node.GetScene() is not None else None

    def canvas(self, view: str) -> Any:
        """Return the Qt widget that shows the image of a view, or None."""
        widget = self._widget(view)
        return widget.sliceView() if widget is not None else None

    def _widget(self, view: str) -> Any:
        manager = slicer.app.layoutManager()
        return manager.sliceWidget(_TAGS[view]) if manager is not None else None
