"""What a detector found; no torch here, so that windows and files can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.angle_agreement import AngleAgreement
from FootDeformityLib.network.view_opinion import ViewState

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Detection:
    """Landmarks of one view in the order of ``scheme.ids(view)``.

    points: (K, 2) image pixels, x right, y down, first pixel's centre (0, 0).
    confidence: (K,) estimated probability that a point lies within `confidence_limit` of the foot length.
    expected_error: (K,) in parts of the foot length; NaN where the model was never calibrated.
    shows_foot: what the view recogniser said of the image; "refused" where a person insisted on points.
    disagreement: of the looks, mean distance from their mean over the points, in parts of the landmarks' extent; 0 for
    one look.
    agreement: of the network with readers, by angle; angles that it was not judged by are left out.
    model: name and weights' hash. doubt: mean expected error, the higher the more the image needs a look.
    """

    view: str
    points: Array
    confidence: Array
    expected_error: Array
    model: str
    confidence_limit: float = 0.03
    warnings: tuple[str, ...] = ()
    shows_foot: ViewState = "not asked"
    disagreement: float = 0.0
    agreement: Mapping[str, AngleAgreement] = field(default_factory=dict)

    @property
    def doubt(self) -> float:
        """Mean expected error over the points, in parts of the foot length; 1 - mean confidence if uncalibrated."""
        if np.isfinite(self.expected_error).any():
            return float(np.nanmean(self.expected_error))
        return float(1.0 - self.confidence.mean())
