"""A view of a case from what the network found."""

from __future__ import annotations

import numpy as np

from FootDeformityLib.case.from_radiograph import image_of, image_warnings
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseView, point_or_none
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.radiograph import Radiograph


def view_from_detection(radiograph: Radiograph, detection: Detection, scheme: Scheme) -> CaseView:
    """Return the view with every landmark as the network placed it; NaN points are missing."""
    landmarks = {
        name: LandmarkState.detected(
            point_or_none(point),
            # as exact as the landmark file says it: measure gives the same case as analyze
            round(float(np.clip(confidence, 0.0, 1.0)), 3) if np.isfinite(confidence) else None,
        )
        for name, point, confidence in zip(
            scheme.ids(detection.view), detection.points, detection.confidence, strict=True
        )
    }
    view = detection.view
    # a wrong view makes everything else void: it comes first
    warnings = [*(f"{view} image: {text}." for text in detection.warnings), *image_warnings(radiograph, view)]
    return CaseView(
        image=image_of(radiograph, view),
        landmarks=landmarks,
        model=detection.model,
        warnings=tuple(warnings),
        shows_foot=detection.shows_foot,
        agreement=detection.agreement,
    )
