"""The run's figures by epoch: log.csv, and TensorBoard where it is installed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from FootDeformityLib.atomic_write import write_text

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

LOG, EVENTS = "log.csv", "tensorboard"


def read_log(path: Path) -> list[dict[str, str]]:
    """Rows of a log.csv, empty before the first epoch."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def seconds_per_epoch(run: Path) -> float | None:
    """Median over a run's epochs; validation is part of some of them. None before the first epoch."""
    seconds = [float(row["seconds"]) for row in read_log(run / LOG) if row.get("seconds")]
    return round(median(seconds), 1) if seconds else None


class TrainingLog:
    """Rows of one run. log.csv is replaced as a whole, so that whoever watches it never reads half a row."""

    def __init__(self, folder: Path, columns: Sequence[str], epoch: int, report: Callable[[str], None]) -> None:
        """Continue after ``epoch``: later rows belong to epochs that are trained again."""
        self._path, self._columns = folder / LOG, list(columns)
        self._rows = [row for row in read_log(self._path) if int(row["epoch"]) <= epoch]
        self._events = _event_writer(folder / EVENTS, epoch, report)

    def add(self, row: dict[str, str]) -> None:
        """Append the row of an epoch; columns that it lacks stay empty."""
        self._rows.append(row)
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        write_text(self._path, text.getvalue())
        if self._events is not None:
            for name, value in row.items():
                if name != "epoch":
                    self._events.add_scalar(name, float(value), int(row["epoch"]))
            self._events.flush()

    def close(self) -> None:
        """Finish the TensorBoard file."""
        if self._events is not None:
            self._events.close()


def _event_writer(folder: Path, epoch: int, report: Callable[[str], None]) -> SummaryWriter | None:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        report(f"TensorBoard is not installed: the figures stand in {LOG} alone (pip install tensorboard for curves).")
        return None
    return SummaryWriter(str(folder), purge_step=epoch + 1 if epoch else None)
