"""Landmarks of a case as a Slicer file that can come back after correction."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
        if note.confirmed or note.uncertain or note.edited_at is not None:
            return False
        # the network leaves points out; a person who removes one leaves the network's note behind
        if placed != (note.ai_lps is not None) or (placed and not note.is_at(*position[:2])):
            return False
    return True


def landmark_note(mark: Mapping[str, Any], lps_from_pixels: Affine) -> LandmarkNote:
    """Return the description of a landmark."""
    ai, now = (None if mark[key] is None else _lps(mark[key], lps_from_pixels) for key in ("ai_xy_px", "xy_px"))
    note = LandmarkNote(
        # without a network every point is a person's own: nothing to say
        confirmed=mark["state"] == "confirmed" and ai is not None,
        uncertain=bool(mark.get("uncertain")),
        confidence=mark["confidence"],
        ai_lps=ai,
        reader=mark.get("reader"),
        edited_at=mark.get("edited_at"),
    )
    # put back to the network's place by hand: no distance tells that a person looked at it
    back = mark["state"] == "moved" and now is not None and note.is_at(*now)
    return replace(note, confirmed=True) if back else note


def _lps(xy_px: Sequence[float], lps_from_pixels: Affine) -> tuple[float, float]:
    x, y = lps_from_pixels.apply(np.asarray(xy_px, dtype=np.float64))
    return float(x), float(y)
