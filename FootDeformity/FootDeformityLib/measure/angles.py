"""The seven angles, signed as in section 3 of the clinical specification, as pure functions over arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.chirality import chirality as chirality  # public here, too
from FootDeformityLib.measure.chirality import chirality_of_lines
from FootDeformityLib.measure.lines import (
    Construction,
    Floats,
    Lines,
    as_points,
    construction,
    cross,
    dot,
    stored_chirality,
)
from FootDeformityLib.measure.scheme import Scheme, load_scheme

Floor = Literal["landmark", "image", "manual"]

#: order in tables and files
ANGLES = (
    "ap_talocalcaneal",
    "talonavicular",
    "mt1_talar",
    "hallux_abductus",
    "meary",
    "calcaneal_pitch",
    "lateral_talocalcaneal",
)
_FLOOR = "floor"


@dataclass(frozen=True)
class AngleTable:
    """Which lines every angle of some views lies between, as index arrays; main angles come first."""

    names: tuple[str, ...]
    first: np.ndarray[tuple[int], np.dtype[np.intp]]
    second: np.ndarray[tuple[int], np.dtype[np.intp]]
    view: np.ndarray[tuple[int], np.dtype[np.intp]]
    turn: Floats
    supplement: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def values(self, lines: Floats, h: Floats) -> Floats:
        """Angles (..., A) in degrees before any supplement, from lines (..., L, 2) and chirality (..., V)."""
        u, v = lines.take(self.first, axis=-2), lines.take(self.second, axis=-2)
        angles = np.degrees(signed_angle(u, v, h.take(self.view, axis=-1)))
        if self.turn.any():
            angles += self.turn
            angles[angles > 180.0] -= 360.0
        return angles


def signed_angle(u: Floats, v: Floats, h: Floats) -> Floats:
    """h * atan2(cross, dot) in radians for 2-vectors (..., 2); NaN where a vector is missing or has no length."""
    x, y = dot(u, v), cross(u, v)
    angle: Floats = np.where((x == 0.0) & (y == 0.0), np.nan, h * np.arctan2(y, x))
    return angle + 0.0  # turns -0.0 into 0.0


@lru_cache(maxsize=16)
def angle_table(scheme: Scheme, views: tuple[str, ...]) -> AngleTable:
    """All angles of the scheme, main and extra, that need one of these views only."""
    build = construction(scheme, views)
    rows: list[tuple[str, tuple[str, str], str, float, bool]] = [
        (a.name, a.between, a.view, 0.0, False) for a in scheme.all_angles if a.view in views
    ]
    rows += [(e.name, e.between, e.view, e.turn, e.supplement) for e in scheme.extra if e.between and e.view in views]
    return AngleTable(
        names=tuple(row[0] for row in rows),
        first=np.array([build.line_index[row[1][0]] for row in rows], dtype=np.intp),
        second=np.array([build.line_index[row[1][1]] for row in rows], dtype=np.intp),
        view=np.array([views.index(row[2]) for row in rows], dtype=np.intp),
        turn=np.array([row[3] for row in rows]),
        supplement=np.array([row[4] for row in rows], dtype=bool),
    )


def with_floor(build: Construction, lines: Lines, floor: Floor, floor_line: ArrayLike | None = None) -> Floats:
    """Lines (..., L, 2) whose floor follows the policy.

    landmark: the line L11-L1. image: the image's horizontal. manual: ``floor_line``, two points (..., 2, 2) in
    any order. The last two are directed distally by the bones that are present.
    """
    if floor == "landmark":
        return lines.lines
    if floor == "image":
        direction: Floats = np.array([1.0, 0.0])
    elif floor == "manual":
        if floor_line is None:
            raise FootDeformityError("The manual floor needs a floor line of two points.")
        ends = np.asarray(floor_line, dtype=np.float64)
        if ends.ndim < 2 or ends.shape[-2:] != (2, 2):
            raise FootDeformityError(f"The floor line must have shape (..., 2, 2), not {ends.shape}.")
        direction = ends[..., 1, :] - ends[..., 0, :]
    else:
        raise FootDeformityError(f"Unknown floor {floor!r}; known: landmark, image, manual.")
    distal = lines.distal[..., build.views.index("lateral"), :]
    changed = lines.lines.copy()
    changed[..., build.line_index[_FLOOR], :] = direction * np.sign(dot(direction, distal))[..., None]
    return changed


def ap_angles(
    points: ArrayLike, chirality: ArrayLike | None = None, *, scheme: Scheme | None = None
) -> dict[str, Floats]:
    """The four AP angles in degrees, each (...), NaN = not measurable.

    points: (..., 16, 2) in square pixels or mm, x right, y down, NaN = missing; no quality check is made here.
    chirality: stored h (...), used only where fewer than two medial-lateral pairs are complete.
    """
    return _view_angles(points, "AP", chirality, scheme)


def lateral_angles(
    points: ArrayLike,
    chirality: ArrayLike | None = None,
    floor: Floor = "landmark",
    floor_line: ArrayLike | None = None,
    *,
    scheme: Scheme | None = None,
) -> dict[str, Floats]:
    """The three lateral angles in degrees, each (...), NaN = not measurable.

    points: (..., 11, 2) in square pixels or mm, x right, y down, NaN = missing; no quality check is made here.
    chirality: stored h (...), used only where fewer than two dorsal-plantar pairs are complete.
    floor: reference of the calcaneal pitch, see with_floor.
    """
    return _view_angles(points, "lateral", chirality, scheme, floor, floor_line)


def _view_angles(
    points: ArrayLike,
    view: str,
    stored: ArrayLike | None,
    scheme: Scheme | None,
    floor: Floor = "landmark",
    floor_line: ArrayLike | None = None,
) -> dict[str, Floats]:
    scheme = scheme or load_scheme()
    build = construction(scheme, (view,))
    table = angle_table(scheme, (view,))
    lines = build.build(as_points(points, len(build.ids), view))
    h = chirality_of_lines(build, lines, stored_chirality(stored, 1))
    values = table.values(with_floor(build, lines, floor, floor_line), h)
    return {angle.name: values[..., table.names.index(angle.name)] for angle in scheme.angles(view)}


def angle_in_words(name: str, degrees: float | None, decimals: int = 0, scheme: Scheme | None = None) -> str:
    """Degrees with the direction in words where the sign is easily misread, e.g. "10 degrees abducted".

    >>> angle_in_words("mt1_talar", -10.2)
    '10 degrees abducted'
    >>> angle_in_words("calcaneal_pitch", 17.96, decimals=1)
    '18.0 degrees'
    """
    if degrees is None or not np.isfinite(degrees):
        return "not measurable"
    rounded = round(degrees, decimals) + 0.0
    positive, negative = (scheme or load_scheme()).angle(name).in_words
    word = positive if rounded > 0 else negative
    if not word or rounded == 0:
        return f"{rounded:.{decimals}f} degrees"
    return f"{abs(rounded):.{decimals}f} degrees {word}"


def measured_names(scheme: Scheme, floor: Floor) -> Mapping[str, frozenset[str]]:
    """Landmarks that each measurement names under a floor policy: only the landmark floor names L1."""
    if floor == "landmark" or _FLOOR not in scheme.line_ids:
        return scheme.measurement_ids
    return _names_without_floor(scheme)


@lru_cache(maxsize=4)
def _names_without_floor(scheme: Scheme) -> Mapping[str, frozenset[str]]:
    named = dict(scheme.measurement_ids)
    for measure in scheme.all_angles + scheme.extra:
        if measure.between and _FLOOR in measure.between:
            others = (line for line in measure.between if line != _FLOOR)
            named[measure.name] = frozenset(i for line in others for i in scheme.line_ids[line])
    return named
