"""The slice views of the page, one a view: their sizes, the reader's mouse on them, and their pictures."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from FootDeformityLib.hosts.browser.frame_stream import FrameStream
from FootDeformityLib.hosts.browser.page_state import VIEWS
from FootDeformityLib.hosts.browser.slice_screen import Picture, SliceScreen
from FootDeformityLib.hosts.mrml.scene_case import SceneCase


class Screens:
    """Shows one case. send: gives a frame to every tab."""

    def __init__(self, app: Any, case: SceneCase, send: Callable[[dict[str, Any]], None]) -> None:
        self._case = case
        self._encoders = ThreadPoolExecutor(2, "jpeg")
        self._screens: dict[str, SliceScreen] = {}
        self._streams: dict[str, FrameStream] = {}
        for view in VIEWS:
            self._streams[view] = FrameStream(view, partial(self._picture, view), send, self._encoders)
            self._screens[view] = SliceScreen(app, view, partial(self._want, view))
        self.show(case)

    def show(self, case: SceneCase) -> None:
        """Show a case in place of the one before."""
        self._case = case
        for view in VIEWS:
            case.show_in(view, self._screens[view].node)

    def draw(self) -> None:
        """Send every picture again."""
        for view in VIEWS:
            self._streams[view].want()

    def resize(self, view: str, width: float, height: float, ratio: float) -> None:
        """A tab shows a view at this size."""
        if view in self._screens:
            first = self._screens[view].resize(width, height, ratio)
            if first:
                self._case.fit(view)
            self._streams[view].want(again=True)

    def mouse(self, view: str, event: str, x: float, y: float, shift: bool, ctrl: bool) -> None:
        """The reader's mouse on a view: window, zoom and pan are Slicer's own."""
        if view in self._screens and self._case.volume(view) is not None:
            # in Slicer the bare wheel moves through slices, of which a radiograph has one
            self._screens[view].mouse(event, x, y, shift, ctrl or event.startswith("MouseWheel"))

    def stop(self) -> None:
        """Send no more pictures."""
        for stream in self._streams.values():
            stream.close()

    def close(self) -> None:
        """Give the off-screen windows back."""
        for screen in self._screens.values():
            screen.close()
        self._encoders.shutdown(wait=False)

    def _want(self, view: str) -> None:
        # Slicer's markups ask for it with every move, but the page draws the points: the picture stays the same
        if not self._case.in_step:
            self._streams[view].want()

    def _picture(self, view: str) -> Picture:
        return self._screens[view].picture(self._case.volume(view))
