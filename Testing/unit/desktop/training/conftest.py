"""The training module's real .ui and widget code with the stand-ins of ../conftest.py, on real child processes."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import qt
import slicer
import slicer_desktop
from PIL import Image

from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import Scheme

MODULE = Path(__file__).resolve().parents[4] / "FootDeformityTraining"


@pytest.fixture
def feet(tmp_path: Path, scheme: Scheme, foot_points: dict[str, np.ndarray]) -> Path:
    """A folder of ten annotated AP images of as many patients: bright dots where the points are; half to validate."""
    folder = tmp_path / "feet"
    folder.mkdir()
    ids, base = scheme.ids("AP"), foot_points["AP"] / 4
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:115, :70]
    rows = []
    for number in range(10):
        points = base + rng.normal(0, 0.6, base.shape) + rng.normal(0, 2, 2)
        dots = np.exp(-((x - points[:, 0, None, None]) ** 2 + (y - points[:, 1, None, None]) ** 2) / 4).sum(0)
        Image.fromarray((255 * dots.clip(0, 1)).astype(np.uint8)).save(folder / f"{number}.png")
        write_markups(folder / f"{number}.mrk.json", ids, np.column_stack([points, np.zeros(len(points))]))
        rows.append([f"{number}.png", f"{number}.mrk.json", "AP", f"p{number}", "train" if number < 5 else "val"])
    with (folder / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["image", "landmarks", "view", "patient", "split"], *rows])
    return folder


@pytest.fixture
def training_module(said: slicer_desktop.Said) -> Any:
    """FootDeformityTraining.py as Slicer loads it."""
    return slicer_desktop.loaded_module(MODULE / "FootDeformityTraining.py")


@pytest.fixture
def training_widget(training_module: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The module's widget, opened in Slicer's main window; the runs lie in a folder of the test."""
    from FootDeformityLib.hosts.desktop.training import training_room

    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(training_room, "python_slicer", lambda: sys.executable)
    monkeypatch.setattr(qt.QDesktopServices, "openUrl", lambda url: None)
    slicer.app.userSettings().setValue("FootDeformityTraining/RunsFolder", str(tmp_path / "runs"))
    with slicer_desktop.opened(training_module.FootDeformityTrainingWidget) as widget:
        yield widget


@pytest.fixture
def training_room(training_widget: Any) -> Any:
    return training_widget.room


@pytest.fixture
def tui(training_widget: Any) -> Any:
    return training_widget.ui
