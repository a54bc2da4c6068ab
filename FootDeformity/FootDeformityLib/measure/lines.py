"""The lines of a scheme, built on landmarks with missing points, for one foot or for many at once.

All lines are sums of landmarks, so they are one matrix product. A missing point enters as zero and is counted:
a line counts only when all its landmarks are there, which is what makes a deleted point remove exactly the
measurements that name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def cross(u: Floats, v: Floats) -> Floats:
    """z component of the cross product of 2-vectors (..., 2)."""
    result: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return result


def dot(u: Floats, v: Floats) -> Floats:
    """Dot product of 2-vectors (..., 2)."""
    result: Floats = u[..., 0] * v[..., 0] + u[..., 1] * v[..., 1]
    return result


def as_points(points: ArrayLike, count: int, view: str) -> Floats:
    """Return points as float64 (..., count, 2). Raises FootDeformityError for another shape."""
    array = np.asarray(points, dtype=np.float64)
    if array.ndim < 2 or array.shape[-2:] != (count, 2):
        raise FootDeformityError(f"{view} points must have shape (..., {count}, 2), not {array.shape}.")
    return array


@dataclass(frozen=True)
class Lines:
    """Lines built on points (..., K, 2); all vectors are in the unit and frame of the points.

    present (..., K); points (..., K, 2) with 0 for missing; lines (..., L, 2) NaN where incomplete; pairs (..., P, 2)
    and edges (..., E, 2) with 0 where incomplete; pair_complete (..., P); group_count and group_centre (..., G[, 2])
    for bones and witness references; distal (..., V, 2) from the most proximal to the most distal bone present,
    0 where fewer than two are; pattern (..., V) which bones are present, as bits.
    """

    present: Bools
    points: Floats
    lines: Floats
    pairs: Floats
    pair_complete: Bools
    edges: Floats
    group_count: Floats
    group_centre: Floats
    distal: Floats
    pattern: NDArray[np.intp]


class Construction:
    """Matrices that build all lines of some views of a scheme from their landmarks, stacked view after view."""

    def __init__(self, scheme: Scheme, views: Sequence[str]) -> None:
        self.scheme = scheme
        self.views = tuple(views)
        self.ids = tuple(i for view in self.views for i in scheme.ids(view))
        self.position = {landmark_id: k for k, landmark_id in enumerate(self.ids)}
        self.first_of_view = np.cumsum([0, *(len(scheme.ids(view)) for view in self.views)])[:-1]

        axes = [axis for axis in scheme.all_axes if axis.view in self.views]
        offsets = [line for line in scheme.offsets if line.view in self.views]
        self.axes = axes
        self.line_index = {line.name: k for k, line in enumerate(axes + offsets)}
        pairs = [(v, first, second) for v, view in enumerate(self.views) for first, second in scheme.pairs(view)]
        self.pairs = tuple(
            (scheme.ids(self.views[v])[first], scheme.ids(self.views[v])[second]) for v, first, second in pairs
        )
        self.pair_view = np.array([v for v, _, _ in pairs], dtype=np.intp)
        self.witnesses = [w for w in scheme.quality.side_witnesses if w.view in self.views] if scheme.quality else []
        bones = [(view, bone) for view in self.views for bone in scheme.bones[view]]
        edges = self._edges()

        rows = [self._difference(line.start, line.end) for line in axes + offsets]
        rows += [self._difference((first,), (second,)) for first, second in self.pairs]
        rows += [self._difference((proximal,), (distal,)) for _, proximal, distal in edges]
        rows += [self._sum([m.id for m in scheme.landmarks(view) if m.bone == bone]) for view, bone in bones]
        rows += [self._sum(witness.reference) for witness in self.witnesses]
        self.weights: Floats = np.array(rows).reshape(len(rows), len(self.ids))
        used = (self.weights != 0).astype(np.float64)
        self.used_by: Floats = np.ascontiguousarray(used.T)
        self.needed: Floats = used.sum(axis=1)

        lengths = [len(axes) + len(offsets), len(self.pairs), len(edges), len(bones) + len(self.witnesses)]
        stops = np.cumsum([0, *lengths]).tolist()
        self.line_rows, self.pair_rows, self.edge_rows, self.group_rows = (
            slice(start, stop) for start, stop in pairwise(stops)
        )
        self.bone_count = len(bones)
        # each pair is judged against the edges of its own bone
        bone_of = {mark.id: (mark.view, mark.bone) for view in self.views for mark in scheme.landmarks(view)}
        self.edges_of_pair: Floats = np.array(
            [[float(bone_of[first] == bone) for bone, _, _ in edges] for first, _ in self.pairs]
        ).reshape(len(self.pairs), len(edges))
        self.pair_to_view: Floats = (self.pair_view[:, None] == np.arange(len(self.views))).astype(np.float64)
        self._distal_tables(bones)

    def build(self, points: Floats) -> Lines:
        """Build all lines from points (..., K, 2), NaN or infinite = missing."""
        present: Bools = np.isfinite(points[..., 0]) & np.isfinite(points[..., 1])
        filled: Floats = np.where(present[..., None], points, 0.0)
        sums = self.weights @ filled
        counts = present.astype(np.float64) @ self.used_by
        complete = counts == self.needed
        lines = np.where(complete[..., self.line_rows, None], sums[..., self.line_rows, :], np.nan)
        later = complete[..., self.pair_rows.start : self.edge_rows.stop, None]
        short = sums[..., self.pair_rows.start : self.edge_rows.stop, :] * later
        n_pairs = len(self.pairs)
        group_count = counts[..., self.group_rows]
        centre = sums[..., self.group_rows, :] / np.maximum(group_count, 1.0)[..., None]
        seen = (group_count[..., : self.bone_count] > 0).astype(np.float64)
        pattern: NDArray[np.intp] = (seen @ self._bit_values).astype(np.intp)
        select = self._distal_select[self._view_numbers, pattern]
        return Lines(
            present=present,
            points=filled,
            lines=lines,
            pairs=short[..., :n_pairs, :],
            pair_complete=complete[..., self.pair_rows],
            edges=short[..., n_pairs:, :],
            group_count=group_count,
            group_centre=centre,
            distal=select @ centre[..., : self.bone_count, :],
            pattern=pattern,
        )

    def has_direction(self, lines: Lines) -> Bools:
        """(..., V): at least two bones of the view are present."""
        result: Bools = self._two_bones[self._view_numbers, lines.pattern]
        return result

    def reaches_beyond(self, lines: Lines) -> Bools:
        """(..., W): a bone distal to the witness's reference bone is present, so that "distal" runs along the foot."""
        result: Bools = self._beyond[np.arange(len(self.witnesses)), lines.pattern[..., self._witness_view]]
        return result

    def _edges(self) -> list[tuple[tuple[str, str], str, str]]:
        """Medial, lateral, dorsal, plantar outline of each bone with pairs: ((view, bone), proximal id, distal id)."""
        found: dict[tuple[str, str, str], dict[str, str]] = {}
        for view in self.views:
            for mark in self.scheme.landmarks(view):
                if mark.partner is not None:
                    found.setdefault((view, mark.bone, mark.role), {})[mark.level] = mark.id
        return [
            ((view, bone), ends["proximal"], ends["distal"])
            for (view, bone, _), ends in found.items()
            if ends.keys() >= {"proximal", "distal"}
        ]

    def _sum(self, ids: Sequence[str]) -> Floats:
        row = np.zeros(len(self.ids))
        row[[self.position[i] for i in ids]] = 1.0
        return row

    def _difference(self, start: Sequence[str], end: Sequence[str]) -> Floats:
        return self._sum(end) / len(end) - self._sum(start) / len(start)

    def _distal_tables(self, bones: Sequence[tuple[str, str]]) -> None:
        """For every set of present bones of a view: which two span the distal direction (bones run distal first)."""
        most = max((len(self.scheme.bones[view]) for view in self.views), default=0)
        shape = (len(self.views), 2**most)
        self._view_numbers = np.arange(len(self.views))
        self._bit_values: Floats = np.zeros((len(bones), len(self.views)))
        self._distal_select: Floats = np.zeros((*shape, len(bones)))
        self._two_bones: Bools = np.zeros(shape, dtype=bool)
        self._witness_view = np.array([self.views.index(w.view) for w in self.witnesses], dtype=np.intp)
        self._beyond: Bools = np.zeros((len(self.witnesses), 2**most), dtype=bool)
        for v, view in enumerate(self.views):
            columns = [k for k, (of_view, _) in enumerate(bones) if of_view == view]
            for bit, column in enumerate(columns):
                self._bit_values[column, v] = 2.0**bit
            for pattern in range(2 ** len(columns)):
                there = [bit for bit in range(len(columns)) if pattern >> bit & 1]
                if len(there) >= 2:
                    self._two_bones[v, pattern] = True
                    self._distal_select[v, pattern, columns[there[0]]] = 1.0
                    self._distal_select[v, pattern, columns[there[-1]]] = -1.0
                for w, witness in enumerate(self.witnesses):
                    if witness.view == view:
                        own = self.scheme.bones[view].index(witness.bone)
                        self._beyond[w, pattern] = any(bit < own for bit in there)


@lru_cache(maxsize=16)
def construction(scheme: Scheme, views: tuple[str, ...]) -> Construction:
    """The compiled lines of some views of a scheme, made once."""
    return Construction(scheme, views)


def stored_chirality(value: ArrayLike | None, views: int) -> Floats | None:
    """Stored chirality as float64 (..., V); anything but +1 and -1 becomes NaN (unknown)."""
    if value is None:
        return None
    array: NDArray[Any] = np.asarray(value, dtype=np.float64)
    if views == 1:
        array = array[..., None]
    result: Floats = np.where(np.abs(array) == 1.0, array, np.nan)
    return result
