"""A detector in a process of its own: stays warm, reports progress, can be killed at any time.

No torch here: windows import this module and stay light.
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.angle_agreement import AngleAgreement
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.messages import receive, send
from FootDeformityLib.network.model_library import model_for
from FootDeformityLib.network.process_tree import OF_ITS_OWN, kill_tree
from FootDeformityLib.network.view_opinion import ViewOpinion
from FootDeformityLib.network.view_thumbnail import THUMBNAIL_SIDE, view_thumbnail
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.resources import resource_path

Progress = Callable[[float, str], None]


class DetectionCancelled(Exception):
    """The worker was killed while it worked."""


class DetectorWorker:
    """Starts its process with the first request and again after a kill.

    models: folder of the model per view; views left out use the one of model_library. scheme: name or file of the
    landmark scheme that models must belong to. python: the interpreter that has torch (Slicer's own windows run in
    another executable). ``detect`` blocks: call it from a thread of the host; ``kill`` may be called from any thread.
    """

    def __init__(
        self, models: dict[str, Path] | None = None, python: str = sys.executable, scheme: str = "foot27"
    ) -> None:
        self._models, self._python, self._scheme = dict(models or {}), python, scheme
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._killed = False

    def detect(self, radiograph: Radiograph, view: str, progress: Progress | None = None) -> Detection:
        """Landmarks of ``view`` in image pixels.

        Raises FootDeformityError with the reason, DetectionCancelled after ``kill``.
        """
        answer = self._request(self._message(view), radiograph.pixels, progress)
        return Detection(
            view=answer["view"],
            points=np.asarray(answer["points"], dtype=np.float64),
            confidence=np.asarray(answer["confidence"], dtype=np.float64),
            expected_error=np.asarray([math.nan if v is None else v for v in answer["expected_error"]]),
            model=answer["model"],
            confidence_limit=answer["confidence_limit"],
            warnings=tuple(answer["warnings"]),
            disagreement=answer["disagreement"],
            agreement={name: AngleAgreement(**values) for name, values in answer["agreement"].items()},
        )

    def recognise(self, radiograph: Radiograph, progress: Progress | None = None) -> ViewOpinion:
        """What the image seems to show, by the shipped recogniser; raises as ``detect``."""
        message = {"recogniser": str(resource_path("Models", "view"))}
        answer = self._request(message, view_thumbnail(radiograph.pixels, THUMBNAIL_SIDE), progress)
        return ViewOpinion(answer["probabilities"], answer["refuse_below"], answer["sure_from"], answer["model"])

    def warm_up(self, view: str, progress: Progress | None = None) -> None:
        """Start the process and load the model of ``view``."""
        self._request(self._message(view), None, progress)

    def model_folder(self, view: str) -> Path:
        """Folder of the model that detects ``view``."""
        return self._models.get(view) or model_for(view)

    def _message(self, view: str) -> dict[str, Any]:
        return {"model": str(self.model_folder(view)), "scheme": self._scheme}

    def kill(self) -> None:
        """Stop at once whatever it does; a blocked ``detect`` raises DetectionCancelled."""
        process = self._process
        if process is not None:
            self._killed = True
            kill_tree(process)

    def close(self) -> None:
        """End the process when it is idle."""
        with self._lock:
            self._end()

    def __enter__(self) -> DetectorWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.close()

    def _request(
        self, message: dict[str, Any], pixels: NDArray[np.float32] | None, progress: Progress | None
    ) -> dict[str, Any]:
        with self._lock:
            self._killed = False
            try:
                process = self._running(progress)
                send(cast(BinaryIO, process.stdin), message, pixels)
                while (received := receive(cast(BinaryIO, process.stdout))) is not None:
                    answer = received[0]
                    if answer["kind"] == "progress" and progress is not None:
                        progress(answer["part"], answer["word"])
                    elif answer["kind"] == "result":
                        return answer
                    elif answer["kind"] == "error":
                        raise FootDeformityError(answer["text"])
                    elif answer["kind"] == "failure":
                        raise RuntimeError(f"the detector failed; please report this:\n{answer['text']}")
            except (BrokenPipeError, ConnectionResetError):
                pass  # told apart below, as a stream that ends
            except FootDeformityError:
                raise
            except BaseException:  # of the progress callback, or Ctrl-C: the rest of the answer would follow later
                self._abandon()
                raise
            raise self._end_error()

    def _running(self, progress: Progress | None) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if progress is not None:
            progress(0.0, "starting the detector")
        package_root = str(Path(__file__).resolve().parents[2])
        paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [self._python, "-m", "FootDeformityLib.network.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # PASSIVE: threads that spin while they wait ruin each other's time when the machine does other work, too
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            **OF_ITS_OWN,
        )
        if receive(cast(BinaryIO, self._process.stdout)) is None:
            raise self._end_error()
        return self._process

    def _end_error(self) -> Exception:
        code = self._process.wait() if self._process is not None else None
        self._end()
        if self._killed:
            return DetectionCancelled("detection was cancelled")
        return FootDeformityError(
            f"The detector process ended by itself (exit code {code}). Is torch installed for {self._python}, and "
            "is there enough memory? What it printed stands above."
        )

    def _abandon(self) -> None:
        if self._process is not None:
            kill_tree(self._process)
        self._end()

    def _end(self) -> None:
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            kill_tree(self._process)
            self._process.wait()
        self._process = None
