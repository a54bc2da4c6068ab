"""Pictures of a slice view on their way to the page, never more than it can take."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from FootDeformityLib.hosts.browser.slice_screen import Picture

_QUALITY = 92


class FrameStream:
    """Draws and sends while somebody wants a picture, one at a time, each in full quality.

    A picture carries its geometry, so that the page moves points and picture together. The same picture is not sent
    again unless somebody has none.
    draw: returns the current picture. send: publishes one frame's message. encoders: where JPEG is made.
    """

    def __init__(
        self, view: str, draw: Callable[[], Picture], send: Callable[[dict[str, Any]], None], encoders: Executor
    ) -> None:
        self._view, self._draw, self._send, self._encoders = view, draw, send, encoders
        self._wanted, self._number = False, 0
        self._sent: Picture | None = None
        self._task: asyncio.Task[None] | None = None

    def want(self, again: bool = False) -> None:
        """The picture may have changed. again: somebody has none yet."""
        self._wanted = True
        if again:
            self._sent = None
        if self._task is None or self._task.done():
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # before the server runs: the first page to come asks again
                return
            self._task = loop.create_task(self._run())

    async def _run(self) -> None:
        # what else changes in this turn of the loop belongs to the same picture
        await asyncio.sleep(0)
        while self._wanted:
            self._wanted = False
            picture = self._draw()
            if self._sent is not None and picture.same(self._sent):
                continue
            self._sent = picture
            self._number += 1
            number = self._number
            jpeg = await asyncio.get_running_loop().run_in_executor(self._encoders, encoded, picture.grey)
            height, width = picture.grey.shape
            self._send(
                {
                    "view": self._view,
                    "number": number,
                    "jpeg": jpeg,
                    "width": width,
                    "height": height,
                    "ratio": picture.ratio,
                    "matrix": list(picture.matrix),
                }
            )

    def close(self) -> None:
        """Send nothing more."""
        self._wanted = False
        if self._task is not None:
            self._task.cancel()


def encoded(grey: NDArray[np.uint8]) -> bytes:
    """Return a grey picture (H, W) as JPEG."""
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()
