"""Writes what a reader does as soon as it is done, and brings what was stated about a foot back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.saved_facts import SavedFacts, Statement
from FootDeformityLib.hosts.browser.saved_points import SavedPoints
from FootDeformityLib.hosts.mrml.scene_case import SceneCase
from FootDeformityLib.radiographs.radiograph import Radiograph

if TYPE_CHECKING:
    from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk

_USUAL_CRITERIA = Case({}).criteria
#: what was said about a foot, and the views of which images it is kept with
_Stated = tuple[Statement, tuple[str, ...]]


class Autosave:
    """Knows of one case what is on the disk. words: what the page says about the last saving."""

    def __init__(self, points: SavedPoints, facts: SavedFacts) -> None:
        self.words = ""
        self._points, self._facts = points, facts
        self._written: dict[tuple[int, str], CaseView] = {}
        self._stated: dict[int, _Stated] = {}
        self._warned = False

    def begin(self, case: SceneCase) -> None:
        """Another case is open; as it is now, there is nothing to save."""
        self.words, self._warned = "", False
        self._written = {(foot, view): content for foot, view, content in _views(case)}
        self._stated = {foot: _stated(case, foot) for foot in range(case.feet)}

    def unsaved(self, case: SceneCase) -> bool:
        """Whether anything differs from what is on the disk."""
        return bool(self._changed_views(case) or self._changed_facts(case))

    def save(self, case: SceneCase, desk: WorklistDesk | None) -> None:
        """Write what changed: points to the worklist's file, else to this machine. Raises FootDeformityError."""
        said = []
        try:
            for foot, view, content in self._changed_views(case):
                said.append(self._save_view(case, foot, view, desk))
                self._written[foot, view] = content
            for foot in self._changed_facts(case):
                stated = _stated(case, foot)
                if self._facts.save(stated[0], _images(case, foot)):
                    said.append(f"Kept on this machine, {_now()}")
                self._stated[foot] = stated
        except FootDeformityError:
            self.words = "Not saved"
            raise
        self.words = next((words for words in said if words), "")

    def check_left(self, case: SceneCase) -> None:
        """Raise FootDeformityError once if the disk has refused the last corrections of a case that is about to go."""
        if self.unsaved(case) and not self._warned:
            self._warned = True
            raise FootDeformityError(
                "The last corrections could not be saved. Download the points if you need them, then choose again to "
                "go on without them."
            )

    def recall(self, case: SceneCase, view: str | None = None) -> str:
        """State again what was stated earlier about the selected foot, and is not stated now; return it in words.

        view: the image that has just come, None = all of them.
        """
        images = {name: image for name, image in _images(case, case.foot).items() if view in (None, name)}
        kept = asdict(self._facts.load(images))
        criteria = kept.pop("criteria")
        now = asdict(case.stated)
        new = {name: value for name, value in kept.items() if value is not None and now[name] is None}
        if new:
            case.set_facts(**new)
        if criteria is not None and case.case.criteria == _USUAL_CRITERIA:
            with suppress(FootDeformityError):  # a profile that is no longer there: the page shows which one counts
                case.set_criteria(criteria)
                new["criteria"] = criteria
        return ", ".join(
            f"{name.removesuffix('_years').replace('_', '-')} {_text(value)}" for name, value in new.items()
        )

    def _save_view(self, case: SceneCase, foot: int, view: str, desk: WorklistDesk | None) -> str:
        image = case.radiograph(view, foot)
        if image is None:
            return ""
        if desk is not None:
            return f"Saved {_now()} to {desk.save(case.case)}"
        kept = self._points.save(case.exam.feet[foot], view, image)
        return f"Corrections kept on this machine, {_now()}" if kept else ""

    def _changed_views(self, case: SceneCase) -> list[tuple[int, str, CaseView]]:
        return [(foot, view, now) for foot, view, now in _views(case) if self._written.get((foot, view)) is not now]

    def _changed_facts(self, case: SceneCase) -> list[int]:
        return [foot for foot in range(case.feet) if self._stated.get(foot) != _stated(case, foot)]


def _views(case: SceneCase) -> list[tuple[int, str, CaseView]]:
    return [(foot, view, now) for foot, one in enumerate(case.exam.feet) for view, now in one.views.items()]


def _images(case: SceneCase, foot: int) -> dict[str, Radiograph]:
    found = {view: case.radiograph(view, foot) for view in case.exam.feet[foot].views}
    return {view: image for view, image in found.items() if image is not None}


def _stated(case: SceneCase, foot: int) -> _Stated:
    content = case.exam.feet[foot]
    criteria = None if content.criteria == _USUAL_CRITERIA else content.criteria
    return Statement(**asdict(case.stated_about(foot)), criteria=criteria), tuple(content.views)


def _text(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else value


def _now() -> str:
    return datetime.now().strftime("%H:%M:%S")
