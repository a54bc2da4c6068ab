"""The view recogniser, loaded and ready."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.view_model import load_view_network, read_view_model
from FootDeformityLib.network.view_network import mean_probabilities
from FootDeformityLib.network.view_opinion import KINDS, ViewOpinion


class ViewRecogniser:
    """One ViewNetwork on the processor: it takes milliseconds there. Not for use by several threads at once."""

    def __init__(self, folder: str | Path) -> None:
        """Raises FootDeformityError for an unusable folder."""
        self.model = read_view_model(folder)
        self._network = load_view_network(self.model)

    def recognise(self, thumbnail: NDArray[np.float32]) -> ViewOpinion:
        """thumbnail: (S, S) of `view_thumbnail`; S as the network wants it, see the model's architecture."""
        with torch.inference_mode():
            image = torch.tensor(thumbnail)[None, None]
            (probability,) = mean_probabilities(self._network, normalise(image)).tolist()
        named = dict(zip(KINDS, probability, strict=True))
        return ViewOpinion(named, self.model.refuse_below, self.model.sure_from, self.model.name)
