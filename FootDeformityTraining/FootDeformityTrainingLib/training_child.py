"""The process that trains for a window: one order on standard input, progress on standard output.

Started by TrainingProcess as ``python -m FootDeformityTrainingLib.training_child``. Ends by itself when standard input
closes, because then the window is gone or has cancelled; checkpoints are whole at any moment, so nothing is undone.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.training_order import TrainingOrder

CANCELLED, REFUSED, FAILED = 130, 2, 1
ERROR = "error: "


def main() -> int:
    """Train and return the exit code: 0 done, 1 failed (a bug), 2 refused; the reason is the last line."""
    order = TrainingOrder.from_json(sys.stdin.readline())
    threading.Thread(target=_end_with_the_window, daemon=True).start()
    try:
        from FootDeformityTrainingLib.train_network import train_network

        train_network(order)
    except FootDeformityError as error:
        print(f"{ERROR}{error}", flush=True)
        return REFUSED
    except Exception as error:
        traceback.print_exc()
        print(f"{ERROR}the training failed ({type(error).__name__}: {error}); please report this.", flush=True)
        return FAILED
    return 0


def _end_with_the_window() -> None:
    while sys.stdin.read(1):
        pass
    os._exit(CANCELLED)  # not from the main thread: a step may take long


if __name__ == "__main__":
    sys.exit(main())
