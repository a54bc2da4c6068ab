"""From a radiograph to landmarks with their confidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HeatmapPeaks
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.detection_from_looks import detection_of
from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.gpu_network import GpuHIH, Network, has_gpu
from FootDeformityLib.network.hih import HIH, parameter_count
from FootDeformityLib.network.model_folder import check_scheme, network_of, read_hih_model
from FootDeformityLib.network.openvino_network import OpenVinoHIH, has_openvino
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import look_thoroughly, single_look

Array = NDArray[np.float64]
#: parameters from which OpenVINO's slow start pays off
_LARGE = 10_000_000
Progress = Callable[[float, str], None]


class Detector:
    """One HIH, loaded and ready, on a graphics card where there is one. Not for use by several threads at once."""

    def __init__(self, folder: str | Path, scheme: Scheme | None = None) -> None:
        """Raises FootDeformityError for an unusable folder, or a model that does not belong to ``scheme`` if given."""
        self.model = read_hih_model(folder)
        check_scheme(self.model, scheme)
        network = network_of(self.model)
        self._gpu = GpuHIH(network, lambda: _on_processor(network)) if has_gpu() else None
        self._network: Network = self._gpu or _on_processor(network)

    def detect(self, pixels: NDArray[np.float32], progress: Progress | None = None) -> Detection:
        """Find the landmarks of the model's view.

        pixels: (H, W) float32, 0..1, bone bright (Radiograph.pixels). progress gets the done part, 0..1, and a word.
        """
        report = progress or (lambda part, word: None)
        size, shape = self.model.codec.input_size, self.model.mean_shape
        if shape is None:
            looks = single_look(self._look, pixels, size)
        else:
            looks = look_thoroughly(self._look, pixels, size, shape, report)
        report(1.0, "done")
        warning = "" if self._gpu is None else self._gpu.warning
        return detection_of(self.model, looks, (warning,) if warning else ())

    def _look(self, crops: NDArray[np.float32]) -> list[HeatmapPeaks]:
        peaks = []
        with torch.inference_mode():
            # one by one: at batch size 1 the working set stays in the processor's cache
            for crop in torch.from_numpy(crops)[:, None]:
                image = normalise(crop[None]) if self.model.normalise else crop[None]
                output = self._network(image)
                decimal = None if output.decimal is None else output.decimal[0].numpy()
                peaks.append(self.model.codec.decode(output.integer[0, -1].numpy(), decimal))
        return peaks


def _on_processor(network: HIH) -> Network:
    large = parameter_count(network) > _LARGE
    return OpenVinoHIH(network) if large and has_openvino() else FastHIH(network)
