"""Runs as their folders tell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from FootDeformityLib.hosts.desktop.training.run_list import (
    Run,
    duration,
    find_runs,
    free_name,
    last_picture,
    seconds_left,
)
from FootDeformityTrainingLib.training_process import TrainingProgress

HEADER = "epoch,loss,learning_rate,seconds,nme\n"


def make_run(folder: Path, network: str, epochs: int, done: int, parts: tuple[str, ...] = (), when: int = 1) -> Path:
    """A run as training leaves it, with ``done`` epochs in each part."""
    settings = {"network": network, "training": {"view": "AP"}, "data": "/data", "loop": {"epochs": epochs}}
    for place in (folder, *(folder / part for part in parts)):
        place.mkdir(parents=True, exist_ok=True)
        (place / "run.json").write_text(json.dumps({**settings, "parts": list(parts)} if parts else settings))
        if place != folder or not parts:
            rows = "".join(f"{k + 1},0.1,1e-3,{2.0 + k},\n" for k in range(done))
            (place / "log.csv").write_text(HEADER + rows)
            (place / "last.pt").write_bytes(b"")
        for file in place.iterdir():
            if file.is_file():
                os.utime(file, (when, when))
    os.utime(folder, (when, when))
    return folder


def test_the_latest_run_comes_first_and_other_folders_are_none(tmp_path: Path) -> None:
    make_run(tmp_path / "old", "hih", 5, 5, when=100)
    make_run(tmp_path / "new", "hih", 5, 2, when=200)
    (tmp_path / "combined").mkdir()
    runs = find_runs(tmp_path)
    assert runs == (Run(tmp_path / "new", "hih", "AP", "/data"), Run(tmp_path / "old", "hih", "AP", "/data"))
    assert [run.finished(run.process("python").progress()) for run in runs] == [False, True]


def test_a_flatnet_is_finished_when_all_its_networks_are(tmp_path: Path) -> None:
    run = make_run(tmp_path / "flat", "flatnet", 3, 3, ("detection", "patch_01_A1"))
    (found,) = find_runs(tmp_path)
    progress = found.process("python").progress()
    assert found.finished(progress) and progress.part in ("stage 1", "stage 2 A1")
    (run / "patch_01_A1" / "log.csv").write_text(HEADER + "1,0.1,1e-3,2.0,\n")
    progress = found.process("python").progress()
    assert not found.finished(progress) and found.parts_done == 1
    assert found.part_of_whole(progress) == pytest.approx((1 + 1 / 3) / 2)


def test_settings_that_cannot_be_read_leave_a_name(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("[")
    (run,) = find_runs(tmp_path)
    assert run == Run(tmp_path / "broken") and run.name == "broken"
    assert not run.finished(run.process("python").progress())


def test_time_left_follows_the_last_epochs() -> None:
    rows = tuple({"epoch": str(k + 1), "loss": "1", "seconds": "60" if k < 5 else "10"} for k in range(20))
    progress = TrainingProgress(True, rows, (), 30, True)
    assert seconds_left(progress) == 100.0
    assert seconds_left(TrainingProgress(True, (), (), 30, True)) is None


@pytest.mark.parametrize(("seconds", "words"), [(3.4, "3 s"), (100, "2 min"), (7500, "2 h 05 min")])
def test_times_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_free_name(tmp_path: Path) -> None:
    (tmp_path / "ap-hih-1").mkdir()
    assert free_name(tmp_path, "AP", "hih") == "ap-hih-2"


def test_the_newest_picture(tmp_path: Path) -> None:
    assert last_picture(tmp_path) is None
    for name, when in (("epoch_0002_training.png", 5), ("epoch_0001_training.png", 9)):
        file = tmp_path / "detection" / "pictures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
        os.utime(file, (when, when))
    assert last_picture(tmp_path) == tmp_path / "detection" / "pictures" / "epoch_0001_training.png"
