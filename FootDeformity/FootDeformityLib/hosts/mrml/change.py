"""What hosts are told: something changed, look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from FootDeformityLib.hosts.mrml.scene_case import SceneCase

ChangeKind = Literal["points", "facts", "selection", "volumes", "detection", "history", "display", "cases", "closed"]


@dataclass(frozen=True)
class Change:
    """One change, told after it has happened. case is None where it concerns the list of cases or the scene.

    points: landmarks, so angles and diagnoses, too. history: what undo and redo offer. cases: a case came or went.
    closed: the scene was closed, all cases are gone.
    """

    kind: ChangeKind
    case: SceneCase | None = None
    view: str | None = None


Listener = Callable[[Change], None]


class Listeners:
    """Calls everybody who wants to know, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """Return the function that ends the subscription; calling it twice does no harm."""
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    def tell(self, change: Change) -> None:
        """Call every listener."""
        for listener in tuple(self._listeners):
            listener(change)
