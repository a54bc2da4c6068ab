"""Starts ``footdeformity web`` as a user does, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RoomServer:
    """A running reading room. lines: what it has printed so far, on either stream."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """As a crash or a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As a user does; return the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=20)


@contextmanager
def reading_room(*arguments: object, state: Path) -> Iterator[RoomServer]:
    """Yield a server on a free port. state: where it keeps corrections and initials."""
    command = [sys.executable, "-m", "FootDeformityLib.hosts.command_line.main", "web", "--no-open", "--port", "0"]
    paths = [str(ROOT / "FootDeformity"), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [*command, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "FOOTDEFORMITY_STATE": str(state)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found:
            break
    else:
        raise AssertionError("the reading room did not start:\n" + "".join(lines))
    server = RoomServer(process, found.group(0), lines)
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    try:
        yield server
    finally:
        if process.poll() is None:
            server.stop()
        reader.join(timeout=5)
