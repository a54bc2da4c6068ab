"""FlatNet from a model folder, on a graphics card where there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.detection_from_looks import detection_of
from FootDeformityLib.network.flatnet import FlatNet, Progress
from FootDeformityLib.network.gpu_network import has_gpu, unusable_card
from FootDeformityLib.network.model_folder import FlatNetModel, check_scheme, load_into, read_model
from FootDeformityLib.network.two_looks import Looks


class FlatNetDetector:
    """One FlatNet, loaded and ready. Not for use by several threads at once."""

    def __init__(self, folder: str | Path, scheme: Scheme | None = None) -> None:
        """Raises FootDeformityError for an unusable folder, one of another scheme, or without FlatNet's libraries."""
        model = read_model(folder)
        if not isinstance(model, FlatNetModel):
            raise FootDeformityError(f"{folder}: holds no FlatNet. Open it as what it is.")
        check_scheme(model, scheme)
        self.model = model
        self._network = FlatNet(model.architecture, len(model.landmarks))
        load_into(self._network, model)
        self._warning = ""
        if has_gpu():
            self._move_to_card()

    def detect(self, pixels: NDArray[np.float32], progress: Progress | None = None) -> Detection:
        """Find the landmarks of the model's view; as Detector.detect."""
        report = progress or (lambda part, word: None)
        looks = self._find(pixels, report)
        report(1.0, "done")
        return detection_of(self.model, looks, (self._warning,) if self._warning else ())

    def _find(self, pixels: NDArray[np.float32], report: Progress) -> Looks:
        on_card = next(self._network.parameters()).is_cuda
        try:
            return self._network.find(pixels, report)
        except RuntimeError as error:
            if not on_card:
                raise
            self._give_up(error)
        return self._network.find(pixels, report)

    def _move_to_card(self) -> None:
        try:
            self._network.to("cuda")
        except RuntimeError as error:
            self._give_up(error)

    def _give_up(self, error: RuntimeError) -> None:
        self._network.to("cpu")
        torch.cuda.empty_cache()
        self._warning = unusable_card(error)
