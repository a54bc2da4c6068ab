"""Further measurements from the same 27 landmarks (clinical specification, section 6).

Their definitions are in the scheme. Some are signed angles and lie in the angle table; this file holds the distances
(as ratios, so that no scale is needed) and the sums of angles, and offers all of them as one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.measure.angles import AngleTable, angle_table
from FootDeformityLib.measure.chirality import chirality_of_lines
from FootDeformityLib.measure.lines import Bools, Floats, Lines, as_points, construction, cross, dot
from FootDeformityLib.measure.scheme import Scheme, load_scheme


@dataclass(frozen=True)
class MeasurementTable:
    """Names of all measurements of some views, main angles first, and how the others follow from lines and angles."""

    names: tuple[str, ...]
    angles: AngleTable
    at_angles: NDArray[np.intp]
    at_ratios: NDArray[np.intp]
    at_sums: NDArray[np.intp]
    summands: NDArray[np.intp]
    arm: NDArray[np.intp]
    base: NDArray[np.intp]
    unit: NDArray[np.intp]
    ratio_view: NDArray[np.intp]
    along: Bools
    factor: Floats
    limits: Floats

    def values(self, lines: Lines, h: Floats, angles: Floats) -> Floats:
        """All measurements (..., M) from lines, chirality (..., V) and angles (..., A) before any supplement."""
        values: Floats = np.empty((*angles.shape[:-1], len(self.names)))
        values[..., self.at_angles] = np.where(self.angles.supplement, 180.0 - angles, angles)
        values[..., self.at_ratios] = self._ratios(lines.lines, h)
        values[..., self.at_sums] = values.take(self.summands, axis=-1).sum(axis=-1)
        return values

    def _ratios(self, lines: Floats, h: Floats) -> Floats:
        """Share of an arm along a base line, or across it (lateral or dorsal positive) in lengths of a unit line."""
        base, arm, unit = (lines.take(index, axis=-2) for index in (self.base, self.arm, self.unit))
        side = h.take(self.ratio_view, axis=-1)
        # side * side is 1, but NaN where the side is unknown: then the whole view is not measurable
        length = np.where(self.along, side * side * dot(arm, base), side * cross(base, arm))
        scale = np.sqrt(dot(base, base) * dot(unit, unit))
        share = self.factor * length / np.where(scale == 0.0, np.nan, scale)
        limited: Floats = np.minimum(np.maximum(share, self.limits[0]), self.limits[1])
        return limited


@lru_cache(maxsize=16)
def measurement_table(scheme: Scheme, views: tuple[str, ...]) -> MeasurementTable:
    """Everything that the scheme measures in some views, made once."""
    build = construction(scheme, views)
    seen = set(views) | ({"both"} if set(scheme.views) <= set(views) else set())
    extra = [e for e in scheme.extra if e.view in seen]
    names = tuple(a.name for a in scheme.all_angles if a.view in seen) + tuple(e.name for e in extra)
    ratios = [(e.name, e.view, e.ratio) for e in extra if e.ratio]
    sums = [(e.name, e.sum) for e in extra if e.sum]
    line = build.line_index
    table = angle_table(scheme, views)

    def positions(found: list[int]) -> NDArray[np.intp]:
        return np.array(found, dtype=np.intp)

    return MeasurementTable(
        names=names,
        angles=table,
        at_angles=positions([names.index(name) for name in table.names]),
        at_ratios=positions([names.index(name) for name, _, _ in ratios]),
        at_sums=positions([names.index(name) for name, _ in sums]),
        summands=positions([names.index(part) for _, parts in sums for part in parts]).reshape(len(sums), 2),
        arm=positions([line[r.arm] for _, _, r in ratios]),
        base=positions([line[r.base] for _, _, r in ratios]),
        unit=positions([line[r.unit] for _, _, r in ratios]),
        ratio_view=positions([views.index(view) for _, view, _ in ratios]),
        along=np.array([r.along for _, _, r in ratios], dtype=bool),
        factor=np.array([r.factor for _, _, r in ratios], dtype=np.float64),
        limits=np.array([r.limits for _, _, r in ratios], dtype=np.float64).reshape(len(ratios), 2).T,
    )


def extra_measurements(
    ap_points: ArrayLike | None, lateral_points: ArrayLike | None, *, scheme: Scheme | None = None
) -> dict[str, Floats]:
    """All further measurements (...), NaN = not measurable; units are in the scheme. No quality check is made here.

    ap_points (..., 16, 2), lateral_points (..., 11, 2): square pixels or mm, x right, y down, NaN = missing; a
    view that is None has no points. Heights and declinations use the landmark floor.
    """
    scheme = scheme or load_scheme()
    build = construction(scheme, scheme.views)
    table = measurement_table(scheme, scheme.views)
    lines = build.build(stack_views(scheme, ap_points, lateral_points))
    h = chirality_of_lines(build, lines)
    values = table.values(lines, h, table.angles.values(lines.lines, h))
    return {extra.name: values[..., table.names.index(extra.name)] for extra in scheme.extra}


def stack_views(scheme: Scheme, ap_points: ArrayLike | None, lateral_points: ArrayLike | None) -> Floats:
    """Both views' points in one array (..., 27, 2); a view that is None becomes NaN. Shapes broadcast."""
    count_ap, count_lateral = len(scheme.ids("AP")), len(scheme.ids("lateral"))
    ap = None if ap_points is None else as_points(ap_points, count_ap, "AP")
    lateral = None if lateral_points is None else as_points(lateral_points, count_lateral, "lateral")
    lead = np.broadcast_shapes(*(a.shape[:-2] for a in (ap, lateral) if a is not None))
    points: Floats = np.full((*lead, count_ap + count_lateral, 2), np.nan)
    if ap is not None:
        points[..., :count_ap, :] = ap
    if lateral is not None:
        points[..., count_ap:, :] = lateral
    return points
