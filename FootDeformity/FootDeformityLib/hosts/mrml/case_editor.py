"""What a reader does to a case: edits with undo, facts, the way through the points. No scene here."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from FootDeformityLib.case import review
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.landmark import Point
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.change import ChangeKind
from FootDeformityLib.hosts.mrml.exam_history import ExamHistory
from FootDeformityLib.measure.criteria import load_criteria

VIEWS = ("AP", "lateral")


class CaseEditor(ABC):
    """One exam being read: the selected foot's case, its edits and its selection. Positions are image pixels."""

    def __init__(self, exam: Exam, foot: int = 0) -> None:
        self._history = ExamHistory(exam)
        self._foot = foot
        self._selection: review.Place | None = None
        self._second, self._editor = int(time.time()), Edit.now(exam.reader)

    @abstractmethod
    def _show(self, foot: int, view: str) -> None:
        """Make what is seen of a view equal to the case."""

    @abstractmethod
    def _turn_to(self, foot: int) -> None:
        """Select another foot. Raises FootDeformityError for one that is not there."""

    @abstractmethod
    def _check_open(self) -> None:
        """Raise FootDeformityError if nothing may be changed any more."""

    @abstractmethod
    def _tell(self, kind: ChangeKind, view: str | None = None) -> None:
        """Tell the hosts of a change that has happened."""

    @property
    def exam(self) -> Exam:
        """All feet as they are now."""
        return self._history.present

    @property
    def foot(self) -> int:
        """Number of the selected foot: 0, or 1 where there are two."""
        return self._foot

    @foot.setter
    def foot(self, foot: int) -> None:
        self._turn_to(foot)

    @property
    def feet(self) -> int:
        """Number of feet."""
        return len(self.exam.feet)

    @property
    def case(self) -> Case:
        """The selected foot."""
        return self.exam.feet[self._foot]

    @property
    def reader(self) -> str:
        """Initials that go with every edit; "" until somebody was asked."""
        return self.exam.reader

    @reader.setter
    def reader(self, initials: str) -> None:
        self._check_open()
        checked = self.exam.with_reader(initials)  # refuses before anything has changed
        self._history.amend(lambda exam: exam.with_reader(checked.reader))
        self._tell("facts")

    @property
    def selection(self) -> review.Place | None:
        """View and id of the selected landmark of the selected foot."""
        return self._selection

    def select(self, view: str, landmark: str) -> None:
        """Choose the landmark that single commands and the eye go to. Raises FootDeformityError for an unknown one."""
        self.case.scheme.index(view, landmark)
        if self._selection != (view, landmark):
            self._selection = (view, landmark)
            self._tell("selection", view)

    def clear_selection(self) -> None:
        """Select no landmark."""
        if self._selection is not None:
            self._selection = None
            self._tell("selection")

    def next_unconfirmed(self) -> review.Place | None:
        """Select the next point that nobody has looked at and return it; None if there is none left."""
        return self._go(review.next_unconfirmed(self.case, self._selection))

    def previous_unconfirmed(self) -> review.Place | None:
        """Select the point before that nobody has looked at and return it; None if there is none left."""
        return self._go(review.previous_unconfirmed(self.case, self._selection))

    def move(self, view: str, landmark: str, xy_px: Point) -> None:
        """A person places the landmark."""
        self._edit(view, lambda case, by: case.move(view, landmark, xy_px, by))

    def confirm(self, view: str, landmark: str) -> None:
        """A person agrees with the landmark where it is."""
        self._edit(view, lambda case, by: case.confirm(view, landmark, by))

    def confirm_all(self, view: str | None = None) -> None:
        """A person agrees with every landmark of a view, or of the foot."""
        self._edit_all(view, lambda name, case, by: case.confirm_all(name, by))

    def remove(self, view: str, landmark: str) -> None:
        """A person says that the landmark cannot be seen."""
        self._edit(view, lambda case, by: case.remove(view, landmark, by))

    def remove_unplaced(self, view: str | None = None) -> None:
        """A person is done with a view, or the foot: the points that nobody has placed cannot be seen."""
        self._edit_all(view, lambda name, case, by: case.remove_unplaced(name, by))

    def mark_uncertain(self, view: str, landmark: str, uncertain: bool = True) -> None:
        """A person calls the position an estimate, or no longer."""
        self._edit(view, lambda case, by: case.mark_uncertain(view, landmark, uncertain, by))

    def reset(self, view: str, landmark: str) -> None:
        """Back to where the network placed the landmark."""
        self._edit(view, lambda case, _: case.reset(view, landmark))

    def reset_all(self, view: str | None = None) -> None:
        """Back to what the network said about a view, or the foot."""
        self._edit_all(view, lambda name, case, _: case.reset_all(name))

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """All edits within count as one for undo. Within a step that is open, such as a drag, they belong to it."""
        if self._history.step_open:
            yield
            return
        self._history.begin_step()
        try:
            yield
        finally:
            self._history.end_step()
            self._tell("history")

    @property
    def in_step(self) -> bool:
        """Whether a drag, or other edits that count as one step, are going on."""
        return self._history.step_open

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit that was taken back."""
        return self._history.can_redo

    def undo(self) -> None:
        """Take the last step back."""
        self._travel(self._history.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(self._history.redo)

    def set_criteria(self, name: str) -> None:
        """Judge all feet by another profile. Raises FootDeformityError for an unknown one."""
        self._check_open()
        load_criteria(name)
        self._amend_feet(lambda case: case.with_criteria(name))
        self._tell("facts")

    def _edit(self, view: str, change: Callable[[Case, Edit], Case]) -> None:
        """Apply a person's edit to the selected foot. Raises FootDeformityError before anything has changed."""
        self._check_open()
        before = self.case
        after = change(before, self._by())
        if after == before:
            return
        self._history.edit(self.exam.with_foot(self._foot, after))
        self._show(self._foot, view)
        self._tell("points", view)
        if not self._history.step_open:
            self._tell("history")

    def _by(self) -> Edit:
        """Return the reader and this second; made once a second, because a drag asks with every mouse move."""
        second = int(time.time())
        if second != self._second or self._editor.reader != (self.reader or None):
            self._second, self._editor = second, Edit.now(self.reader)
        return self._editor

    def _edit_all(self, view: str | None, change: Callable[[str, Case, Edit], Case]) -> None:
        """Apply an edit to a view or, with None, to all views of the foot, as one step."""
        with self.one_step():
            for name in self._views(view):
                self._edit(name, partial(change, name))

    def _go(self, place: review.Place | None) -> review.Place | None:
        if place is not None:
            self.select(*place)
        return place

    def _travel(self, step: Callable[[], None]) -> None:
        self._check_open()
        before = self.exam
        step()
        for foot, (old, new) in enumerate(zip(before.feet, self.exam.feet, strict=False)):
            for view in new.views:
                if old.views.get(view) != new.views[view]:
                    self._show(foot, view)
                    if foot == self._foot:
                        self._tell("points", view)
        self._tell("history")

    def _amend_feet(self, change: Callable[[Case], Case], only: int | None = None) -> None:
        """Change feet, one or all, in the present and in all that undo may bring back."""

        def amended(exam: Exam) -> Exam:
            for foot, case in enumerate(exam.feet):
                if only in (None, foot):
                    exam = exam.with_foot(foot, change(case))
            return exam

        self._history.amend(amended)

    def _views(self, view: str | None) -> tuple[str, ...]:
        if view is not None and view not in self.case.views:
            raise FootDeformityError(f"This foot has no {view} image.")
        return tuple(self.case.views) if view is None else (view,)


def checked_view(view: Any) -> str:
    """Return the view. Raises FootDeformityError for anything but "AP" and "lateral"."""
    if view not in VIEWS:
        raise FootDeformityError(f"There is no view {view!r}; expected AP or lateral.")
    return str(view)
