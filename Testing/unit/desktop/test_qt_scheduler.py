"""Work of other threads runs on Qt's main thread."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
import qt

from FootDeformityLib.hosts.desktop.qt_scheduler import QtScheduler


def test_work_from_another_thread_runs_here_in_its_order(qt_application: Any, wait: Callable[..., None]) -> None:
    scheduler, seen = QtScheduler(), list[tuple[int, int]]()
    scheduler.watch(True)

    def work() -> None:
        for number in range(5):
            scheduler.call_soon(lambda number=number: seen.append((number, threading.get_ident())))  # type: ignore[misc]

    thread = threading.Thread(target=work)
    thread.start()
    wait(lambda: len(seen) == 5)
    thread.join()
    assert seen == [(number, threading.get_ident()) for number in range(5)]
    scheduler.stop()


def test_frames_and_soon_on_the_main_thread(qt_application: Any, wait: Callable[..., None]) -> None:
    scheduler, seen = QtScheduler(), list[str]()
    scheduler.frame(lambda: seen.append("frame"))
    scheduler.call_soon(lambda: seen.append("soon"))
    assert seen == []
    wait(lambda: len(seen) == 2)
    assert seen == ["soon", "frame"]
    scheduler.stop()


def test_nothing_is_collected_after_stop(qt_application: Any) -> None:
    scheduler, seen = QtScheduler(), list[str]()
    scheduler.watch(True)
    scheduler.stop()
    thread = threading.Thread(target=lambda: scheduler.call_soon(lambda: seen.append("late")))
    thread.start()
    thread.join()
    for _ in range(20):
        qt_application.processEvents()
    assert seen == []


def test_work_that_fails_keeps_nothing_else_from_running(
    qt_application: Any, wait: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler, seen = QtScheduler(), list[str]()
    told: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: told.append(kind))

    def fail() -> None:
        raise KeyError

    scheduler.frame(fail)
    scheduler.frame(lambda: seen.append("after"))
    wait(lambda: seen == ["after"])
    assert told == [KeyError]
    scheduler.stop()


def test_frames_do_not_leave_timers_behind(qt_application: Any, wait: Callable[..., None]) -> None:
    scheduler, seen = QtScheduler(), list[int]()

    def timers() -> int:
        gc.collect()
        return sum(isinstance(one, qt.QTimer) for one in gc.get_objects())

    before = timers()
    for number in range(100):
        scheduler.frame(lambda number=number: seen.append(number))  # type: ignore[misc]
        scheduler.call_soon(lambda: None)
    assert timers() == before
    wait(lambda: len(seen) == 100)
    assert seen == list(range(100))
    scheduler.stop()
