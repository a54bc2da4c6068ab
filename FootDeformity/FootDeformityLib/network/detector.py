"""From a radiograph to landmarks with their confidence."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HeatmapPeaks
from FootDeformityLib.network.confidence import features
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.hih import HIHOutput, parameter_count
from FootDeformityLib.network.model_folder import network_of, read_model
from FootDeformityLib.network.openvino_network import OpenVinoHIH, has_openvino
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import Looks, look_thoroughly, single_look

Array = NDArray[np.float64]
#: parameters from which OpenVINO's slow start pays off
_LARGE = 10_000_000
Progress = Callable[[float, str], None]


class Detector:
    """One model, loaded and ready. Not for use by several threads at once."""

    def __init__(self, folder: str | Path, scheme: Scheme | None = None) -> None:
        """Raises FootDeformityError for an unusable folder, or a model that does not belong to ``scheme`` if given."""
        self.model = read_model(folder)
        if scheme is not None and scheme.sha256 != self.model.scheme_sha256:
            raise FootDeformityError(
                f"{self.model.path}: trained on landmark scheme {self.model.scheme} {self.model.scheme_sha256[:12]}, "
                f"expected {scheme.name} {scheme.sha256[:12]}. Install or train a model for this scheme."
            )
        network = network_of(self.model)
        large = parameter_count(network) > _LARGE
        self._network: Callable[[Tensor], HIHOutput] = (
            OpenVinoHIH(network) if large and has_openvino() else FastHIH(network)
        )

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
        return self._detection(looks)

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

    def _detection(self, looks: Looks) -> Detection:
        values = features(looks.height, looks.width, looks.disagreement)
        model = self.model.confidence
        if model is None:
            confidence, expected = np.clip(looks.height, 0, 1), np.full(len(looks.points), math.nan)
            limit = Detection.confidence_limit
        else:
            confidence, expected, limit = model.confidence(values), model.expected_error(values), model.limit
        return Detection(
            view=self.model.view,
            points=looks.points,
            confidence=confidence,
            expected_error=expected,
            model=self.model.name,
            confidence_limit=limit,
        )
