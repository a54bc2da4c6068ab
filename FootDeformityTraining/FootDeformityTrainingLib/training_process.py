"""A training in a process of its own: started, watched, cancelled and resumed by a window. No torch here."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import FootDeformityLib
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.process_tree import OF_ITS_OWN, kill_tree
from FootDeformityTrainingLib.training_child import CANCELLED, ERROR
from FootDeformityTrainingLib.training_log import LOG, read_log
from FootDeformityTrainingLib.training_order import TrainingOrder

OUTPUT = "output.txt"
_LAST, _SETTINGS = "last.pt", "run.json"
_PATIENCE = 10.0  # seconds until a process that does not end is killed


@dataclass(frozen=True)
class TrainingProgress:
    """What can be said about a run now.

    rows: of log.csv, one an epoch (epoch, loss, learning_rate, seconds, validation figures; empty = not validated).
    lines: all that the process printed. epochs: to be trained, None before it is known. error: why it ended.
    part: of a FlatNet, which consists of many networks, the one that rows and epochs are about; "" for HIH.
    """

    running: bool
    rows: tuple[dict[str, str], ...]
    lines: tuple[str, ...]
    epochs: int | None
    resumable: bool
    error: str = ""
    part: str = ""

    @property
    def epoch(self) -> int:
        """Epochs that are done."""
        return int(self.rows[-1]["epoch"]) if self.rows else 0


class TrainingProcess:
    """One run folder and, while it trains, its process.

    ``start`` and ``resume`` return at once; ask ``progress`` from a timer. The process ends when this object's
    process does, and leaves a run that can be resumed. python: the interpreter that has torch. packages: a folder with
    packages that only child processes use.
    """

    def __init__(self, order: TrainingOrder, python: str = sys.executable, packages: Path | None = None) -> None:
        self.order, self._python, self._packages = order, python, packages
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Train anew. Raises FootDeformityError if it is running, or the folder holds a run."""
        self._launch(replace(self.order, resume=False))

    def resume(self) -> None:
        """Go on from the last checkpoint, with the settings of the run. Raises FootDeformityError if there is none."""
        if not self.resumable:
            raise FootDeformityError(f"{self.order.out}: no checkpoint there yet; start the training.")
        order = self.order
        self._launch(TrainingOrder(order.out, order.network, data=order.data, device=order.device, resume=True))

    def stop(self) -> None:
        """Ask the process to end, which takes it a moment; the run can be resumed from its last checkpoint."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def cancel(self) -> None:
        """`stop`, wait for the end, and kill the process if that does not come. Does nothing when none is running."""
        process = self._process
        if process is None:
            return
        self.stop()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            kill_tree(process)
            process.wait()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def resumable(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return any(self.order.out.glob(_LAST)) or any(self.order.out.glob(f"*/{_LAST}"))

    def progress(self) -> TrainingProgress:
        """Read what the run has written so far; quick, and right for a run that another process trained, too."""
        folder, running = self.order.out, self.running
        lines = _lines(folder / OUTPUT)
        code = None if self._process is None else self._process.poll()
        part = _newest_part(folder)
        return TrainingProgress(
            running,
            tuple(read_log(part / LOG)),
            lines,
            _epochs(part / _SETTINGS),
            self.resumable,
            "" if code in (None, 0, CANCELLED) else _reason(lines, code, folder),
            "" if part == folder else _part_words(part.name),
        )

    def _launch(self, order: TrainingOrder) -> None:
        if self.running:
            raise FootDeformityError(f"{order.out}: is being trained already; cancel it first.")
        if not order.resume and self.resumable:
            raise FootDeformityError(f"{order.out}: holds a run already; resume it or choose another folder.")
        order.out.mkdir(parents=True, exist_ok=True)
        with (order.out / OUTPUT).open("a" if order.resume else "w", encoding="utf-8") as output:
            self._process = subprocess.Popen(
                [self._python, "-m", "FootDeformityTrainingLib.training_child"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env=child_environment(self._packages),
                **OF_ITS_OWN,  # Ctrl-C in the terminal of the window is the window's to answer
            )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended at once: progress says why
            self._process.stdin.write(order.to_json() + "\n")
            self._process.stdin.flush()


def child_environment(packages: Path | None = None) -> dict[str, str]:
    """Environment in which a child process finds both libraries and prints every line at once; see TrainingProcess."""
    roots = [str(Path(file).resolve().parents[1]) for file in (__file__, FootDeformityLib.__file__)]
    paths = dict.fromkeys([*roots, str(packages or ""), os.environ.get("PYTHONPATH", "")])
    searched = os.pathsep.join(filter(None, paths))
    return {**os.environ, "PYTHONPATH": searched, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _lines(file: Path) -> tuple[str, ...]:
    try:
        return tuple(file.read_text("utf-8", errors="replace").splitlines())
    except OSError:
        return ()


def _reason(lines: tuple[str, ...], code: int | None, folder: Path) -> str:
    if lines and lines[-1].startswith(ERROR):
        return lines[-1].removeprefix(ERROR)
    return (
        f"The training process ended by itself (exit code {code}). Is torch installed, and is there enough memory? "
        f"What it printed stands in {folder / OUTPUT}."
    )


def _newest_part(folder: Path) -> Path:
    """The folder that was written to last: of a FlatNet's networks each has one, HIH has the run's own."""
    logs = [*folder.glob(LOG), *folder.glob(f"*/{LOG}")]
    return max(logs, key=lambda log: log.stat().st_mtime).parent if logs else folder


def _part_words(name: str) -> str:
    return "stage 1" if name == "detection" else f"stage 2 {name.split('_', 2)[-1]}"


def _epochs(settings: Path) -> int | None:
    try:
        values: dict[str, Any] = json.loads(settings.read_text("utf-8"))
        return int(values["loop"]["epochs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
