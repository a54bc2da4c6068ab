"""From what a network saw to a Detection, with confidence where the model was calibrated."""

from __future__ import annotations

import math

import numpy as np

from FootDeformityLib.network.angle_agreement import angle_agreements
from FootDeformityLib.network.confidence import features
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.model_folder import ModelFolder
from FootDeformityLib.network.two_looks import Looks


def detection_of(model: ModelFolder, looks: Looks, warnings: tuple[str, ...] = ()) -> Detection:
    """Points of ``looks`` with their confidence; without calibration the looks' height and no expected error."""
    values = features(looks.height, looks.width, looks.disagreement)
    if model.confidence is None:
        confidence, expected = np.clip(looks.height, 0, 1), np.full(len(looks.points), math.nan)
        limit = Detection.confidence_limit
    else:
        confidence, expected = model.confidence.confidence(values), model.confidence.expected_error(values)
        limit = model.confidence.limit
    return Detection(
        view=model.view,
        points=looks.points,
        confidence=confidence,
        expected_error=expected,
        model=model.name,
        confidence_limit=limit,
        warnings=warnings,
        disagreement=float(looks.disagreement.mean()),
        agreement=angle_agreements(model.notes),
    )
