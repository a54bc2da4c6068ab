"""A command in a process of its own."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from FootDeformityLib.hosts.desktop.training import child_command
from FootDeformityLib.hosts.desktop.training.child_command import ChildCommand


def ended(command: ChildCommand) -> str:
    end = time.monotonic() + 60
    while command.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    return command.state


def test_it_says_what_it_printed(tmp_path: Path) -> None:
    command = ChildCommand(["--version"], tmp_path / "new" / "said.txt", sys.executable)
    assert ended(command) == "done" and command.lines[0].startswith("footdeformity ")


def test_a_refusal_is_the_reason(tmp_path: Path) -> None:
    command = ChildCommand(["check-data", str(tmp_path / "no"), "--view", "ap"], tmp_path / "said.txt", sys.executable)
    assert ended(command) == "failed"
    assert command.reason.startswith(f"{tmp_path / 'no'}: no such folder.")


def test_an_interpreter_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-python"):
        ChildCommand(["--version"], tmp_path / "said.txt", str(tmp_path / "no-python"))


def sleeper(tmp_path: Path, ignores: bool) -> str:
    """An interpreter that sleeps in a process of its own, as PythonSlicer starts one."""
    script = tmp_path / "python"
    trap = "trap '' TERM\n" if ignores else ""
    script.write_text(f"#!/bin/sh\n{trap}sleep 300 &\necho $! > {tmp_path / 'inner'}\nwait\nwait\n")
    script.chmod(0o755)
    return str(script)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script plays the interpreter")
@pytest.mark.parametrize("ignores", [False, True])
def test_cancelling_ends_all_that_was_started(tmp_path: Path, ignores: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_command, "_PATIENCE_S", 0.1)
    command = ChildCommand(["web"], tmp_path / "said.txt", sleeper(tmp_path, ignores))
    inner = tmp_path / "inner"
    end = time.monotonic() + 30
    while not (inner.is_file() and inner.read_text().strip()):
        assert time.monotonic() < end
        time.sleep(0.02)
    command.cancel()
    assert ended(command) == "cancelled"
    state = Path(f"/proc/{inner.read_text().strip()}/stat")
    while state.is_file() and state.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < end
        time.sleep(0.02)
