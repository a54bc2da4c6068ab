"""HIH inference against the plain eager float32 contiguous forward of the same weights, in one run.

Also how far the shipped models' landmarks move by the faster arithmetic, on the sample pair's close look.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.network.codec import HeatmapPeaks, HIHCodec
from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.hih import HIH, HIHOutput, preset
from FootDeformityLib.network.model_folder import load_hih, read_model
from FootDeformityLib.network.openvino_network import OpenVinoHIH, has_openvino
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import Looks, look_thoroughly
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path, shipped_model

ROUNDS = 9
Forward = Callable[[torch.Tensor], HIHOutput]


def medians(calls: dict[str, Forward], image: torch.Tensor) -> dict[str, float]:
    """Median seconds of each call, measured in turns so that all meet the same load."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    with torch.inference_mode():
        for call in calls.values():
            call(image)
        for _ in range(ROUNDS):
            for name, call in calls.items():
                start = time.perf_counter()
                call(image)
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(series) for name, series in times.items()}


def forwards(network: HIH) -> dict[str, Forward]:
    """The same weights: as published, ours, and ours on OpenVINO where it is installed."""
    calls: dict[str, Forward] = {"plain float32": network, "FastHIH": FastHIH(network)}
    if has_openvino():
        calls["OpenVINO"] = OpenVinoHIH(network)
    return calls


def looks(forward: Forward, view: str, pixels: NDArray[np.float32]) -> Looks:
    """What the shipped model of ``view`` sees through ``forward``."""
    model = read_model(shipped_model(view))
    codec: HIHCodec = model.codec
    assert model.mean_shape is not None

    def look(crops: NDArray[np.float32]) -> list[HeatmapPeaks]:
        with torch.inference_mode():
            outputs = [forward(normalise(crop[None])) for crop in torch.from_numpy(crops)[:, None]]
        return [codec.decode(output.integer[0, -1].numpy()) for output in outputs]

    return look_thoroughly(look, pixels, codec.input_size, model.mean_shape)


def main() -> None:
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, medians of {ROUNDS} calls in turns")
    print(f"{'preset':8} {'arithmetic':14} {'ms':>6} {'of plain':>9}")
    for name in ("paper", "compact"):
        torch.manual_seed(0)
        network = HIH(replace(preset(name, 16), initial_std=0.0)).eval()
        size = network.config.input_size
        times = medians(forwards(network), torch.rand(1, 1, size, size))
        for arithmetic, seconds in times.items():
            ratio = seconds / times["plain float32"]
            print(f"{name:8} {arithmetic:14} {seconds * 1000:6.0f} {ratio:9.3f}")
    print("\nmove of the shipped models' landmarks against plain float32, pixels of the sample image, mean / largest")
    for view, file in (("AP", "normal_ap.dcm"), ("lateral", "normal_lateral.dcm")):
        pixels = read_radiograph(resource_path("Samples", file)).pixels
        calls = forwards(load_hih(shipped_model(view)))
        points = {name: looks(call, view, pixels).points for name, call in calls.items()}
        for name in list(calls)[1:]:
            moved = np.linalg.norm(points[name] - points["plain float32"], axis=1)
            image = f"image {pixels.shape[1]} x {pixels.shape[0]}"
            print(f"{view:8} {name:14} {moved.mean():.3f} / {moved.max():.3f}   ({image})")


if __name__ == "__main__":
    main()
