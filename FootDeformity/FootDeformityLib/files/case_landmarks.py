"""Landmarks of a case as a Slicer file that can come back after correction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from FootDeformityLib.files.landmark_note import LandmarkNote, parse_note
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.radiographs.geometry import Affine


def write_case_landmarks(
    path: str | os.PathLike[str], landmarks: Mapping[str, Mapping[str, Any]], lps_from_pixels: Affine
) -> None:
    """Write landmarks (id -> entry of the case document) as .mrk.json or .fcsv, missing ones as undefined points.

    lps_from_pixels: image pixels -> LPS x, y in mm in which Slicer shows the image (Radiograph.write_from_pixels).
    """
    missing = [np.nan, np.nan]
    points = np.array([mark["xy_px"] or missing for mark in landmarks.values()], dtype=np.float64).reshape(-1, 2)
    notes = [landmark_note(mark, lps_from_pixels).text() for mark in landmarks.values()]
    write_markups(path, list(landmarks), lps_from_pixels.apply(points), notes)


def untouched_by_people(path: str | os.PathLike[str]) -> bool:
    """Whether every point of a landmark file stands as the network left it. Raises MarkupsError."""
    points = read_markups(path)
    for position, placed, description in zip(points.positions, points.defined, points.descriptions, strict=True):
        note = parse_note(description)
        if note.confirmed or note.uncertain:
            return False
        # the network leaves points out; a person who removes one leaves the network's note behind
        if placed != (note.ai_lps is not None) or (placed and not note.is_at(*position[:2])):
            return False
    return True


def landmark_note(mark: Mapping[str, Any], lps_from_pixels: Affine) -> LandmarkNote:
    """Return the description of a landmark."""
    ai = mark["ai_xy_px"]
    at = None if ai is None else lps_from_pixels.apply(np.asarray(ai, dtype=np.float64))
    return LandmarkNote(
        # without a network every point is a person's own: nothing to say
        confirmed=mark["state"] == "confirmed" and ai is not None,
        uncertain=bool(mark.get("uncertain")),
        confidence=mark["confidence"],
        ai_lps=None if at is None else (float(at[0]), float(at[1])),
    )
