"""When work runs: MRML nodes are touched by the main thread only, and drawing at most once a frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

Work = Callable[[], None]


class Scheduler(Protocol):
    """What a host's event loop does for the logic: Qt timers on the desktop, asyncio in the browser."""

    def call_soon(self, work: Work) -> None:
        """Run ``work`` once, soon, on the main thread. May be called from any thread."""

    def frame(self, work: Work) -> None:
        """Run ``work`` once, on the main thread, with the next frame (about 16 ms). Called on the main thread."""


class ManualScheduler:
    """Runs what waits when ``flush`` is called: for scripts without an event loop, and for tests."""

    def __init__(self) -> None:
        self._waiting: deque[Work] = deque()

    def call_soon(self, work: Work) -> None:
        self._waiting.append(work)

    def frame(self, work: Work) -> None:
        self._waiting.append(work)

    def flush(self) -> None:
        """Run everything that waits, and what that asks for."""
        while self._waiting:
            self._waiting.popleft()()
