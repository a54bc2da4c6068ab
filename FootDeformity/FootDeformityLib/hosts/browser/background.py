"""Work that runs beside everything else and ends with the room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from FootDeformityLib.errors import FootDeformityError

_LOG = logging.getLogger(__name__)


class Background:
    """Coroutines on one loop. failed: told in a sentence what went wrong in one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, failed: Callable[[str], None]) -> None:
        self._loop, self._failed = loop, failed
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine beside everything else."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def stop(self) -> None:
        """End all of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, FootDeformityError):
                self._failed(str(error))
            else:
                _LOG.error("background work failed", exc_info=error)
                self._failed(f"Something went wrong in the background ({type(error).__name__}). Your edits are kept.")
