"""Looking for landmarks in a thread, while the window lives on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Literal

from FootDeformityLib.case.view_check import NotAFootViewError, ViewGate, detect_view
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.scheduler import Scheduler
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.worker import DetectionCancelled, DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph

#: the button by which a person has points placed on an image that was refused
INSIST = "Detect anyway"

JobState = Literal["running", "done", "failed", "cancelled"]
Progress = Callable[[float, str], None]


class DetectionJob:
    """Detects the landmarks of some views, one after the other. Everything but the network runs on the main thread.

    state, error (text for the user, empty unless failed) and part (0..1), word (what it does) are for hosts to show.
    refused: images by view that do not look like an AP or lateral foot and got no points. any_image: they do, too.
    found is called with each result and may refuse it by doing nothing; changed after every change of the above.
    """

    def __init__(
        self,
        worker: DetectorWorker,
        scheduler: Scheduler,
        radiographs: Mapping[str, Radiograph],
        found: Callable[[Detection], None],
        changed: Callable[[], None],
        progress: Progress | None = None,
        any_image: bool = False,
    ) -> None:
        self.state: JobState = "running"
        self.error = ""
        self.refused: Mapping[str, Radiograph] = {}
        self._any_image = any_image
        self.part, self.word = 0.0, "waiting"
        self._worker, self._scheduler, self._radiographs = worker, scheduler, dict(radiographs)
        self._found, self._changed, self._progress = found, changed, progress
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="landmark detection", daemon=True)

    def start(self) -> None:
        """Begin; call it once."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop at once; results that have arrived stay, later ones are thrown away."""
        if self.state == "running":
            self._stop.set()
            self._worker.kill()
            self._end("cancelled")

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the thread is over, as scripts do; return whether it is. Results come with the scheduler."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        """In the thread: touches nothing of the scene."""
        refusals: dict[str, str] = {}
        gate = ViewGate(self._worker.recognise, INSIST, self._any_image)
        try:
            for number, (view, radiograph) in enumerate(self._radiographs.items()):
                try:
                    detection = detect_view(radiograph, view, self._detector(number), gate)
                except NotAFootViewError as error:
                    refusals[view] = f"{view} image: {error.reason}"
                    continue
                if self._stop.is_set():
                    return
                self._scheduler.call_soon(lambda one=detection: self._take(one))  # type: ignore[misc]
        except DetectionCancelled:
            self._scheduler.call_soon(lambda: self._end("cancelled"))
        except FootDeformityError as error:
            text = str(error)
            self._scheduler.call_soon(lambda: self._end("failed", text))
        except Exception as error:  # a thread must not end in silence
            text = f"The detection failed unexpectedly ({type(error).__name__}: {error}). Please report this."
            self._scheduler.call_soon(lambda: self._end("failed", text))
        else:
            self._scheduler.call_soon(lambda: self._finish(refusals))

    def _detector(self, number: int) -> Callable[[Radiograph, str], Detection]:
        count = len(self._radiographs)

        def report(part: float, word: str) -> None:
            if self._stop.is_set():
                raise DetectionCancelled("detection was cancelled")
            self._scheduler.call_soon(lambda: self._show((number + part) / count, word))

        return lambda radiograph, view: self._worker.detect(radiograph, view, report)

    def _show(self, part: float, word: str) -> None:
        if self.state != "running":
            return
        self.part, self.word = part, word
        if self._progress is not None:
            self._progress(part, word)
        self._changed()

    def _take(self, detection: Detection) -> None:
        if self.state == "running":
            self._found(detection)

    def _finish(self, refusals: Mapping[str, str]) -> None:
        if self.state == "running":
            self.refused = {view: self._radiographs[view] for view in refusals}
            self._end("failed" if refusals else "done", " ".join(refusals.values()))

    def _end(self, state: JobState, error: str = "") -> None:
        if self.state == "running":
            self.state, self.error, self.part = state, error, 1.0
            self._changed()
