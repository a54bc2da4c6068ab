"""Ending a child process with all that it started: Slicer's Python is a launcher that starts the interpreter."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import Any

#: on Windows a window without a console would open one for the child
_NO_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
#: arguments of Popen for a process that `kill_tree` and `end_tree` can end as a whole
OF_ITS_OWN: dict[str, Any] = {"start_new_session": True, "creationflags": _NO_CONSOLE}


def kill_tree(process: subprocess.Popen[Any]) -> None:
    """Kill at once. Does nothing if the process has ended."""
    _signal_tree(process, "SIGKILL")


def end_tree(process: subprocess.Popen[Any]) -> None:
    """Ask to end as Ctrl-C does, where the system can ask (not on Windows: there it is killed)."""
    _signal_tree(process, "SIGTERM")


def _signal_tree(process: subprocess.Popen[Any], name: str) -> None:
    if process.poll() is not None:
        return
    if os.name == "nt":
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False, creationflags=_NO_CONSOLE)
        return
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        os.killpg(process.pid, signal.Signals[name])
