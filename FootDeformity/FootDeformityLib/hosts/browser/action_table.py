"""What the page may ask for, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: function of the room and the page's arguments; what it returns goes back to the page
Action = Callable[..., Any]


class ActionTable(dict[str, Action]):
    """Name of an action -> what does it."""

    def add(self, function: Action) -> Action:
        """Take a function in under its own name; for use as a decorator."""
        self[function.__name__] = function
        return function
