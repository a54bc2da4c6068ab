"""A case and its nodes in the scene, each following the other."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.facts import gather_facts
from FootDeformityLib.case.from_radiograph import unplaced_view
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.case_editor import VIEWS
from FootDeformityLib.hosts.mrml.case_on_screen import CaseOnScreen
from FootDeformityLib.hosts.mrml.change import ChangeKind
from FootDeformityLib.hosts.mrml.scene_view import SceneView
from FootDeformityLib.hosts.mrml.stored_case import StatedFacts, StoredCase, role, store
from FootDeformityLib.hosts.mrml.volume_radiograph import VolumeRadiograph, radiograph_of_volume
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.radiographs.radiograph import Radiograph

if TYPE_CHECKING:
    from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic

#: changes after which the node is written at once: scenes are saved without asking anybody. Points are written with the
#: step of undo that they belong to
_WORTH_SAVING = frozenset(("facts", "history", "display", "volumes"))


class CaseInNodes(CaseOnScreen):
    """What a reader does goes into the immutable exam, and what the exam says into volumes' point lists and drawings.

    node: vtkMRMLScriptedModuleNode that keeps the case with the scene. Everything is called on the main thread.
    Once ``closed`` (removed, or the scene was closed) it still tells what it knew, and refuses every change.
    """

    def __init__(self, reading: ReadingLogic, node: Any, stored: StoredCase | None = None) -> None:
        stored = stored or StoredCase(Exam((Case({}),)))
        super().__init__(reading, stored.exam, stored.display)
        self.node = node
        self._stated = stored.stated or [StatedFacts() for _ in stored.exam.feet]
        self._shelf: dict[tuple[int, str, str], CaseView] = {}
        self._saved: object = None

    @property
    def name(self) -> str:
        """Name of the case's node."""
        return str(self.node.GetName())

    def volume(self, view: str, foot: int | None = None) -> Any:
        """Return the volume node of a view of a foot, by default the selected one; None without one."""
        return self._scene_view(view, foot).volume

    def markups(self, view: str) -> Any:
        """Return the vtkMRMLMarkupsFiducialNode of a view, None before a volume was chosen."""
        return self._scene_view(view).landmarks

    def radiograph(self, view: str, foot: int | None = None) -> Radiograph | None:
        """Return the image of a view as the network sees it, with its file's facts; None without one.

        foot: by default the selected one.
        """
        image = self._scene_view(view, foot).image
        return image.radiograph if image is not None else None

    @property
    def stated(self) -> StatedFacts:
        """What was stated about the selected foot, as opposed to what its images say."""
        return self.stated_about(self._foot)

    def stated_about(self, foot: int) -> StatedFacts:
        """The same of any foot."""
        return self._stated[foot]

    def _turn_to(self, foot: int) -> None:
        if not 0 <= foot < self.feet:
            raise FootDeformityError(f"This case has no foot {foot + 1}; it has {self.feet}.")
        if foot == self._foot:
            return
        self._history.end_step()
        self.clear_selection()
        self._foot = self._display.foot = foot
        for view in VIEWS:
            self._slices.show(self._scene_view(view))
        self._show_visibility()
        for kind in ("volumes", "points", "facts"):
            self._tell(kind)

    @abstractmethod
    def _announce(self, kind: ChangeKind, view: str | None) -> None:
        """Tell the hosts, and nothing else."""

    def save_into_node(self) -> None:
        """Write the case into its node, if it has changed since."""
        now = (self.exam, tuple(self._stated), replace(self._display))
        if not self.closed and now != self._saved:
            self._saved = now
            store(self.node, StoredCase(self.exam, self._stated, self._display))

    def restore_nodes(self) -> None:
        """Find the nodes of a case that came with a scene; points that were edited elsewhere count as moved."""
        for foot, case in enumerate(self.exam.feet):
            for view, content in case.views.items():
                scene_view = self._scene_view(view, foot)
                volume = self.node.GetNodeReference(role("volume", foot, view))
                image = None
                if volume is not None:
                    try:
                        image = radiograph_of_volume(volume)
                    except FootDeformityError:  # the image did not come along: the case is still there
                        volume = None
                scene_view.choose(volume, image, partial(self._volume_moved, scene_view, foot))
                node = self.node.GetNodeReference(role("landmarks", foot, view))
                elsewhere = scene_view.points_elsewhere(node, content) if node is not None else {}
                self._use_landmarks(scene_view, foot, node)
                for landmark, xy in elsewhere.items():
                    case = case.remove(view, landmark) if xy is None else case.move(view, landmark, xy)
            self._history.edit(self.exam.with_foot(foot, case))
            for view in case.views:
                self._show(foot, view)
        self._show_visibility()

    def node_removed(self, node: Any) -> None:
        """Take note that a node of the scene is gone."""
        for (foot, view), scene_view in self._scene_views.items():
            if node is scene_view.volume:
                scene_view.lose_volume()
                if foot == self._foot:
                    self._tell("volumes", view)
            elif scene_view.owns(node):
                scene_view.drop_drawing()
                self._draw_later()
            elif node is scene_view.landmarks:
                self._all_points_removed(scene_view, foot)
        self._slices.take_away(node)

    def _all_points_removed(self, scene_view: SceneView, foot: int) -> None:
        """The point list was deleted by hand: its points are gone, but not for undo, and the list comes back empty."""
        view, case, by = scene_view.view, self.exam.feet[foot], self._by()
        self._history.end_step()
        self._use_landmarks(scene_view, foot, None)
        for landmark in case.views[view].landmarks:
            case = case.remove(view, landmark, by)
        self._history.edit(self.exam.with_foot(foot, case))
        self._show(foot, view)
        self._show_visibility()
        self._tell("points", view)
        self._tell("history")

    def close(self, remove_nodes: bool) -> None:
        """Let go of everything; remove_nodes: take point lists and drawings out of the scene (volumes stay)."""
        if self.closed:
            return
        self.closed = True
        self._history.end_step()
        self._slices.clear()
        for scene_view in self._scene_views.values():
            if remove_nodes:
                scene_view.drop_landmarks(self._reading.scene)
            scene_view.forget()
        if remove_nodes and self.node.GetScene() is not None:
            self._reading.scene.RemoveNode(self.node)

    def _check_open(self) -> None:
        if self.closed:
            raise FootDeformityError("This case is closed. Make a new one.")

    def _take_volume(self, view: str, volume: Any, image: VolumeRadiograph | None) -> None:
        foot, scene_view = self._foot, self._scene_view(view)
        self._history.end_step()
        before = self.case.views.get(view)
        lost = scene_view.volume is None
        if before is not None and not lost:
            self._shelf[foot, view, scene_view.volume.GetID()] = before
        scene_view.choose(volume, image, partial(self._volume_moved, scene_view, foot))
        self.node.SetNodeReferenceID(role("volume", foot, view), volume.GetID() if volume is not None else None)
        if image is None:
            self._amend_feet(lambda case: case.without_view(view), foot)
            scene_view.drop_landmarks(self._reading.scene)
        else:
            content = self._shelf.pop((foot, view, volume.GetID()), None)
            if content is None and before is not None and lost and _fits(before, image.radiograph):
                content = before  # the image was away and is back
            content = content or unplaced_view(image.radiograph, view, load_scheme())
            self._amend_feet(lambda case: case.with_view(view, content), foot)
            if scene_view.landmarks is None:
                self._use_landmarks(scene_view, foot, None)
        self._gather_facts()
        self._show(foot, view)
        self._slices.show(scene_view)
        self._show_visibility()
        for kind in ("volumes", "points", "facts", "history"):
            self._tell(kind, view)

    def _use_landmarks(self, scene_view: SceneView, foot: int, node: Any) -> None:
        view = scene_view.view
        if node is None:
            number = f" {foot + 1}" if foot else ""
            node = scene_view.new_landmarks(self._reading.scene, f"{self.name}{number} {view}")
        scene_view.use_landmarks(
            node,
            partial(self._points_changed, scene_view, foot),
            partial(self._drag_begins, scene_view, foot),
            self._drag_ends,
        )
        self.node.SetNodeReferenceID(role("landmarks", foot, view), node.GetID())

    def _points_changed(self, scene_view: SceneView, foot: int) -> None:
        """A person, or something else than this case, changed points of the list."""
        view, case = scene_view.view, self.exam.feet[foot]
        changed = scene_view.changed_points()
        if view not in case.views or not changed:
            return
        by = self._by()
        for landmark, xy in changed.items():
            case = case.remove(view, landmark, by) if xy is None else case.move(view, landmark, xy, by)
        self._history.edit(self.exam.with_foot(foot, case))
        scene_view.show_states(case.views[view], changed)
        self._draw_later()
        if foot == self._foot:
            self._tell("points", view)
        if not self._history.step_open:
            # in haste, as one of many: the node is written with the next frame
            self._announce("history", None)

    def _drag_begins(self, scene_view: SceneView, foot: int) -> None:
        self._history.begin_step()
        landmark = scene_view.active_point()
        if landmark is not None and foot == self._foot:
            self.select(scene_view.view, landmark)

    def _drag_ends(self) -> None:
        if self._history.end_step():
            for view in self.case.views:
                self._show(self._foot, view)
            self._tell("history")

    def _volume_moved(self, scene_view: SceneView, foot: int) -> None:
        try:
            moved = scene_view.follow_volume()
        except FootDeformityError:  # cropped to nothing, or made a stack: no image of this case any more
            scene_view.lose_volume()
            self._tell("volumes", scene_view.view)
            return
        if moved:
            self._show(foot, scene_view.view)

    def _replace_view(self, view: str, content: CaseView, foot: int | None = None) -> None:
        """Put other points into a view as one step; a drag that goes on begins anew."""
        at = self._foot if foot is None else foot
        dragging = self._history.end_step()
        self._history.edit(self.exam.with_foot(at, self.exam.feet[at].with_view(view, content)))
        self._show(at, view)
        if dragging:
            self._history.begin_step()
        if at == self._foot:
            self._tell("points", view)
        self._tell("history")

    def _gather_facts(self) -> None:
        """Facts follow from images and what was stated; they are no step of undo."""
        foot = self._foot
        images = {view: image for view in self.case.views if (image := self.radiograph(view)) is not None}
        facts = gather_facts(images, **asdict(self._stated[foot]))
        self._amend_feet(lambda case: case.with_facts(facts), foot)

    def _tell(self, kind: ChangeKind, view: str | None = None) -> None:
        if kind == "selection":
            self._draw_later()
        if self.closed:
            return
        if kind in _WORTH_SAVING:
            self.save_into_node()
        self._announce(kind, view)


def _fits(content: CaseView, radiograph: Radiograph) -> bool:
    return (content.image.width, content.image.height) == (radiograph.width, radiograph.height)
