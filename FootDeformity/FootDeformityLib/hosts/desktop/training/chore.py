"""What is done beside the training, one thing at a time: data check, evaluation, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.training.child_command import ChildCommand

_TITLE = "Foot Deformity Training"
Then = Callable[[], None]


class ChoreDesk:
    """Starts commands one after the other, says how they stand, and what went wrong. ``tick`` is called by a timer."""

    def __init__(self, ui: Any, folder: Path, python: str, packages: Path) -> None:
        """folder: for what the commands print. packages: see ChildCommand."""
        self._ui, self._folder, self._python, self._packages = ui, folder, python, packages
        self._waiting: list[Sequence[str]] = []
        self._command: ChildCommand | None = None
        self._words, self._then, self._count = "", lambda: None, 0
        self._last = ""
        ui.stopChoreButton.connect("clicked()", self.stop)
        self._show()

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._command is not None

    def run(self, words: str, commands: Sequence[Sequence[str]], then: Then) -> bool:
        """Run commands of the command line in a row, then ``then`` unless one fails; return whether they start."""
        if self.busy:
            text = _("Wait until this is done, or stop it: {words}")
            slicer.util.warningDisplay(text.format(words=self._words), windowTitle=_TITLE)
            return False
        self._words, self._then, self._waiting = words, then, list(commands)
        self._last = ""
        self._next()
        return self.busy

    def tick(self) -> None:
        """Go on when a command has ended."""
        command = self._command
        if command is None:
            return
        state = command.state
        if state == "running":
            self._show()
            return
        self._command = None
        if state == "done" and self._waiting:
            self._next()
        elif state == "done":
            self._last = ""
            self._show()
            attempt(self._then)
        else:
            self._waiting.clear()
            self._last = _("Stopped: {words}").format(words=self._words) if state == "cancelled" else command.reason
            self._show()
            if state == "failed":
                slicer.util.errorDisplay(command.reason, windowTitle=_TITLE)

    def stop(self) -> None:
        """Ask the running command to end."""
        self._waiting.clear()
        if self._command is not None:
            self._command.cancel()

    def close(self) -> None:
        """End at once: the window goes away."""
        self._waiting.clear()
        command, self._command = self._command, None
        if command is not None:
            command.kill()

    def _next(self) -> None:
        arguments, self._count = self._waiting.pop(0), self._count + 1
        output = self._folder / f"{self._count}_{arguments[0]}.txt"
        self._command = attempt(lambda: ChildCommand(arguments, output, self._python, self._packages))
        if self._command is None:
            self._waiting.clear()
        self._show()

    def _show(self) -> None:
        said = self._command.lines[-1:] if self._command is not None else ()
        text = "\n".join(filter(None, [self._words, *said])) if self.busy else self._last
        if text != self._ui.choreLabel.text:
            self._ui.choreLabel.setText(text)
        self._ui.choreLabel.setVisible(bool(text))
        self._ui.stopChoreButton.setVisible(self.busy)
