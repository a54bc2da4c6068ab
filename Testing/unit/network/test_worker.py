"""The real worker process: answers, stays, is killed, comes back."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.messages import receive, send
from FootDeformityLib.network.worker import DetectionCancelled, DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph


def radiograph() -> Radiograph:
    pixels = np.random.default_rng(0).random((120, 200), dtype=np.float32)
    return Radiograph(Path("made.png"), pixels, "PNG", 8, None, "none")


@pytest.fixture
def worker(small_model: Path) -> Iterator[DetectorWorker]:
    with DetectorWorker({"lateral": small_model}) as worker:
        yield worker


def test_answers_as_the_detector_does_and_stays_warm(worker: DetectorWorker, small_model: Path) -> None:
    heard: list[str] = []
    found = worker.detect(radiograph(), "lateral", lambda part, word: heard.append(word))
    expected = Detector(small_model).detect(radiograph().pixels)
    np.testing.assert_allclose(found.points, expected.points, atol=1e-3)
    np.testing.assert_allclose(found.confidence, expected.confidence, atol=1e-6)
    assert found.model == expected.model
    assert heard[0] == "starting the detector" and heard[-1] == "done"
    process = worker._process
    worker.detect(radiograph(), "lateral")
    assert worker._process is process


def test_an_error_is_told_and_the_worker_lives_on(worker: DetectorWorker, tmp_path: Path) -> None:
    worker._models["AP"] = tmp_path / "nothing"
    with pytest.raises(FootDeformityError, match="not a model folder"):
        worker.detect(radiograph(), "AP")
    assert worker.detect(radiograph(), "lateral").points.shape == (11, 2)


def test_killed_in_the_middle_it_says_so_and_starts_again(worker: DetectorWorker) -> None:
    worker.warm_up("lateral")
    process = worker._process
    assert process is not None

    def kill_on_first_progress(part: float, word: str) -> None:
        worker.kill()

    with pytest.raises(DetectionCancelled):
        worker.detect(radiograph(), "lateral", kill_on_first_progress)
    assert process.poll() is not None
    assert worker.detect(radiograph(), "lateral").points.shape == (11, 2)


def test_a_failing_progress_callback_leaves_no_stale_answer(worker: DetectorWorker) -> None:
    def fail(part: float, word: str) -> None:
        raise ZeroDivisionError

    expected = worker.detect(radiograph(), "lateral").points
    with pytest.raises(ZeroDivisionError):
        worker.detect(radiograph(), "lateral", fail)
    other = Radiograph(Path("other.png"), radiograph().pixels[::-1].copy(), "PNG", 8, None, "none")
    worker.detect(other, "lateral")
    np.testing.assert_array_equal(worker.detect(radiograph(), "lateral").points, expected)


def test_kill_from_another_thread_while_starting(worker: DetectorWorker) -> None:
    started = threading.Event()
    outcome: list[BaseException] = []

    def detect() -> None:
        try:
            worker.detect(radiograph(), "lateral", lambda part, word: started.set())
        except DetectionCancelled as cancelled:
            outcome.append(cancelled)

    thread = threading.Thread(target=detect)
    thread.start()
    assert started.wait(30)
    while thread.is_alive():  # between the first word and the process there is a moment without a process
        worker.kill()
        thread.join(0.05)
    assert len(outcome) == 1


def test_an_interpreter_without_torch_is_explained(small_model: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    with (
        DetectorWorker({"lateral": small_model}, python=str(python)) as worker,
        pytest.raises(FootDeformityError, match=r"exit code 3.*torch"),
    ):
        worker.detect(radiograph(), "lateral")


@pytest.mark.skipif(os.name == "nt", reason="the launcher is a shell script")
def test_kill_reaches_the_interpreter_behind_a_launcher(small_model: Path, tmp_path: Path) -> None:
    python, written = tmp_path / "PythonLauncher", tmp_path / "pid"
    python.write_text(f'#!/bin/sh\nexec 3<&0\n"{sys.executable}" "$@" <&3 &\necho $! > "{written}"\nwait\n')
    python.chmod(0o755)
    with DetectorWorker({"lateral": small_model}, python=str(python)) as worker:
        worker.warm_up("lateral")
        interpreter = int(written.read_text())
        os.kill(interpreter, 0)  # raises when there is none
        worker.kill()
        worker.close()
    for _ in range(200):  # init has to collect the orphan
        if not Path(f"/proc/{interpreter}/cmdline").exists() or not Path(f"/proc/{interpreter}/cmdline").read_bytes():
            return
        threading.Event().wait(0.01)
    pytest.fail("the interpreter lives on")


def test_close_ends_the_process(small_model: Path) -> None:
    worker = DetectorWorker({"lateral": small_model}, python=sys.executable)
    worker.warm_up("lateral")
    process = worker._process
    worker.close()
    assert process is not None and process.poll() == 0


def test_messages_carry_pixels_exactly_and_notice_a_cut() -> None:
    pixels = np.random.default_rng(1).random((3, 5), dtype=np.float32)
    stream = io.BytesIO()
    send(stream, {"model": "a"}, pixels)
    whole = stream.getvalue()
    received = receive(io.BytesIO(whole))
    assert received is not None and received[0]["model"] == "a"
    np.testing.assert_array_equal(received[1], pixels)
    assert receive(io.BytesIO(whole[:-1])) is None
    assert receive(io.BytesIO(whole[:5])) is None
    assert receive(io.BytesIO()) is None
