"""Runs a network over validation images the way users run it: without labels, two looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.measure.foot_length import foot_length
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HeatmapPeaks, HIHCodec
from FootDeformityLib.network.hih import HIH
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import Look, Looks, look_thoroughly, single_look
from FootDeformityTrainingLib.metrics import mean_error, point_errors
from FootDeformityTrainingLib.sample import Sample

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ValidationResult:
    """Looks per image; errors (N, K) in parts of the foot length, of the first look alone and of all looks.

    nme: (N, K), in parts of the padded image's side; certain: (N, K), not marked uncertain by the readers.
    """

    looks: list[Looks]
    first_errors: Array
    errors: Array
    nme: Array
    certain: NDArray[np.bool_]

    def summary(self) -> dict[str, float]:
        """Mean errors, percent of foot length, and NME, for the log."""
        return {
            "nme": mean_error(self.nme)[0],
            "certain": 100 * mean_error(self.errors, self.certain)[0],
            "all": 100 * mean_error(self.errors)[0],
            "first_look_all": 100 * mean_error(self.first_errors)[0],
        }


def network_look(network: HIH, codec: HIHCodec) -> Look:
    """Wrap a network as the function that two_looks expects; bfloat16 autocast, evaluation mode."""
    device = next(network.parameters()).device

    def look(crops: NDArray[np.float32]) -> list[HeatmapPeaks]:
        network.eval()
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
            images = normalise(torch.from_numpy(crops)[:, None].to(device))
            output = network(images.to(memory_format=torch.channels_last))
        integer = output.integer[:, -1].float().cpu().numpy()
        decimal = None if output.decimal is None else output.decimal.float().cpu().numpy()
        return [codec.decode(h, None if decimal is None else decimal[i]) for i, h in enumerate(integer)]

    return look


def validate(
    look: Look,
    samples: list[Sample],
    shape: Array | None,
    size: int,
    scheme: Scheme,
    progress: Callable[[int], None] | None = None,
) -> ValidationResult:
    """Detect on every sample and compare with its landmarks; shape None: the network sees whole images only."""

    def find(pixels: NDArray[np.float32]) -> Looks:
        return single_look(look, pixels, size) if shape is None else look_thoroughly(look, pixels, size, shape)

    return compare(find, samples, scheme, progress)


def compare(
    find: Callable[[NDArray[np.float32]], Looks],
    samples: list[Sample],
    scheme: Scheme,
    progress: Callable[[int], None] | None = None,
) -> ValidationResult:
    """Find the landmarks of every sample from its pixels alone and compare them with its own."""
    looks, first_errors, errors, nme = [], [], [], []
    for index, sample in enumerate(samples):
        seen = find(sample.pixels)
        length = float(foot_length(sample.points, sample.view, ~sample.uncertain, scheme=scheme))
        pixel = point_errors(seen.points, sample.points)
        looks.append(seen)
        first_errors.append(point_errors(seen.first, sample.points) / length)
        errors.append(pixel / length)
        nme.append(pixel / max(sample.pixels.shape))
        if progress is not None:
            progress(index + 1)
    certain = ~np.stack([sample.uncertain for sample in samples])
    return ValidationResult(looks, np.stack(first_errors), np.stack(errors), np.stack(nme), certain)
