"""Taking Qt objects away that Qt itself may have deleted before, with their parent."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

#: PythonQt and PySide6 on an object that is no more
DELETED = (ValueError, RuntimeError)


def release(thing: Any) -> None:
    """Take a widget or shortcut out of its window and delete it."""
    with suppress(*DELETED):
        thing.setParent(None)
        thing.deleteLater()
