"""Undo and redo of one exam: steps for edits of points, and changes that no undo takes back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.history import History


class ExamHistory:
    """The exam as it is now, with its past. A step that is open collects many edits, as a drag does."""

    def __init__(self, exam: Exam) -> None:
        self._history = History(exam)
        self._live: Exam | None = None

    @property
    def present(self) -> Exam:
        return self._history.present if self._live is None else self._live

    @property
    def step_open(self) -> bool:
        return self._live is not None

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo or self.present != self._history.present

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    def edit(self, exam: Exam) -> None:
        """Make ``exam`` the present: a step of its own unless one is open."""
        if self._live is None:
            self._history = self._history.do(exam)
        else:
            self._live = exam

    def begin_step(self) -> None:
        """Take all edits up to ``end_step`` as one; an open step ends here."""
        self.end_step()
        self._live = self._history.present

    def end_step(self) -> bool:
        """Return whether a step was open."""
        live, self._live = self._live, None
        if live is not None:
            self._history = self._history.do(live)
        return live is not None

    def undo(self) -> None:
        self.end_step()
        self._history = self._history.undo()

    def redo(self) -> None:
        self.end_step()
        self._history = self._history.redo()

    def amend(self, change: Callable[[Exam], Exam]) -> None:
        """Change the present and everything that undo and redo may bring back, as for another image or another age."""
        self.end_step()
        old = self._history
        past = [change(exam) for exam in old.past]
        present = change(old.present)
        future = [change(exam) for exam in old.future]
        # steps that changed nothing but what is now replaced would be undone without any effect
        self._history = History(
            present,
            tuple(exam for exam, later in pairwise([*past, present]) if exam != later),
            tuple(exam for earlier, exam in pairwise([present, *future]) if exam != earlier),
            old.limit,
        )
