"""A view of a case from a Slicer landmark file, with or without the image it belongs to."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.case.from_radiograph import image_of, image_warnings
from FootDeformityLib.case.landmark import LandmarkState, State
from FootDeformityLib.case.view import CaseImage, CaseView, point_or_none
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.landmark_file import load_landmarks
from FootDeformityLib.files.landmark_note import LandmarkNote, parse_note
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph


def view_from_landmark_file(
    path: str | os.PathLike[str],
    view: str,
    scheme: Scheme,
    radiograph: Radiograph | None = None,
    lps_from_pixels: Affine | None = None,
) -> CaseView:
    """Return the view with each landmark's state told from position and description (landmark_note.py).

    A point that no network placed counts as confirmed. lps_from_pixels: frame of the file, by default that in which
    Slicer shows the radiograph. Without the radiograph, positions in mm are taken for square pixels. Raises
    FootDeformityError for an unusable file or points that lie off the image.
    """
    loaded = load_landmarks(path, scheme, view)
    if lps_from_pixels is None:
        lps_from_pixels = radiograph.slicer_from_pixels if radiograph else Affine.identity()
    pixels_from_lps = lps_from_pixels.inverse()
    points = pixels_from_lps.apply(loaded.points)
    landmarks = {
        name: _state(loaded.points[k], points[k], parse_note(loaded.descriptions[k]), pixels_from_lps)
        for k, name in enumerate(scheme.ids(view))
    }
    if radiograph is None:
        image = CaseImage(spacing_source="no image given: positions taken for square pixels")
        warnings: tuple[str, ...] = (
            f"{view} view: measured without its image; angles hold if its pixels are square, millimetres are hidden.",
        )
        return CaseView(image, landmarks, None, warnings)
    warnings = (*image_warnings(radiograph, view), *_off_image(path, points, radiograph, view))
    return CaseView(image_of(radiograph, view), landmarks, None, warnings)


def _state(
    lps: NDArray[np.float64], pixel: NDArray[np.float64], note: LandmarkNote, pixels_from_lps: Affine
) -> LandmarkState:
    xy = point_or_none(pixel)
    if note.ai_lps is None:
        return replace(LandmarkState.placed(xy, note.uncertain), reader=note.reader, edited_at=note.edited_at)
    at_ai = xy is not None and note.is_at(float(lps[0]), float(lps[1]))
    # the description is rounded: where nobody moved the point, its position itself is the network's
    ai = xy if at_ai else point_or_none(pixels_from_lps.apply(np.array(note.ai_lps)))
    state: State = "missing" if xy is None else "confirmed" if note.confirmed else "ai" if at_ai else "moved"
    return LandmarkState(xy, ai, note.confidence, state, note.uncertain, note.reader, note.edited_at)


def _off_image(
    path: str | os.PathLike[str], points: NDArray[np.float64], radiograph: Radiograph, view: str
) -> tuple[str, ...]:
    placed, outside = int(np.isfinite(points).all(axis=1).sum()), radiograph.points_outside(points)
    if outside and 2 * outside >= placed:
        hint = f"; give {view.lower()}.nrrd if they were placed on it" if radiograph.slicer_geometry_wrong else ""
        raise FootDeformityError(
            f"{path}: {outside} of {placed} points lie off the image {radiograph.path.name} "
            f"({radiograph.width} x {radiograph.height} pixels): they belong to another image{hint}."
        )
    if outside:
        return (f"{view} view: {outside} of {placed} points lie off the image.",)
    return ()
