"""Keys of the reading room: active while the module is open, listed in the panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any

import qt
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.qt_release import DELETED, release


@dataclass(frozen=True)
class Shortcut:
    """action: key of the mapping given to ``Shortcuts``. keys: any of them. text: what it does."""

    action: str
    keys: tuple[str, ...]
    text: str


def shortcuts() -> tuple[Shortcut, ...]:
    """Return every shortcut, in the order in which the panel lists them.

    Letters, because Space presses the button that has the focus and Slicer's window keeps Ctrl+Z for itself. Arrow keys
    with Alt or Ctrl would go to another module, with Ctrl+Shift play sequences.
    """
    return (
        Shortcut("detect", ("Shift+D",), _("detect landmarks")),
        Shortcut("next", ("N",), _("next point that nobody has looked at")),
        Shortcut("previous", ("P",), _("previous one")),
        Shortcut("confirm", ("C",), _("confirm the point and go on")),
        Shortcut("confirm_all", ("Shift+C",), _("confirm all points")),
        Shortcut("uncertain", ("U",), _("mark as uncertain, or not")),
        Shortcut("not_visible", ("X",), _("not visible")),
        Shortcut("reset", ("R",), _("reset to where the AI placed it")),
        Shortcut("place", ("W",), _("place missing points by clicks, or stop")),
        Shortcut("undo", ("Z",), _("undo")),
        Shortcut("redo", ("Y",), _("redo")),
        Shortcut("left", ("Shift+Left",), _("move the point by one pixel; with Alt, too, by ten")),
        Shortcut("right", ("Shift+Right",), ""),
        Shortcut("up", ("Shift+Up",), ""),
        Shortcut("down", ("Shift+Down",), ""),
        Shortcut("far_left", ("Alt+Shift+Left",), ""),
        Shortcut("far_right", ("Alt+Shift+Right",), ""),
        Shortcut("far_up", ("Alt+Shift+Up",), ""),
        Shortcut("far_down", ("Alt+Shift+Down",), ""),
        Shortcut("lock", ("L",), _("lock the points, or not")),
        Shortcut("axes", ("A",), _("show axes and arcs, or not")),
        Shortcut("invert", ("I",), _("invert the images")),
        Shortcut("magnifier", ("M",), _("magnifier while dragging, or not")),
        Shortcut("fit", ("F",), _("whole images")),
        Shortcut("save_and_next", ("Ctrl+Return", "Ctrl+Enter"), _("worklist: save and next")),
    )


def as_table() -> str:
    """Return the list as rich text."""
    names = {"Shift+Left": _("Shift+Arrow keys")}
    rows = [
        f"<tr><td><b>{escape(names.get(one.keys[0], one.keys[0]))}</b>&nbsp;&nbsp;</td><td>{escape(one.text)}</td></tr>"
        for one in shortcuts()
        if one.text
    ]
    return f"<table>{''.join(rows)}</table>"


class Shortcuts:
    """Qt's shortcuts on a window. actions: action -> what to do."""

    def __init__(self, actions: Mapping[str, Callable[[], None]]) -> None:
        self._actions = dict(actions)
        self._active: list[tuple[Any, Callable[[], None]]] = []

    def activate(self, window: Any) -> None:
        """Make the keys work wherever the focus is in the window; a second call changes nothing."""
        if self._active or window is None:
            return
        for one in shortcuts():
            for keys in one.keys:
                shortcut = qt.QShortcut(window)
                shortcut.setKey(qt.QKeySequence(keys))
                shortcut.connect("activated()", self._actions[one.action])
                self._active.append((shortcut, self._actions[one.action]))

    def deactivate(self) -> None:
        """Leave the keys to others."""
        for shortcut, action in self._active:
            with suppress(*DELETED):
                shortcut.disconnect("activated()", action)
            release(shortcut)
        self._active = []
