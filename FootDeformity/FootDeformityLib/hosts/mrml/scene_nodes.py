"""Nodes of any scene; slicer.util knows only the application's own, and slicer-core has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def nodes_of_class(scene: Any, name: str) -> Iterator[Any]:
    """Yield the nodes of a class and of its subclasses in the order of the scene."""
    for number in range(scene.GetNumberOfNodesByClass(name)):
        yield scene.GetNthNodeByClass(number, name)
