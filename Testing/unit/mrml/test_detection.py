"""Detection runs in a thread; the window, the scene and the reader go on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.change import Change
from FootDeformityLib.hosts.mrml.detection_job import DetectionJob
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.hosts.mrml.scene_case import SceneCase
from FootDeformityLib.network.worker import DetectorWorker

Flush = Callable[[], None]


@pytest.fixture
def gate(worker: Any) -> threading.Event:
    """The network answers once this is set, or when it is killed."""
    event = threading.Event()
    worker.wait = lambda: event.wait(20)
    kill = worker.kill

    def kill_and_wake() -> None:
        kill()
        event.set()

    worker.kill = kill_and_wake
    return event


@pytest.fixture
def opened(logic: ReadingLogic, foot_images: dict[str, Path]) -> SceneCase:
    """The example foot with nothing placed."""
    case = logic.new_case()
    for view, path in foot_images.items():
        case.load_image(path, view)
    return case


def finish(job: DetectionJob, gate: threading.Event, flush: Flush) -> None:
    gate.set()
    assert job.wait(20)
    flush()


def placed(case: SceneCase, view: str) -> int:
    return sum(state.xy_px is not None for state in case.case.views[view].landmarks.values())


def test_results_come_on_the_main_thread_only(opened: SceneCase, gate: threading.Event, flush: Flush) -> None:
    said: list[tuple[float, str]] = []
    job = opened.detect(progress=lambda part, word: said.append((part, word)))
    gate.set()
    assert job.wait(20)
    assert (job.state, said, placed(opened, "AP")) == ("running", [], 0)
    flush()
    assert (job.state, job.error, placed(opened, "AP"), placed(opened, "lateral")) == ("done", "", 16, 11)
    assert said == [(0.25, "looking closely"), (0.75, "looking closely")]


def test_only_one_at_a_time(opened: SceneCase, logic: ReadingLogic, gate: threading.Event, flush: Flush) -> None:
    job = opened.detect(["AP"])
    with pytest.raises(FootDeformityError, match="already"):
        opened.detect()
    finish(job, gate, flush)
    assert logic.job is job and placed(opened, "lateral") == 0


def test_cancel(opened: SceneCase, gate: threading.Event, flush: Flush, changes: list[Change]) -> None:
    job = opened.detect()
    job.cancel()
    assert job.state == "cancelled"
    finish(job, gate, flush)
    assert (job.state, placed(opened, "AP"), opened.can_undo) == ("cancelled", 0, False)
    again = opened.detect()
    finish(again, gate, flush)
    assert again.state == "done"


def test_failure_is_told(opened: SceneCase, worker: Any, flush: Flush) -> None:
    worker.error = FootDeformityError("not enough memory to detect; close other programs and try again.")
    job = opened.detect()
    assert job.wait(20)
    flush()
    assert (job.state, job.error) == ("failed", str(worker.error))
    worker.error = RuntimeError("boom")
    job = opened.detect()
    assert job.wait(20)
    flush()
    assert job.state == "failed" and "boom" in job.error


def test_an_image_chosen_meanwhile_makes_the_result_void(
    opened: SceneCase, foot_images: dict[str, Path], gate: threading.Event, flush: Flush
) -> None:
    job = opened.detect()
    opened.load_image(foot_images["AP"], "AP")
    finish(job, gate, flush)
    assert (placed(opened, "AP"), placed(opened, "lateral")) == (0, 11)


def test_a_volume_removed_meanwhile_makes_the_result_void(
    opened: SceneCase, scene: Any, gate: threading.Event, flush: Flush
) -> None:
    job = opened.detect()
    scene.RemoveNode(opened.volume("AP"))
    finish(job, gate, flush)
    assert (placed(opened, "AP"), placed(opened, "lateral")) == (0, 11)


def test_a_foot_selected_meanwhile_gets_nothing(opened: SceneCase, gate: threading.Event, flush: Flush) -> None:
    job = opened.detect()
    opened.add_foot()
    finish(job, gate, flush)
    assert opened.foot == 1 and opened.case.views == {}
    opened.foot = 0
    assert placed(opened, "AP") == 16


def test_the_scene_is_closed_meanwhile(
    opened: SceneCase, scene: Any, gate: threading.Event, flush: Flush, changes: list[Change]
) -> None:
    job = opened.detect()
    scene.Clear(0)
    finish(job, gate, flush)
    assert job.state == "cancelled" and opened.closed
    assert changes[-1].kind == "closed"


def test_the_case_is_removed_meanwhile(
    opened: SceneCase, logic: ReadingLogic, gate: threading.Event, flush: Flush
) -> None:
    job = opened.detect()
    logic.remove_case(opened)
    finish(job, gate, flush)
    assert job.state == "cancelled"
    assert opened.closed and placed(opened, "AP") == 0


def test_points_dragged_meanwhile_can_be_brought_back(opened: SceneCase, gate: threading.Event, flush: Flush) -> None:
    job = opened.detect(["AP"])
    opened.move("AP", "A1", (5.0, 5.0))
    finish(job, gate, flush)
    assert opened.case.views["AP"].landmarks["A1"].xy_px == (90.0, 60.0)
    opened.undo()
    assert opened.case.views["AP"].landmarks["A1"].xy_px == (5.0, 5.0)


def test_a_blinded_reader_gets_no_network(opened: SceneCase) -> None:
    opened.blinded = True
    with pytest.raises(FootDeformityError, match="blinded"):
        opened.detect()


def test_nothing_to_look_at(logic: ReadingLogic) -> None:
    with pytest.raises(FootDeformityError, match="no image"):
        logic.new_case().detect()


@pytest.mark.slow
def test_the_real_network_finds_the_sample(scene: Any, samples: Path) -> None:
    with DetectorWorker() as worker:
        logic = ReadingLogic(scene, worker)
        case = logic.new_case()
        case.load_image(samples / "normal_ap.dcm")
        job = case.detect()
        assert job.wait(120)
        logic.scheduler.flush()  # type: ignore[attr-defined]
        assert (job.state, placed(case, "AP")) == ("done", 16)
        assert case.case.measurements.angles["hallux_abductus"].value is not None
        logic.close()


def test_a_refused_image_gets_no_points_until_a_person_insists(
    opened: SceneCase, worker: Any, gate: threading.Event, flush: Flush
) -> None:
    worker.shown = dict(zip(worker.shown, (0.0, 0.0, 1.0, 0.0, 0.0), strict=True))
    job = opened.detect(["AP"])
    finish(job, gate, flush)
    assert job.state == "failed" and "Detect anyway" in job.error and "an oblique view" in job.error
    assert placed(opened, "AP") == 0 and opened.refused == ("AP",) and worker.asked == []
    again = opened.detect(opened.refused, any_image=True)
    finish(again, gate, flush)
    assert again.state == "done" and placed(opened, "AP") == 16 and opened.refused == ()
    assert opened.case.views["AP"].shows_foot == "refused"
    assert opened.document()["images"]["AP"]["shows_foot"] == "refused"
    assert any("a person insisted" in text for text in opened.document()["warnings"])
