"""Detection of the sample pair with the shipped models: cold start, warm, memory of the worker.

The goal is at most 1.5 s for both views on two cores, warm.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path

ROUNDS = 7
FILES = {"AP": "normal_ap.dcm", "lateral": "normal_lateral.dcm"}


def peak_megabytes(pid: int) -> float | None:
    """Largest resident size of a process so far; None where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    start = time.perf_counter()
    radiographs = {view: read_radiograph(resource_path("Samples", name)) for view, name in FILES.items()}
    read = time.perf_counter() - start
    with DetectorWorker() as worker:
        start = time.perf_counter()
        for view, radiograph in radiographs.items():
            worker.detect(radiograph, view)
        cold = time.perf_counter() - start
        rounds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for view, radiograph in radiographs.items():
                worker.detect(radiograph, view)
            rounds.append(time.perf_counter() - start)
        process = worker._process
        memory = peak_megabytes(process.pid) if process is not None else None
    print(f"{os.cpu_count()} processors; both views of the sample")
    print(f"reading both DICOM files     {read:6.2f} s")
    print(f"detection, cold              {cold:6.2f} s   (process start, import of torch, both models)")
    print(f"detection, warm, median      {statistics.median(rounds):6.2f} s   (goal: at most 1.50 s)")
    print(f"detection, warm, slowest     {max(rounds):6.2f} s")
    print(
        f"peak memory of the worker    {'unknown' if memory is None else f'{memory:6.0f} MB'}   (goal: below 1500 MB)"
    )


if __name__ == "__main__":
    main()
