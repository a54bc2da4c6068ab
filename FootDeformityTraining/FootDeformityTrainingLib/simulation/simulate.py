"""Folders of simulated radiographs: any number of people, on all cores, resumable, the same for the same seed."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.foot_model import FootModel
from FootDeformityTrainingLib.simulation.mesh_foot import mesh_foot
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.random_foot import random_foot
from FootDeformityTrainingLib.simulation.simulated_case import simulate_case

SETTINGS = "simulation.json"
PROCEDURAL = "procedural"
_SIZES = (256, 4096)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation:
    """What makes a folder of pictures, apart from their number.

    shapes: folder of bone meshes of one foot, or "procedural". size: pixels of a picture's longer side.
    """

    shapes: str
    seed: int = 0
    size: int = 1024
    views: tuple[str, ...] = ("AP", "lateral")
    dicom: bool = False


def simulate(
    simulation: Simulation, out: str | Path, count: int, processes: int | None = None, progress: Progress | None = None
) -> Path:
    """Write ``count`` people into ``out`` with manifest.csv and truth.csv; those that are there already stay.

    progress gets how many are done and how many are wanted. Raises FootDeformityError for shapes that cannot be
    read, or when ``out`` holds other pictures. Returns the path of manifest.csv.
    """
    folder = Path(out)
    low, high = _SIZES
    if not low <= simulation.size <= high:
        raise FootDeformityError(f"A size of {simulation.size} pixels: give one from {low} to {high}.")
    if count < 1:
        raise FootDeformityError(f"A count of {count} people: give at least 1.")
    _model(simulation.shapes)  # says what is wrong with the meshes before anything is written
    _claim(folder, simulation)
    patients = [_patient(simulation, number) for number in range(count)]
    missing = [number for number, patient in enumerate(patients) if not _case_file(folder, patient).is_file()]
    done = count - len(missing)
    report = progress or (lambda done, wanted: None)
    report(done, count)
    for _ in _worked(simulation, folder, missing, processes):
        done += 1
        report(done, count)
    cases = [json.loads(_case_file(folder, patient).read_text("utf-8")) for patient in patients]
    _write_table(folder / "truth.csv", [case["truth"] for case in cases])
    _write_table(folder / "manifest.csv", [row for case in cases for row in case["manifest"]])
    return folder / "manifest.csv"


def _worked(simulation: Simulation, folder: Path, numbers: list[int], processes: int | None) -> Iterable[None]:
    """Simulate these people, in this process or in several."""
    workers = min(processes or _cores(), len(numbers))
    if workers <= 1:
        for number in numbers:
            _simulate_one(simulation, folder, number)
            yield
        return
    # a fresh interpreter each: forking a process that runs torch's threads can hang
    with ProcessPoolExecutor(workers, get_context("spawn"), _alone_on_its_core) as pool:
        pending = [pool.submit(_simulate_one, simulation, folder, number) for number in numbers]
        try:
            for future in as_completed(pending):
                future.result()
                yield
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _simulate_one(simulation: Simulation, folder: Path, number: int) -> None:
    # one stream of random numbers a person: nothing depends on who is simulated before, or where
    generator = np.random.default_rng([simulation.seed, number])
    posed = random_foot(generator, (_model(simulation.shapes),))
    simulate_case(
        folder, _patient(simulation, number), posed, simulation.views, simulation.size, simulation.dicom, generator
    )


def _alone_on_its_core() -> None:
    import torch

    torch.set_num_threads(1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _model(shapes: str) -> FootModel:
    return procedural_foot() if shapes == PROCEDURAL else mesh_foot(shapes)


def _patient(simulation: Simulation, number: int) -> str:
    return f"sim{simulation.seed}_{number:05d}"


def _case_file(folder: Path, patient: str) -> Path:
    return folder / "cases" / f"{patient}.json"


def _claim(folder: Path, simulation: Simulation) -> None:
    """Note the settings in a new folder; refuse a folder with others, because its pictures would not be these."""
    path = folder / SETTINGS
    wanted = asdict(simulation) | {"views": list(simulation.views), "shapes": Path(simulation.shapes).name}
    if not path.is_file():
        if (folder / "manifest.csv").exists():
            raise FootDeformityError(f"{folder}: holds a manifest.csv of other images. Choose an empty folder.")
        write_text(path, json.dumps(wanted, indent=1) + "\n")
        return
    try:
        found = json.loads(path.read_text("utf-8"))
        other = [name for name in wanted if found.get(name) != wanted[name]]
    except (ValueError, AttributeError):
        raise FootDeformityError(f"{path}: cannot be read. Choose an empty folder.") from None
    if other:
        raise FootDeformityError(
            f"{folder}: was simulated with {other[0]} {found.get(other[0])}, not {wanted[other[0]]}. "
            "Choose an empty folder, or go on with the same settings."
        )


def _write_table(path: Path, rows: list[Mapping[str, Any]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(path, text.getvalue())
