"""The browser host's main thread is an asyncio loop: how the MRML logic asks it for a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_FRAME_S = 1 / 60


class AsyncioScheduler:
    """The Scheduler of hosts/mrml on a running asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._frame: list[Callable[[], None]] = []

    def call_soon(self, task: Callable[[], None]) -> None:
        """Run ``task`` once soon on the loop's thread; may be called from any thread."""
        self._loop.call_soon_threadsafe(task)

    def frame(self, task: Callable[[], None]) -> None:
        """Run ``task`` with the next frame; a task that waits already is not added again."""
        if task in self._frame:
            return
        self._frame.append(task)
        if len(self._frame) == 1:
            self._loop.call_later(_FRAME_S, self._run_frame)

    def _run_frame(self) -> None:
        tasks, self._frame = self._frame, []
        for task in tasks:
            task()
