"""What is seen of a case: its views in slice views, and marks, axes and angles drawn with the next frame."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from FootDeformityLib.case.exam import Exam
from FootDeformityLib.hosts.mrml import slice_view
from FootDeformityLib.hosts.mrml.case_editor import CaseEditor, checked_view
from FootDeformityLib.hosts.mrml.overlay_drawing import OverlayLook, draw_view
from FootDeformityLib.hosts.mrml.scene_view import SceneView
from FootDeformityLib.hosts.mrml.slice_views import SliceViews
from FootDeformityLib.hosts.mrml.stored_case import DisplayChoices
from FootDeformityLib.measure.scheme import load_scheme

if TYPE_CHECKING:
    from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic


class CaseOnScreen(CaseEditor):
    """Keeps what the slice views show equal to the exam. closed: nothing is shown any more."""

    def __init__(self, reading: ReadingLogic, exam: Exam, display: DisplayChoices) -> None:
        super().__init__(exam, min(display.foot, len(exam.feet) - 1))
        self.closed = False
        self._reading, self._display = reading, display
        self._scene_views: dict[tuple[int, str], SceneView] = {}
        self._slices = SliceViews(self._draw_later)
        self._drawing = False

    @abstractmethod
    def save_into_node(self) -> None:
        """Write the case into its node; done with a frame, because a drag changes it with every mouse move."""

    def free_slice(self, slice_node: Any) -> None:
        """Another case is shown there from now on."""
        if self._slices.take_away(slice_node):
            self._show_visibility()

    def _scene_view(self, view: str, foot: int | None = None) -> SceneView:
        key = (self._foot if foot is None else foot, checked_view(view))
        if key not in self._scene_views:
            self._scene_views[key] = SceneView(load_scheme(), view)
        return self._scene_views[key]

    def _show(self, foot: int, view: str) -> None:
        content = self.exam.feet[foot].views.get(view)
        if content is not None:
            self._scene_view(view, foot).show(content)
        self._draw_later()

    def _show_visibility(self) -> None:
        """Show each point list where its image is shown, and nowhere else."""
        for (foot, view), scene_view in self._scene_views.items():
            shown = foot == self._foot and self._reading.draws
            slice_node = self._slices.node(view) if shown else None
            scene_view.show_only_in(slice_node, self._display.locked)

    def _draw_later(self) -> None:
        """Draw and save with the next frame, however often this is asked for until then."""
        if not self._drawing and not self.closed:
            self._drawing = True
            self._reading.scheduler.frame(self._frame)

    def _frame(self) -> None:
        self._drawing = False
        if self.closed:
            return
        if not self._history.step_open:
            self.save_into_node()
        if self._reading.draws:
            self._draw()

    def _draw(self) -> None:
        for view in self.case.views:
            scene_view, slice_node = self._scene_view(view), self._slices.node(view)
            geometry = scene_view.geometry
            if geometry is None or slice_node is None:
                continue
            look = OverlayLook(
                geometry.spacing,
                (geometry.width, geometry.height),
                slice_view.mm_per_pixel(slice_node),
                axes=self._display.axes_visible,
                blinded=self._display.blinded,
                selected=self.selection[1] if self.selection is not None and self.selection[0] == view else None,
            )
            # an edit of one view leaves the other one as it is
            drawn = (self.case.views[view], self.case.chirality, geometry, look)
            if drawn != scene_view.drawn:
                scene_view.draw(self._reading.scene, draw_view(self.case, view, look))
                scene_view.drawn = drawn
