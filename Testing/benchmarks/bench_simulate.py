"""Simulated radiographs: one AP and lateral pair of 1024 px, on two cores and on one.

The goal is at most 1.5 s a pair on two cores. Meshes of a real foot can be given: bench_simulate.py FOLDER.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.foot_model import PosedFoot
from FootDeformityTrainingLib.simulation.mesh_foot import mesh_foot
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.radiograph import FootInBeam, in_beam, radiograph
from FootDeformityTrainingLib.simulation.setup import SETUPS
from FootDeformityTrainingLib.simulation.truth2d import landmarks2d

ROUNDS = 7
SIZE = 1024


def timed(rounds: list[float], start: float) -> float:
    now = time.perf_counter()
    rounds.append(now - start)
    return now


def main() -> None:
    torch.set_num_threads(1)
    posed = pose(mesh_foot(sys.argv[1]) if len(sys.argv) > 1 else procedural_foot())

    def view(name: str, foot: FootInBeam, posed: PosedFoot = posed) -> None:
        radiograph(foot, SETUPS[name](posed.bones, posed.side, SIZE), np.random.default_rng(1))

    parts: dict[str, list[float]] = {"tissue of the foot": [], "AP": [], "lateral": [], "landmarks of both views": []}
    pairs: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        # processor time: what other programs do meanwhile does not count
        spent = time.process_time()
        start = time.perf_counter()
        foot = in_beam(posed.bones, np.random.default_rng(0))
        start = timed(parts["tissue of the foot"], start)
        for name in SETUPS:
            view(name, foot)
            start = timed(parts[name], start)
        busy.append(time.process_time() - spent)
        for name in SETUPS:
            landmarks2d(posed, SETUPS[name](posed.bones, posed.side, SIZE).camera, name)
        timed(parts["landmarks of both views"], start)
        start = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            foot = in_beam(posed.bones, np.random.default_rng(0))
            list(pool.map(lambda name, foot=foot: view(name, foot), SETUPS))
        timed(pairs, start)
    print(f"{os.cpu_count()} processors; {posed.model.name} foot, {SIZE} px")
    for name, rounds in parts.items():
        print(f"{name:28}{statistics.median(rounds):6.2f} s")
    print(f"{'one pair on two threads':28}{statistics.median(pairs):6.2f} s   (fastest {min(pairs):.2f} s)")
    print(f"{'a pair, processor time':28}{statistics.median(busy):6.2f} s")
    share = statistics.median(busy) / 2
    print(f"{'a pair, many on two cores':28}{share:6.2f} s   (goal: at most 1.50 s)")


if __name__ == "__main__":
    main()
