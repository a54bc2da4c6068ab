"""One HIH training step, ours against a plain float32 one on the same network, batch and images, in one run.

Both live in processes of their own and are asked in turns, so that they meet the same load. The plain one is
naive_training_step.py, once reading its images anew for every step and once with decoded images in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from naive_training_step import NaiveStep
from PIL import Image

from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path
from FootDeformityTrainingLib.hih_recipe import HIHRecipe
from FootDeformityTrainingLib.sample import Sample, shrunk
from FootDeformityTrainingLib.training_config import TrainingConfig, preset_config
from FootDeformityTrainingLib.training_loop import TrainingRun

LIMIT, DATA_LIMIT = 0.25, 0.10
HEIGHT, WIDTH = 2880, 2304  # of the larger public radiographs
COUNT = 8


def write_images(folder: Path) -> None:
    """Radiographs of a usual size from the simulated sample, with its landmarks."""
    pixels = read_radiograph(resource_path("Samples", "normal_ap.dcm")).pixels
    rng = np.random.default_rng(0)
    for number in range(COUNT):
        large = Image.fromarray((pixels * 255).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
        noisy = np.asarray(large, np.float32) + rng.normal(0, 3, (HEIGHT, WIDTH)).astype(np.float32)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    points = rng.uniform((0.3, 0.1), (0.7, 0.9), (COUNT, 16, 2)) * (WIDTH, HEIGHT)
    (folder / "points.json").write_text(json.dumps(points.tolist()))


def configuration(preset: str) -> TrainingConfig:
    """The preset without its paper-only decimal map, which would need a second plain loss."""
    config = preset_config(preset, "AP", "foot27", 16)
    return replace(config, architecture=replace(config.architecture, decimal_size=0, initial_std=0.0))


class OurStep:
    """The step of the training loop: batch on the device, autocast, clipping, averaged weights."""

    def __init__(self, config: TrainingConfig, images: list[Path], points: np.ndarray) -> None:
        known = np.zeros(16, dtype=np.bool_)
        samples = [
            shrunk(
                Sample(path, "AP", path.stem, at, known, read_radiograph(path).pixels), config.architecture.input_size
            )
            for path, at in zip(images, points, strict=True)
        ]
        self.recipe = HIHRecipe(config, load_scheme(), samples, [])
        self.run = TrainingRun(Path("unused"), config.loop, self.recipe, torch.device("cpu"))
        self.run.network.train()
        self.number = 0

    def __call__(self, indices: list[int]) -> tuple[float, float]:
        start = time.perf_counter()
        self.number += 1
        batch = self.recipe.batch(indices, [0, self.number])
        made = time.perf_counter()
        self.run._step(batch, 1e-3)
        return made - start, time.perf_counter() - made


def serve(kind: str, preset: str, folder: Path) -> None:
    """Child process: one line of indices in, one line of seconds out."""
    config = configuration(preset)
    points = np.asarray(json.loads((folder / "points.json").read_text()))
    images = [folder / f"{number}.png" for number in range(len(points))]
    step: Any = (
        OurStep(config, images, points) if kind == "ours" else NaiveStep(config, images, points, kind == "decoded")
    )
    for line in sys.stdin:
        print(json.dumps(step(json.loads(line))), flush=True)


class Child:
    """A process that waits until it is asked for a step."""

    def __init__(self, kind: str, preset: str, folder: Path) -> None:
        command = [sys.executable, __file__, "--serve", kind, "--preset", preset, "--folder", str(folder)]
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.times: list[tuple[float, float]] = []

    def step(self, indices: list[int], counts: bool) -> None:
        """Ask for one step; remember its seconds if it counts."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(indices) + "\n")
        self.process.stdin.flush()
        data, network = json.loads(self.process.stdout.readline())
        if counts:
            self.times.append((data, network))

    def medians(self) -> tuple[float, float, float]:
        """Seconds of a whole step, its data and its network."""
        return (
            statistics.median(data + network for data, network in self.times),
            statistics.median(data for data, _ in self.times),
            statistics.median(network for _, network in self.times),
        )


def compare(preset: str, rounds: int, folder: Path) -> None:
    """Print the table of one preset."""
    config = configuration(preset)
    batch = config.loop.batch
    children = {kind: Child(kind, preset, folder) for kind in ("naive", "decoded", "ours")}
    for number in range(rounds + 1):
        for child in children.values():
            child.step([(number + i) % COUNT for i in range(batch)], counts=number > 0)
    words = {"naive": "plain float32", "decoded": "the same, images in memory", "ours": "ours"}
    figures = {kind: child.medians() for kind, child in children.items()}
    for child in children.values():
        assert child.process.stdin is not None
        child.process.stdin.close()
        child.process.wait()
    for kind, (whole, data, network) in figures.items():
        print(f"{preset:8} {words[kind]:27} {1000 * whole:7.0f} {1000 * data:7.0f} {1000 * network:8.0f}")
    ours = figures["ours"]
    ratio, share = ours[0] / figures["naive"][0], ours[1] / ours[0]
    print(f"{preset:8} ratio to plain float32            {ratio:.3f}   (limit {LIMIT})")
    print(f"{preset:8} ratio, images in memory           {ours[0] / figures['decoded'][0]:.3f}")
    print(f"{preset:8} data pipeline, share of our step  {share:.3f}   (limit {DATA_LIMIT})")
    print(f"{preset:8} data pipeline alone               {batch / ours[1]:.0f} images/s on this CPU\n")


def matrix_product_ratio() -> float:
    """Time of a bfloat16 matrix product of that in float32: what this processor can gain by the number format alone."""
    seconds = []
    for kind in (torch.bfloat16, torch.float32):
        a, b = torch.ones(2048, 1024, dtype=kind), torch.ones(1024, 1024, dtype=kind)
        times = []
        for _ in range(9):
            start = time.perf_counter()
            a @ b
            times.append(time.perf_counter() - start)
        seconds.append(min(times))
    return seconds[0] / seconds[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", action="append", choices=("compact", "paper"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve, args.preset[0], args.folder)
        return
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, medians of {args.rounds} steps in turns, ms")
    print(f"bfloat16 matrix product of one in float32 on this processor: {matrix_product_ratio():.2f}")
    print(f"{'preset':8} {'step':27} {'whole':>7} {'data':>7} {'network':>8}")
    with tempfile.TemporaryDirectory() as name:
        write_images(Path(name))
        for preset in args.preset or ["compact"]:
            compare(preset, args.rounds, Path(name))


if __name__ == "__main__":
    main()
