"""Qt timers as the logic's scheduler."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import qt

Work = Callable[[], None]
_FRAME_MS, _BUSY_MS, _IDLE_MS = 16, 15, 250


class QtScheduler:
    """Runs work on the thread that made it, Qt's main thread.

    Slicer holds Python's lock while its event loop waits, so other Python threads stand still until Python runs
    here. While one of ours works (``watch(True)``) a fast timer collects its results and lends it the lock.
    """

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._from_threads: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._soon, self._next_frame = _OneShot(0), _OneShot(_FRAME_MS)
        self._busy = False
        self._timer = _timer(_IDLE_MS, self._collect)
        self._timer.start()

    def call_soon(self, work: Work) -> None:
        """Run ``work`` once, soon. May be called from any thread."""
        if threading.get_ident() == self._main:
            self._soon.add(work)
        else:
            self._from_threads.put(work)

    def frame(self, work: Work) -> None:
        """Run ``work`` with the next frame."""
        self._next_frame.add(work)

    def watch(self, busy: bool) -> None:
        """Say whether another thread works for us."""
        if busy != self._busy:
            self._busy = busy
            self._timer.setInterval(_BUSY_MS if busy else _IDLE_MS)

    def stop(self) -> None:
        """Run nothing more."""
        self._timer.stop()
        self._timer.disconnect("timeout()", self._collect)
        self._soon.stop()
        self._next_frame.stop()

    def _collect(self) -> None:
        if self._busy:
            time.sleep(0.002)  # gives up Python's lock
        while not self._from_threads.empty():
            self._from_threads.get_nowait()()


class _OneShot:
    """One timer for all work that waits: Slicer's QTimer.singleShot makes a timer a call and keeps each to the end."""

    def __init__(self, milliseconds: int) -> None:
        self._waiting: deque[Work] = deque()
        self._timer = _timer(milliseconds, self._run)
        self._timer.setSingleShot(True)

    def add(self, work: Work) -> None:
        self._waiting.append(work)
        if len(self._waiting) == 1:
            self._timer.start()

    def stop(self) -> None:
        self._waiting.clear()
        self._timer.stop()
        self._timer.disconnect("timeout()", self._run)

    def _run(self) -> None:
        now, self._waiting = self._waiting, deque()  # what these ask for comes with the next round
        try:
            while now:
                now.popleft()()
        finally:
            for work in now:  # one of them failed: that is no reason to forget the others
                self.add(work)


def _timer(milliseconds: int, work: Work) -> Any:
    timer = qt.QTimer()
    timer.setInterval(milliseconds)
    timer.connect("timeout()", work)
    return timer
