"""Observers of VTK objects that go away together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Observations:
    """Remembers what it observes, so that one call ends it all."""

    def __init__(self) -> None:
        self._tags: list[tuple[Any, int]] = []

    def add(self, observed: Any, events: tuple[int | str, ...], call: Callable[..., None]) -> None:
        """Call ``call`` with each of the events (VTK's numbers or names) of ``observed``, a vtkObject."""
        self._tags += [(observed, observed.AddObserver(event, call)) for event in events]

    def clear(self) -> None:
        """End all observations."""
        for observed, tag in self._tags:
            observed.RemoveObserver(tag)
        self._tags.clear()
