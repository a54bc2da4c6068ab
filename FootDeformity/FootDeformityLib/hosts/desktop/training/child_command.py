"""One command of the command line as a child process: the window asks how it stands and never waits for it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from FootDeformityLib.network.process_tree import OF_ITS_OWN, end_tree, kill_tree
from FootDeformityTrainingLib.training_process import child_environment

State = Literal["running", "done", "failed", "cancelled"]
#: the command line's exit codes: done, and done but for some files
_DONE = (0, 1)
_PATIENCE_S = 5.0


class ChildCommand:
    """``footdeformity ARGUMENTS`` in a process of its own, whose words go into a file.

    A file and no pipe: Slicer holds Python's lock while it waits, so nobody would read the pipe.
    python: the interpreter to run. output: the file; it and its folder are made. packages: a folder with packages
    that only child processes use. Raises OSError.
    """

    def __init__(self, arguments: Sequence[str], output: Path, python: str, packages: Path | None = None) -> None:
        self.arguments, self._output = tuple(arguments), output
        self._cancelled_at: float | None = None
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("w", encoding="utf-8") as file:
            self._process = subprocess.Popen(
                [python, "-m", "FootDeformityLib.hosts.command_line.main", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=child_environment(packages),
                **OF_ITS_OWN,
            )

    @property
    def state(self) -> State:
        """What has become of it; a command that does not end soon after `cancel` is killed here."""
        code = self._process.poll()
        if code is None:
            if self._cancelled_at is not None and time.monotonic() - self._cancelled_at > _PATIENCE_S:
                kill_tree(self._process)
            return "running"
        if self._cancelled_at is not None:
            return "cancelled"
        return "done" if code in _DONE else "failed"

    @property
    def lines(self) -> tuple[str, ...]:
        """What it has printed so far."""
        try:
            return tuple(self._output.read_text("utf-8", errors="replace").splitlines())
        except OSError:
            return ()

    @property
    def reason(self) -> str:
        """Its last words, for a person to read; a stack trace's are its last line."""
        said = [line for line in self.lines if line.strip()]
        if not said:
            return f"The command ended with exit code {self._process.poll()} and without a word."
        return said[-1].removeprefix(f"footdeformity {self.arguments[0]}: ")

    def cancel(self) -> None:
        """Ask it to end; returns at once."""
        if self._cancelled_at is None and self._process.poll() is None:
            self._cancelled_at = time.monotonic()
            end_tree(self._process)

    def kill(self) -> None:
        """End it now: the window goes away."""
        kill_tree(self._process)
        self._process.wait()
