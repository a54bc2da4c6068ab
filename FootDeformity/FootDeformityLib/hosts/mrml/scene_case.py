"""One case in the scene, for hosts: its feet, images, facts, views and detection."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import numpy as np

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import to_document
from FootDeformityLib.case.facts import Side, WeightBearing
from FootDeformityLib.case.from_detection import view_from_detection
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_results import write_case_results
from FootDeformityLib.hosts.mrml import slice_view
from FootDeformityLib.hosts.mrml.case_editor import VIEWS, checked_view
from FootDeformityLib.hosts.mrml.case_in_nodes import CaseInNodes
from FootDeformityLib.hosts.mrml.change import Change, ChangeKind
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob, Progress
from FootDeformityLib.hosts.mrml.exam_history import ExamHistory
from FootDeformityLib.hosts.mrml.placing import start_placing, stop_placing
from FootDeformityLib.hosts.mrml.stored_case import StatedFacts
from FootDeformityLib.hosts.mrml.volume_radiograph import (
    in_scene,
    radiograph_of_volume,
    volume_of_radiograph,
)
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

if TYPE_CHECKING:
    pass

#: part of the foot's extent that is shown around a landmark
_NEAR = 0.3


class SceneCase(CaseInNodes):
    """A case of one foot or two, each with an AP and a lateral view: what hosts call besides edits."""

    def add_foot(self) -> None:
        """Add the other foot and select it. Raises FootDeformityError where there are two."""
        self._check_open()
        self.exam.with_foot(self.feet, Case({}))
        self._history.amend(lambda exam: exam.with_foot(len(exam.feet), Case({}, criteria=exam.feet[0].criteria)))
        self._stated.append(StatedFacts())
        self.foot = self.feet - 1

    def set_volume(self, view: str, volume: Any) -> None:
        """Choose the image of a view; None takes view and points away.

        Points on the image before are kept for the case that it is chosen again. Raises FootDeformityError for a volume
        that is no radiograph; nothing has changed then.
        """
        self._check_open()
        if volume is not self._scene_view(view).volume:
            self._take_volume(view, volume, None if volume is None else radiograph_of_volume(volume))

    def load_image(self, path: str | os.PathLike[str], view: str | None = None) -> Any:
        """Load a radiograph from a file into a view and return its volume node. Raises FootDeformityError.

        view None: as the file says, else the first one that is free, else AP.
        """
        self._check_open()
        radiograph = read_radiograph(path)
        if view is None:
            free = [name for name in VIEWS if self.volume(name) is None]
            view = radiograph.view or (free or VIEWS)[0]
        return self.load_radiograph(radiograph, view)

    def load_radiograph(self, radiograph: Radiograph, view: str, lps_from_pixels: Affine | None = None) -> Any:
        """Put a radiograph that was read elsewhere into a view and return its volume node.

        lps_from_pixels: where it is to lie; None = where its landmark files lie.
        """
        self._check_open()
        volume, image = volume_of_radiograph(self._reading.scene, radiograph, lps_from_pixels)
        self._take_volume(checked_view(view), volume, image)
        return volume

    def open_case(
        self, case: Case, radiographs: Mapping[str, Radiograph], lps_from_pixels: Affine | None = None
    ) -> None:
        """Show a case that was opened elsewhere in place of the selected foot, of which nothing stays, undo included.

        radiographs: the image of each view of the case. lps_from_pixels: as for ``load_radiograph``.
        """
        self._check_open()
        self.clear_selection()
        for view in VIEWS:
            if view in case.views:
                self.load_radiograph(radiographs[view], view, lps_from_pixels)
            else:
                self.set_volume(view, None)
        self._shelf.clear()
        self._stated[self._foot] = StatedFacts()
        self._history = ExamHistory(self.exam.with_foot(self._foot, case))
        for view in case.views:
            self._show(self._foot, view)
            self._tell("points", view)
        for kind in ("facts", "history"):
            self._tell(kind)

    def take_view(self, view: str, content: CaseView) -> None:
        """Put other points into a view that has an image, as one step. Raises FootDeformityError without the image."""
        self._check_open()
        if view not in self.case.views:
            raise FootDeformityError(f"This foot has no {view} image.")
        self._replace_view(view, content)

    def begin_interaction(self, view: str, landmark: str) -> None:
        """A host that draws the points itself begins to drag one: one step until ``end_interaction``."""
        self._check_open()
        self.select(view, landmark)
        self._history.begin_step()

    def end_interaction(self) -> None:
        """The drag is over; without one, nothing happens."""
        self._drag_ends()

    def load_landmarks(self, view: str, path: str | os.PathLike[str]) -> None:
        """Take the points of a .mrk.json or .fcsv file saved on this view's image. Raises FootDeformityError."""
        self._check_open()
        scene_view = self._scene_view(view)
        if scene_view.image is None or scene_view.geometry is None:
            raise FootDeformityError(f"{path}: choose the {view} image first, then load its landmarks.")
        radiograph = in_scene(scene_view.image, scene_view.geometry)
        content = view_from_landmark_file(path, view, load_scheme(), radiograph)
        own = self.case.views[view]
        self._replace_view(view, CaseView(own.image, content.landmarks, content.model, own.warnings))

    def set_facts(
        self,
        *,
        side: Side | EllipsisType | None = ...,
        age_years: float | EllipsisType | None = ...,
        weight_bearing: WeightBearing | EllipsisType | None = ...,
    ) -> None:
        """State facts of the selected foot: ... = leave as it is, None = as the images' tags say."""
        self._check_open()
        stated: dict[str, Any] = {"side": side, "age_years": age_years, "weight_bearing": weight_bearing}
        said = {name: value for name, value in stated.items() if value is not ...}
        self._stated[self._foot] = replace(self._stated[self._foot], **said)
        self._gather_facts()
        self._tell("facts")

    def show_in(self, view: str, slice_node: Any) -> None:
        """Show a view in a slice node from now on, and nothing else there; None = nowhere."""
        self._check_open()
        self._reading.free_slice(slice_node, self)
        self._slices.put(checked_view(view), slice_node)
        self._slices.show(self._scene_view(view))
        self._show_visibility()
        self._draw_later()

    def fit(self, view: str) -> None:
        """Show the whole image of a view in its slice view."""
        self._slices.show(self._scene_view(view))

    def jump(self, view: str, landmark: str) -> None:
        """Select a landmark and bring it near in its slice view, where it is placed."""
        self.select(view, landmark)
        scene_view, slice_node = self._scene_view(view), self._slices.node(view)
        content = self.case.views.get(view)
        xy = content.landmarks[landmark].xy_px if content is not None else None
        if xy is None or content is None or slice_node is None or scene_view.geometry is None:
            return
        points = content.points_px() * scene_view.geometry.spacing
        extent = np.nanmax(points, axis=0) - np.nanmin(points, axis=0)
        image = np.array([scene_view.geometry.width, scene_view.geometry.height]) * scene_view.geometry.spacing
        size = max(float(np.hypot(*extent)), 0.3 * float(image.max()))
        slice_view.look_at(slice_node, scene_view.geometry, xy, _NEAR * size)

    def start_placing(self, view: str, landmark: str) -> None:
        """Let the next click in the view's slice view place a landmark that has no position. Escape: stop_placing."""
        self._check_open()
        self.select(view, landmark)
        content, node = self.case.views.get(view), self.markups(view)
        if content is None or node is None:
            raise FootDeformityError(f"This foot has no {view} image. Open one first.")
        if content.landmarks[landmark].xy_px is None:
            start_placing(node, self.case.scheme.index(view, landmark))

    def stop_placing(self) -> None:
        """Take the point out of the mouse's hand."""
        stop_placing(self._reading.scene)

    def invert(self, view: str) -> None:
        """Show dark what is bright, or back."""
        volume = self.volume(view)
        if volume is not None:
            slice_view.toggle_inverted(volume)
            self._tell("display", view)

    @property
    def axes_visible(self) -> bool:
        """Whether axes and angles are drawn over the images."""
        return self._display.axes_visible

    @axes_visible.setter
    def axes_visible(self, visible: bool) -> None:
        self._display.axes_visible = visible
        self._draw_later()
        self._tell("display")

    @property
    def locked(self) -> bool:
        """Whether the mouse cannot move points."""
        return self._display.locked

    @locked.setter
    def locked(self, locked: bool) -> None:
        self._display.locked = locked
        self._show_visibility()
        self._tell("display")

    @property
    def blinded(self) -> bool:
        """Whether the reader must not see what the network says: no detection, no colours by confidence."""
        return self._display.blinded

    @blinded.setter
    def blinded(self, blinded: bool) -> None:
        self._display.blinded = blinded
        self._draw_later()
        self._tell("display")

    def detect(
        self, views: Sequence[str] | None = None, progress: Progress | None = None, any_image: bool = False
    ) -> DetectionJob:
        """Look for the landmarks of some views, or all with an image; results replace the points there, undoably.

        any_image: also on images that do not look like an AP or lateral foot, which otherwise get no points.
        Raises FootDeformityError where there is nothing to look at, or another detection is running.
        """
        self._check_open()
        if self.blinded:
            raise FootDeformityError("This reading is blinded: the network is not asked. Place the points by hand.")
        found = {view: self.radiograph(view) for view in (views or VIEWS)}
        images = {view: image for view, image in found.items() if image is not None}
        if not images:
            raise FootDeformityError("There is no image to look at. Open an AP or a lateral radiograph first.")
        foot = self._foot
        versions = {view: self._scene_view(view).version for view in images}

        def take(detection: Detection) -> None:
            scene_view = self._scene_view(detection.view, foot)
            if self.closed or scene_view.version != versions[detection.view] or scene_view.image is None:
                return
            content = view_from_detection(scene_view.image.radiograph, detection, load_scheme())
            self._replace_view(detection.view, content, foot)

        return self._reading.start_detection(self, images, take, lambda: self._tell("detection"), progress, any_image)

    @property
    def refused(self) -> tuple[str, ...]:
        """Views whose image the last detection refused, while it is still that image."""
        job = self._reading.job
        images = {} if job is None else job.refused
        return tuple(view for view, image in images.items() if self.radiograph(view) is image)

    def document(self) -> dict[str, Any]:
        """Return the selected foot as case.json holds it."""
        return to_document(self.case)

    def export(self, folder: str | os.PathLike[str]) -> list[str]:
        """Write all about the selected foot into a folder; return notes for the user. Raises FootDeformityError."""
        images = {view: image for view in self.case.views if (image := self.radiograph(view)) is not None}
        return write_case_results(folder, self.document(), load_scheme(), images)

    def _announce(self, kind: ChangeKind, view: str | None) -> None:
        self._reading.tell(Change(kind, self, view))
