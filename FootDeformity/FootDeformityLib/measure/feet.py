"""Many feet at once, for evaluation: the same path as one foot, in arrays instead of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.measure.angles import ANGLES, Floor
from FootDeformityLib.measure.checked import measure_checked
from FootDeformityLib.measure.criteria import Criteria, load_criteria
from FootDeformityLib.measure.decision import Decisions, age_array, decision_rules, not_weight_bearing
from FootDeformityLib.measure.extra import stack_views
from FootDeformityLib.measure.lines import Bools, Floats
from FootDeformityLib.measure.scheme import Scheme, load_scheme


@dataclass(frozen=True)
class FeetMeasurements:
    """Arrays of shape (...): angles and extra by name, NaN = not measurable; see Decisions for the deformities.

    chirality (..., V) in the scheme's order of views. rejected (...): some quality check made a measurement not
    measurable.
    """

    angles: Mapping[str, Floats]
    extra: Mapping[str, Floats]
    decisions: Decisions
    chirality: Floats
    rejected: Bools


def measure_feet(
    ap_points: ArrayLike | None,
    lateral_points: ArrayLike | None,
    *,
    age_years: ArrayLike | None = None,
    weight_bearing: ArrayLike = "unknown",
    criteria: Criteria | str = "literature",
    floor: Floor = "landmark",
    floor_line: ArrayLike | None = None,
    chirality: ArrayLike | None = None,
    scheme: Scheme | None = None,
) -> FeetMeasurements:
    """Measure feet from ap_points (..., 16, 2) and lateral_points (..., 11, 2), square pixels or mm, NaN = missing.

    age_years (...): NaN or None = unknown. weight_bearing (...): yes, no or unknown. floor_line (..., 2, 2) for the
    manual floor. chirality (..., V): stored h, used only with fewer than two complete pairs. Quality checks reject
    as for one foot. Raises FootDeformityError for wrong shapes, ages or words.

    >>> import numpy as np
    >>> feet = measure_feet(np.full((5, 16, 2), np.nan), None, age_years=40, weight_bearing="yes")
    >>> feet.decisions.states("hallux_valgus")[0].item()
    'not_measurable'
    """
    scheme = scheme or load_scheme()
    profile = load_criteria(criteria) if isinstance(criteria, str) else criteria
    points = stack_views(scheme, ap_points, lateral_points)
    checked = measure_checked(scheme, points, chirality, floor, floor_line)
    names = checked.checks.measures
    columns = {name: checked.values[..., k] for k, name in enumerate(names)}
    decisions = decision_rules(profile).decide(
        checked.values[..., : len(ANGLES)], age_array(age_years), not_weight_bearing(weight_bearing)
    )
    return FeetMeasurements(
        angles={name: columns[name] for name in ANGLES},
        extra={entry.name: columns[entry.name] for entry in scheme.extra},
        decisions=decisions,
        chirality=checked.chirality,
        rejected=np.asarray(checked.flags.any(axis=-1)),
    )
