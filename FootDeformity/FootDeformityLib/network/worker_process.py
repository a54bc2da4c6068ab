"""The worker: loads models once, answers requests on standard input until it closes.

Started by DetectorWorker as ``python -m FootDeformityLib.network.worker_process``.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.messages import receive, send


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer {"model": folder, "scheme": name} and pixels with progress messages and one result or error.

    {"recogniser": folder} and a thumbnail get the probabilities of what it shows.
    """

    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.network.open_detector import LandmarkDetector, open_detector

    loaded: dict[str, LandmarkDetector] = {}
    recognisers: dict[str, Any] = {}
    send(answers, {"kind": "ready"})
    while (received := receive(requests)) is not None:
        request, pixels = received
        try:
            if "recogniser" in request:
                send(answers, {"kind": "result", **_opinion(request["recogniser"], pixels, recognisers)})
                continue
            folder = request["model"]
            if folder not in loaded:
                send(answers, {"kind": "progress", "part": 0.0, "word": "loading the model"})
                loaded[folder] = open_detector(folder, load_scheme(request["scheme"]))
            send(answers, {"kind": "result", **_answer(loaded[folder], pixels, answers)})
        except FootDeformityError as error:
            send(answers, {"kind": "error", "text": str(error)})
        except MemoryError:
            send(answers, {"kind": "error", "text": "not enough memory to detect; close other programs and try again."})
        except Exception:
            send(answers, {"kind": "failure", "text": traceback.format_exc()})


def _opinion(folder: str, thumbnail: NDArray[np.float32] | None, loaded: dict[str, Any]) -> dict[str, Any]:
    from FootDeformityLib.network.view_recogniser import ViewRecogniser

    if folder not in loaded:
        loaded[folder] = ViewRecogniser(folder)
    assert thumbnail is not None  # DetectorWorker sends one with every such request
    opinion = loaded[folder].recognise(thumbnail)
    return {
        "probabilities": dict(opinion.probabilities),
        "refuse_below": opinion.refuse_below,
        "sure_from": opinion.sure_from,
        "model": opinion.model,
    }


def _answer(detector: Any, pixels: NDArray[np.float32] | None, answers: BinaryIO) -> dict[str, Any]:
    if pixels is None:  # only load: a window warms the model up before the first image comes
        return {}

    def progress(part: float, word: str) -> None:
        send(answers, {"kind": "progress", "part": part, "word": word})

    found = detector.detect(pixels, progress)
    return {
        "view": found.view,
        "points": found.points.tolist(),
        "confidence": found.confidence.tolist(),
        "expected_error": [None if np.isnan(value) else value for value in found.expected_error.tolist()],
        "model": found.model,
        "confidence_limit": found.confidence_limit,
        "warnings": list(found.warnings),
        "disagreement": found.disagreement,
        "agreement": {name: asdict(agreement) for name, agreement in found.agreement.items()},
    }


def main() -> None:
    """Keep the protocol's stream to ourselves: whatever libraries print goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to answer: it closes or kills us
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
