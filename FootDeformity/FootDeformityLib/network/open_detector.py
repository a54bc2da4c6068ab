"""The detector of a model folder, whatever network is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.flatnet_detector import FlatNetDetector
from FootDeformityLib.network.model_folder import FlatNetModel, ModelFolder, read_model


class LandmarkDetector(Protocol):
    """Finds the landmarks of its model's view; not for use by several threads at once."""

    @property
    def model(self) -> ModelFolder:
        """What the folder says about the model."""
        ...

    def detect(self, pixels: NDArray[np.float32], progress: Callable[[float, str], None] | None = None) -> Detection:
        """pixels: (H, W) float32, 0..1, bone bright. progress gets the done part, 0..1, and a word."""
        ...


def open_detector(folder: str | Path, scheme: Scheme | None = None) -> LandmarkDetector:
    """Load a model. Raises FootDeformityError for an unusable folder, or one not of ``scheme`` if given."""
    if isinstance(read_model(folder), FlatNetModel):
        return FlatNetDetector(folder, scheme)
    return Detector(folder, scheme)
