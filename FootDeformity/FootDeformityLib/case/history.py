"""Undo and redo of immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class History(Generic[T]):
    """A value with its past and future; every method returns a new history.

    At most ``limit`` steps back are kept.
    """

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()
    limit: int = 500

    def do(self, value: T) -> History[T]:
        """Make ``value`` the present; an equal value is no step. What was undone is forgotten."""
        if value == self.present:
            return self
        return History(value, (*self.past, self.present)[-self.limit :], (), self.limit)

    def undo(self) -> History[T]:
        """One step back, or unchanged at the beginning."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future), self.limit)

    def redo(self) -> History[T]:
        """One undone step forward, or unchanged at the end."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:], self.limit)

    @property
    def can_undo(self) -> bool:
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        return bool(self.future)
