"""From the points of both views to measurements that have passed the quality checks, for one foot or many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.measure.angles import Floor, with_floor
from FootDeformityLib.measure.chirality import chirality_of_lines
from FootDeformityLib.measure.extra import measurement_table
from FootDeformityLib.measure.lines import Bools, Floats, Lines, stored_chirality
from FootDeformityLib.measure.quality import QualityChecks, quality_checks
from FootDeformityLib.measure.scheme import Scheme


@dataclass(frozen=True)
class Checked:
    """Measurements (..., M) named by ``checks.measures``, NaN = not measurable, and what led to them.

    angles (..., A) are raw: before rejection and supplement. chirality is (..., V), flags (..., F).
    """

    checks: QualityChecks
    lines: Lines
    chirality: Floats
    angles: Floats
    flags: Bools
    values: Floats


def measure_checked(
    scheme: Scheme,
    points: Floats,
    stored: ArrayLike | None = None,
    floor: Floor = "landmark",
    floor_line: ArrayLike | None = None,
) -> Checked:
    """Measure points (..., 27, 2) of both views, square pixels or mm. stored: chirality (..., V) of the case."""
    checks = quality_checks(scheme, scheme.views)
    build, table = checks.build, measurement_table(scheme, scheme.views)
    lines = build.build(points)
    h = chirality_of_lines(build, lines, stored_chirality(stored, len(build.views)))
    angles = table.angles.values(with_floor(build, lines, floor, floor_line), h)
    flags = checks.flags(lines, h, angles)
    accepted = angles
    blocked = None
    if flags.any():
        blocked = flags.astype(np.float64) @ checks.blocking(floor) > 0.0
        accepted = np.where(blocked.take(table.at_angles, axis=-1), np.nan, angles)
    values = table.values(lines, h, accepted)
    if blocked is not None:
        values[blocked] = np.nan
    return Checked(checks, lines, h, angles, flags, values)
