"""Plausibility checks of landmarks (clinical specification, section 3) and what each of them rejects.

A rejected measurement is not measurable, and the flag says why. The thresholds are in the scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import AngleTable, Floor, angle_table, measured_names, with_floor
from FootDeformityLib.measure.chirality import chirality_of_lines, too_few_pairs
from FootDeformityLib.measure.definitions import QualityRules
from FootDeformityLib.measure.extra import measurement_table
from FootDeformityLib.measure.lines import (
    Bools,
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

_SIDES = {"medial": "medial and lateral", "plantar": "plantar and dorsal"}
_OTHER = {"lateral": "medial", "plantar": "dorsal"}


@dataclass(frozen=True)
class QualityFlag:
    """One finding about the landmarks of a view; ``blocks`` are the measurements that it makes not measurable."""

    code: str
    message: str
    view: str
    landmarks: tuple[str, ...] = ()
    blocks: frozenset[str] = frozenset()


class QualityChecks:
    """All checks of some views as one row of flags (..., F), and which measurement (F, M) each flag blocks."""

    def __init__(self, scheme: Scheme, views: tuple[str, ...]) -> None:
        if scheme.quality is None:
            raise FootDeformityError(f"Scheme {scheme.name} has no quality rules.")
        self.rules: QualityRules = scheme.quality
        self.scheme = scheme
        self.build: Construction = construction(scheme, views)
        self.table: AngleTable = angle_table(scheme, views)
        build = self.build
        self.measures = measurement_table(scheme, views).names
        self._chords = [(pair, chord) for pair, chord in self.rules.parallel_chords if chord in build.line_index]
        self._chord_pair = np.array([build.pairs.index(pair) for pair, _ in self._chords], dtype=np.intp)
        self._chord_line = np.array([build.line_index[chord] for _, chord in self._chords], dtype=np.intp)
        self._axis_view = np.array([build.views.index(axis.view) for axis in build.axes], dtype=np.intp)
        self._main = sum(angle.view in views for angle in scheme.all_angles)  # only these are refused beyond 90
        witnesses = build.witnesses
        self._witness_point = np.array([build.position[w.point] for w in witnesses], dtype=np.intp)
        self._witness_view = np.array([build.views.index(w.view) for w in witnesses], dtype=np.intp)
        self._witness_sign: Floats = np.array([-1.0 if w.side == "plantar" else 1.0 for w in witnesses])
        counts = (len(build.axes), len(build.pairs), len(self._chords), len(witnesses), self._main)
        self._stops = np.cumsum(counts).tolist()
        self.blocks: Floats = np.array([[float(b) for b in row] for row in self._blocking()])
        self._blocks_without_floor = self.blocks.copy()
        if "floor" in build.line_index:  # a short floor line does not matter to angles against another floor
            replaced = ["floor" in (self._between(name) or ()) for name in self.measures]
            self._blocks_without_floor[build.line_index["floor"], replaced] = 0.0

    def flags(self, lines: Lines, h: Floats, angles: Floats) -> Bools:
        """(..., F) from built lines, chirality (..., V) and angles (..., A) before any supplement."""
        build, rules = self.build, self.rules
        axes = lines.lines[..., : len(build.axes), :]
        length = np.sqrt(dot(axes, axes))
        there = lines.present[..., None]
        low = np.minimum.reduceat(np.where(there, lines.points, np.inf), build.first_of_view, axis=-2)
        high = np.maximum.reduceat(np.where(there, lines.points, -np.inf), build.first_of_view, axis=-2)
        size = high - low
        shortest = rules.shortest_axis * np.sqrt(dot(size, size))
        short = (length < shortest.take(self._axis_view, axis=-1)) | (length == 0.0)

        own_axis = build.edges_of_pair @ lines.edges
        turn = h.take(build.pair_view, axis=-1) * cross(own_axis, lines.pairs)
        tested = lines.pair_complete & (dot(own_axis, own_axis) > 0.0)
        swapped = tested & (turn <= 0.0)

        chord_pairs = lines.pairs.take(self._chord_pair, axis=-2)
        along = dot(chord_pairs, lines.lines.take(self._chord_line, axis=-2))
        opposed = (along <= 0.0) & lines.pair_complete.take(self._chord_pair, axis=-1)

        arm = lines.points.take(self._witness_point, axis=-2) - lines.group_centre[..., build.bone_count :, :]
        side = self._witness_sign * h.take(self._witness_view, axis=-1)
        side = side * cross(lines.distal.take(self._witness_view, axis=-2), arm)
        wrong = (side <= 0.0) & self.witness_tested(lines)
        return np.concatenate(
            [short, swapped, opposed, wrong, np.abs(angles[..., : self._main]) > rules.largest_angle], axis=-1
        )

    def witness_tested(self, lines: Lines) -> Bools:
        """(..., W): the witness, its reference and a bone distal to it are there, so that its side can be told."""
        result: Bools = (
            lines.present.take(self._witness_point, axis=-1)
            & (lines.group_count[..., self.build.bone_count :] > 0)
            & self.build.reaches_beyond(lines)
        )
        return result

    def blocking(self, floor: Floor) -> Floats:
        """(F, M): 1 where a flag makes a measurement not measurable under a floor policy."""
        return self.blocks if floor == "landmark" else self._blocks_without_floor

    def explain(
        self, flags: Bools, lines: Lines, h: Floats, angles: Floats, floor: Floor = "landmark"
    ) -> list[QualityFlag]:
        """Words for the raised flags of one foot: flags (F), h (V), angles (A)."""
        found = []
        blocks = self.blocking(floor)
        for k in np.flatnonzero(flags).tolist():
            blocked = frozenset(m for m, hit in zip(self.measures, blocks[k], strict=True) if hit)
            part = int(np.searchsorted(self._stops, k, side="right"))
            item = k - (self._stops[part - 1] if part else 0)
            words = (self._short, self._swapped, self._opposed, self._wrong_side, self._too_large)[part]
            found.append(words(item, blocked, lines, angles))
        return found + self._undecided(lines, h)

    def _short(self, k: int, blocked: frozenset[str], lines: Lines, angles: Floats) -> QualityFlag:
        axis = self.build.axes[k]
        message = (
            f"The {axis.label} ({', '.join(axis.ids)}) is shorter than {100 * self.rules.shortest_axis:g} % of "
            f"the extent of the {axis.view} landmarks: it has no reliable direction."
        )
        return QualityFlag("axis_too_short", message, axis.view, axis.ids, blocked)

    def _swapped(self, k: int, blocked: frozenset[str], lines: Lines, angles: Floats) -> QualityFlag:
        first, second = self.build.pairs[k]
        view = self.build.views[int(self.build.pair_view[k])]
        mark = self.scheme.landmarks(view)[self.scheme.index(view, first)]
        message = (
            f"{first} and {second} do not lie on their sides of the {mark.bone}: "
            f"{_SIDES[mark.role]} look swapped ({first} must be {mark.role})."
        )
        return QualityFlag("pair_swapped", message, view, (first, second), blocked)

    def _opposed(self, k: int, blocked: frozenset[str], lines: Lines, angles: Floats) -> QualityFlag:
        pair, chord = self._chords[k]
        view = self.build.views[int(self.build.pair_view[int(self._chord_pair[k])])]
        other = self.scheme.line_ids[chord]
        message = (
            f"{pair[0]}-{pair[1]} runs against {other[0]}-{other[1]}, though both must run from medial to lateral: "
            "one of the two pairs looks swapped."
        )
        return QualityFlag("pair_swapped", message, view, (*pair, *other), blocked)

    def _wrong_side(self, k: int, blocked: frozenset[str], lines: Lines, angles: Floats) -> QualityFlag:
        witness = self.build.witnesses[k]
        other = _OTHER[witness.side]
        message = (
            f"{witness.point} lies {other} of the {witness.bone} but must lie {witness.side}: either it is misplaced, "
            f"or {other} and {witness.side} are swapped in the whole {witness.view} set."
        )
        return QualityFlag("wrong_side", message, witness.view, (witness.point, *witness.reference), blocked)

    def _too_large(self, k: int, blocked: frozenset[str], lines: Lines, angles: Floats) -> QualityFlag:
        name = self.table.names[k]
        definition = self.scheme.angle(name)
        named = {i for line in definition.between for i in self.scheme.line_ids[line]}
        ids = tuple(i for i in self.scheme.ids(definition.view) if i in named)
        message = (
            f"{definition.label[:1].upper()}{definition.label[1:]} would be {angles[k]:.0f} degrees; more than "
            f"{self.rules.largest_angle:g} degrees either way is refused. Check {', '.join(ids)}."
        )
        return QualityFlag("angle_too_large", message, definition.view, ids, blocked)

    def _between(self, name: str) -> tuple[str, str] | None:
        """The two lines between which a measurement lies, None where it is no angle."""
        return next(m.between for m in self.scheme.all_angles + self.scheme.extra if m.name == name)

    def _undecided(self, lines: Lines, h: Floats) -> list[QualityFlag]:
        """Views whose side cannot be told, and views in which a set of swapped sides would not be noticed."""
        found: list[QualityFlag] = []
        tested = self.witness_tested(lines)
        if tested.all() and not np.isnan(h).any():
            return found
        few = too_few_pairs(self.build, lines)
        for v, view in enumerate(self.build.views):
            start = int(self.build.first_of_view[v])
            ids = self.scheme.ids(view)
            if not lines.present[start : start + len(ids)].any():
                continue
            pairs = self.scheme.pairs(view)
            sides = _SIDES[self.scheme.landmarks(view)[pairs[0][0]].role]
            if np.isnan(h[v]):
                reason = "fewer than two pairs are complete" if few[v] else "the pairs contradict each other"
                code = "sides_unknown" if few[v] else "sides_contradict"
                message = f"{sides.capitalize()} cannot be told apart in the {view} view: {reason}."
                blocked = self._named_in(view)
                found.append(QualityFlag(code, message, view, (), blocked))
            elif not tested[self._witness_view == v].any():
                points = [w.point for w in self.build.witnesses if w.view == view]
                message = (
                    f"Without {' or '.join(points)} and the bones around it, it cannot be checked whether {sides} are "
                    f"swapped in the whole {view} set."
                )
                found.append(QualityFlag("sides_unverified", message, view, tuple(points)))
        return found

    def _named_in(self, view: str) -> frozenset[str]:
        inside = set(self.scheme.ids(view))
        return frozenset(m for m in self.measures if self.scheme.measurement_ids[m] & inside)

    def _blocking(self) -> list[list[bool]]:
        scheme, build = self.scheme, self.build
        lines_of = scheme.measurement_lines
        ids_of = scheme.measurement_ids
        rows = [[axis.name in lines_of[m] for m in self.measures] for axis in build.axes]
        rows += [[bool(ids_of[m] & set(pair)) for m in self.measures] for pair in build.pairs]
        rows += [[bool(ids_of[m] & set(pair)) for m in self.measures] for pair, _ in self._chords]
        # a witness on the wrong side puts the whole set in doubt
        rows += [[m in self._named_in(w.view) for m in self.measures] for w in build.witnesses]
        rows += [[m == name for m in self.measures] for name in self.table.names[: self._main]]
        return rows


@lru_cache(maxsize=16)
def quality_checks(scheme: Scheme, views: tuple[str, ...]) -> QualityChecks:
    """The compiled checks of some views of a scheme, made once."""
    return QualityChecks(scheme, views)


def floor_flag(build: Construction, table: AngleTable, lines: Lines, h: Floats) -> QualityFlag | None:
    """Compare one foot's pitch on the landmark floor with that on the image horizontal (a trusted orientation)."""
    rules = build.scheme.quality
    if rules is None:
        return None
    k = table.names.index("calcaneal_pitch")
    landmark = float(table.values(lines.lines, h)[k])
    image = float(table.values(with_floor(build, lines, "image"), h)[k])
    difference = abs(landmark - image)
    if not difference > rules.largest_floor_difference:  # also when one is not measurable
        return None
    message = (
        f"Calcaneal pitch is {landmark:.1f} degrees against the floor line L11-L1 but {image:.1f} degrees against the "
        f"image's horizontal: more than {rules.largest_floor_difference:g} degrees apart. Check L1 and L11, and "
        "whether the image is upright."
    )
    return QualityFlag("floor_tilted", message, "lateral", ("L1", "L11"))


def check_quality(
    points: ArrayLike,
    view: str,
    *,
    chirality: ArrayLike | None = None,
    orientation_trusted: bool = False,
    scheme: Scheme | None = None,
) -> list[QualityFlag]:
    """All flags of one view of one foot: points (K, 2) in square pixels or mm, NaN = missing.

    chirality: stored h, used only with fewer than two complete pairs. orientation_trusted: the image is known to be
    upright, so that a lateral floor line which differs from the horizontal is worth a flag.
    """
    scheme = scheme or load_scheme()
    checks = quality_checks(scheme, (view,))
    build, table = checks.build, checks.table
    lines = build.build(as_points(points, len(build.ids), view))
    h = chirality_of_lines(build, lines, stored_chirality(chirality, 1))
    angles = table.values(lines.lines, h)
    found = checks.explain(checks.flags(lines, h, angles), lines, h, angles)
    if orientation_trusted and view == "lateral" and (tilted := floor_flag(build, table, lines, h)):
        found.append(tilted)
    return found


def missing_landmarks(name: str, present: frozenset[str], scheme: Scheme, floor: Floor) -> Sequence[str]:
    """Landmarks that a measurement names and that are not there, in the scheme's order."""
    named = measured_names(scheme, floor)[name]
    return [mark.id for mark in scheme.all_landmarks if mark.id in named and mark.id not in present]
