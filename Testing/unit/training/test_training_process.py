"""A training in a child process: watched, cancelled, resumed; a failure is told in words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.training_order import TrainingOrder
from FootDeformityTrainingLib.training_process import TrainingProcess, TrainingProgress

TINY = ("input_size=32", "features=8", "stem=4,8", "depth=1", "stacks=1", "batch=4", "picture_every=0")


def order(out: Path, data: Path, scheme: Path, epochs: int) -> TrainingOrder:
    settings = (*TINY, f"epochs={epochs}", f"validate_every={epochs}")
    return TrainingOrder(out, data=str(data), view="front", scheme=str(scheme), device="cpu", settings=settings)


def wait(process: TrainingProcess, until: Callable[[TrainingProgress], bool]) -> TrainingProgress:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        progress = process.progress()
        if until(progress) or not progress.running:
            return progress
        time.sleep(0.05)
    raise AssertionError(f"nothing came of it: {process.progress()}")


def test_orders_travel_as_text(tmp_path: Path) -> None:
    given = TrainingOrder(tmp_path, "flatnet", settings=("a=1", "b=2"), resume=True, landmarks="A1,A2")
    assert TrainingOrder.from_json(given.to_json()) == given


@pytest.mark.slow
def test_it_is_watched_to_its_end(tmp_path: Path, blob_folder: Path, blob_scheme: Path) -> None:
    process = TrainingProcess(order(tmp_path / "run", blob_folder, blob_scheme, 3))
    assert process.progress() == TrainingProgress(False, (), (), None, False)
    process.start()
    with pytest.raises(FootDeformityError, match="is being trained already"):
        process.start()
    done = wait(process, lambda progress: False)
    assert (done.epoch, done.epochs, done.error, done.resumable) == (3, 3, "", True)
    assert float(done.rows[-1]["nme"]) > 0 and done.lines[-1].startswith("epoch 3/3")
    with pytest.raises(FootDeformityError, match="holds a run already"):
        process.start()


@pytest.mark.slow
def test_cancelled_it_can_be_resumed(tmp_path: Path, blob_folder: Path, blob_scheme: Path) -> None:
    run = tmp_path / "run"
    short = TrainingProcess(order(run, blob_folder, blob_scheme, 2))
    short.start()
    wait(short, lambda progress: False)
    settings = run / "run.json"
    # many epochs to go: as if the run had been ordered for so many
    settings.write_text(settings.read_text().replace('"epochs": 2', '"epochs": 100000'))
    process = TrainingProcess(TrainingOrder(run, device="cpu"))
    process.resume()
    began = wait(process, lambda progress: progress.epoch > 4)
    assert began.running and began.epochs == 100000
    process.cancel()
    ended = process.progress()
    assert not ended.running and ended.error == "" and ended.resumable
    process.cancel()  # once more does no harm


def test_the_child_ends_when_the_window_is_gone(tmp_path: Path, blob_folder: Path, blob_scheme: Path) -> None:
    process = TrainingProcess(order(tmp_path / "run", blob_folder, blob_scheme, 100000))
    process.start()
    process.stop()  # closes its standard input, as the end of the window does
    assert not wait(process, lambda progress: not progress.running).error
    with pytest.raises(FootDeformityError, match="no checkpoint there yet"):
        process.resume()


def test_a_refusal_is_told_in_words(tmp_path: Path, blob_scheme: Path) -> None:
    process = TrainingProcess(order(tmp_path / "run", tmp_path / "nothing", blob_scheme, 1))
    process.start()
    ended = wait(process, lambda progress: not progress.running)
    assert ended.error.startswith(f"{tmp_path / 'nothing'}: no such folder. Give the folder that holds")


def test_a_process_that_cannot_train_is_told(tmp_path: Path, blob_folder: Path, blob_scheme: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text(f"#!{sys.executable}\nraise SystemExit(9)\n")
    broken.chmod(0o755)
    process = TrainingProcess(order(tmp_path / "run", blob_folder, blob_scheme, 1), python=str(broken))
    process.start()
    ended = wait(process, lambda progress: not progress.running)
    assert "ended by itself (exit code 9)" in ended.error and "output.txt" in ended.error


def test_of_a_flatnet_the_newest_part_is_shown(tmp_path: Path) -> None:
    for name, rows in (("detection", 3), ("patch_01_A1", 1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.csv").write_text("epoch,loss\n" + "".join(f"{k + 1},0.5\n" for k in range(rows)))
        (tmp_path / name / "run.json").write_text('{"loop": {"epochs": 10}}')
        (tmp_path / name / "last.pt").touch()
    progress = TrainingProcess(TrainingOrder(tmp_path, "flatnet")).progress()
    assert (progress.part, progress.epoch, progress.epochs, progress.resumable) == ("stage 2 A1", 1, 10, True)
