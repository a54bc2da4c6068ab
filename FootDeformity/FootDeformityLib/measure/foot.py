"""One foot, from its points to angles, further measurements, deformities and warnings: the call that hosts make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES, Floor, angle_in_words
from FootDeformityLib.measure.checked import Checked, measure_checked
from FootDeformityLib.measure.criteria import Criteria, load_criteria
from FootDeformityLib.measure.decision import WEIGHT_BEARING, age_array, decision_rules
from FootDeformityLib.measure.diagnosis import Finding, WeightBearing, findings_of_foot
from FootDeformityLib.measure.extra import stack_views
from FootDeformityLib.measure.lines import Floats, as_points
from FootDeformityLib.measure.quality import QualityFlag, floor_flag, missing_landmarks
from FootDeformityLib.measure.scheme import Scheme, load_scheme


class Measurement(NamedTuple):
    """A value in its unit, None with a reason in words where it is not measurable; landmarks are those it names."""

    name: str
    label: str
    view: str
    unit: str
    value: float | None
    reason: str
    landmarks: frozenset[str]

    @property
    def degrees(self) -> float | None:
        """The value of an angle."""
        return self.value

    def in_words(self, decimals: int = 1) -> str:
        """The value to show, e.g. "10.2 degrees abducted"."""
        if self.value is None:
            return "not measurable"
        if self.name in ANGLES:
            return angle_in_words(self.name, self.value, decimals)
        return f"{self.value:.{decimals if self.unit in ('degrees', 'percent') else decimals + 1}f} {self.unit}"


@dataclass(frozen=True)
class FootMeasurements:
    """Everything that is measured on one foot. chirality (+1, -1, None) per view is worth storing with the case."""

    angles: Mapping[str, Measurement]
    extra: Mapping[str, Measurement]
    findings: Mapping[str, Finding]
    quality: tuple[QualityFlag, ...]
    warnings: tuple[str, ...]
    chirality: Mapping[str, int | None]
    criteria: Criteria
    floor: Floor


def measure_foot(
    ap_points: ArrayLike | None = None,
    lateral_points: ArrayLike | None = None,
    *,
    age_years: float | None = None,
    weight_bearing: WeightBearing = "unknown",
    criteria: Criteria | str = "literature",
    ap_spacing: tuple[float, float] | None = None,
    lateral_spacing: tuple[float, float] | None = None,
    ap_aspect_known: bool = True,
    lateral_aspect_known: bool = True,
    floor: Floor = "landmark",
    floor_line: ArrayLike | None = None,
    orientation_trusted: bool = False,
    chirality: Mapping[str, int | None] | None = None,
    scheme: Scheme | None = None,
) -> FootMeasurements:
    """Measure one foot from its landmarks in image pixels, x right, y down, NaN = missing.

    ap_points (16, 2), lateral_points (11, 2); None = no such view. Spacings are (x, y) = (column, row) mm per pixel,
    None for square pixels of unknown size; ``*_aspect_known=False`` says that pixels are not known to be square: angles
    on such an image are not angles and become not measurable. floor_line (2, 2): pixels, for floor="manual".
    orientation_trusted: the lateral is known to be upright, so its horizontal is compared with the floor line.
    chirality: stored h per view, used where fewer than two pairs are complete.
    Raises FootDeformityError for wrong shapes, spacings, ages or words.
    """
    scheme = scheme or load_scheme()
    profile = load_criteria(criteria) if isinstance(criteria, str) else criteria
    if weight_bearing not in WEIGHT_BEARING:
        raise FootDeformityError(f"Weight-bearing must be yes, no or unknown, not {weight_bearing!r}.")
    age = age_array(age_years)
    ap = _scaled(ap_points, len(scheme.ids("AP")), "AP", ap_spacing)
    lateral = _scaled(lateral_points, len(scheme.ids("lateral")), "lateral", lateral_spacing)
    line = None if floor_line is None else _scaled(floor_line, 2, "floor line", lateral_spacing)
    stored = None if chirality is None else [chirality.get(view) or np.nan for view in scheme.views]

    checked = measure_checked(scheme, stack_views(scheme, ap, lateral), stored, floor, line)
    lines, h = checked.lines, checked.chirality
    quality = checked.checks.explain(checked.flags, lines, h, checked.angles, floor)
    if orientation_trusted and (tilted := floor_flag(checked.checks.build, checked.checks.table, lines, h)):
        quality.append(tilted)
    values = checked.values
    for view, known in (("AP", ap_aspect_known), ("lateral", lateral_aspect_known)):
        if not known:
            quality.append(_aspect_flag(view, scheme))
            values[[m in quality[-1].blocks for m in checked.checks.measures]] = np.nan

    measures = _measurements(checked, values, quality, scheme, floor)
    angles = {name: measures[name] for name in ANGLES}
    extra = {entry.name: measures[entry.name] for entry in scheme.extra}
    numbers = values[: len(ANGLES)]
    decisions = decision_rules(profile).decide(numbers, age, np.array(weight_bearing == "no"))
    return FootMeasurements(
        angles=angles,
        extra=extra,
        findings=findings_of_foot(decisions, numbers.tolist(), weight_bearing, profile),
        quality=tuple(quality),
        warnings=_warnings(age_years, weight_bearing, profile, floor),
        chirality={view: None if x != x else int(x) for view, x in zip(scheme.views, h.tolist(), strict=True)},
        criteria=profile,
        floor=floor,
    )


def _scaled(points: ArrayLike | None, count: int, view: str, spacing: tuple[float, float] | None) -> Floats | None:
    if points is None:
        return None
    array = as_points(points, count, view)
    if array.ndim != 2:
        raise FootDeformityError(f"{view} points of one foot must have shape ({count}, 2), not {array.shape}.")
    if spacing is None:
        return array
    if not (0.0 < spacing[0] < np.inf and 0.0 < spacing[1] < np.inf):
        raise FootDeformityError(f"The {view} spacing must be two positive numbers, not {spacing}.")
    scaled: Floats = array * np.asarray(spacing)
    return scaled


def _aspect_flag(view: str, scheme: Scheme) -> QualityFlag:
    inside = set(scheme.ids(view))
    blocks = frozenset(m for m, ids in scheme.measurement_ids.items() if ids & inside)
    message = f"The aspect ratio of the {view} image is unknown: angles measured on it are not true angles."
    return QualityFlag("aspect_unknown", message, view, (), blocks)


def _measurements(
    checked: Checked, values: Floats, quality: list[QualityFlag], scheme: Scheme, floor: Floor
) -> dict[str, Measurement]:
    ids = scheme.measurement_ids
    found = {}
    definitions = scheme.measurement_words
    present: frozenset[str] | None = None
    for name, value in zip(checked.checks.measures, values.tolist(), strict=True):
        label, view, unit = definitions[name]
        if value == value:
            found[name] = Measurement(name, label, view, unit, value, "", ids[name])
        else:
            if present is None:
                present = frozenset(np.array(checked.checks.build.ids)[checked.lines.present].tolist())
            reason = _reason(name, view, present, quality, scheme, floor)
            found[name] = Measurement(name, label, view, unit, None, reason, ids[name])
    return found


def _reason(
    name: str, view: str, present: frozenset[str], quality: list[QualityFlag], scheme: Scheme, floor: Floor
) -> str:
    """Why a measurement is not measurable: missing points first, then what the quality checks rejected."""
    for needed in scheme.views if view == "both" else (view,):
        if not present & set(scheme.ids(needed)):
            return f"There are no landmarks of the {needed} view."
    if missing := missing_landmarks(name, present, scheme, floor):
        return f"{', '.join(missing)} missing."
    if rejected := [flag.message for flag in quality if name in flag.blocks]:
        return " ".join(rejected)
    return "The floor has no direction." if floor != "landmark" else "The lines have no direction."


def _warnings(age_years: float | None, weight_bearing: str, criteria: Criteria, floor: Floor) -> tuple[str, ...]:
    found = []
    if weight_bearing == "unknown":
        found.append(
            "Weight-bearing is unknown: every criterion assumes a weight-bearing radiograph. Confirm it before "
            "you use a diagnosis."
        )
    elif weight_bearing == "no":
        found.append("Not weight-bearing: angles are shown, but no deformity is judged.")
    if age_years is None or age_years != age_years:
        found.append("The age is unknown: a deformity is judged only where the rules for adults and children agree.")
    elif age_years < criteria.youngest_years:
        found.append(f"Under {criteria.youngest_years:g} years: angles are shown, but no deformity is judged.")
    if criteria.caveat:
        found.append(f"Criteria {criteria.name}: {criteria.caveat}")
    if floor != "landmark":
        found.append(
            f"Calcaneal pitch is measured against the {'image horizontal' if floor == 'image' else 'drawn floor'}, not "
            "against L11-L1: never mix the two in one series."
        )
    return tuple(found)
