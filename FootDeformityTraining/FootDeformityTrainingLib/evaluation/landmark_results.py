"""What one model made of a cohort: errors of points and angles, from which all tables and figures are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from FootDeformityLib.measure.angles import ap_angles, lateral_angles
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.evaluation.cohort import Array, Cohort, Mask
from FootDeformityTrainingLib.metrics import (
    angle_differences,
    missed_as_infinite,
    nominal_millimetres,
    normalised_errors,
    padded_side,
    point_errors,
)

_MEASURED = {"AP": ap_angles, "lateral": lateral_angles}


@dataclass(frozen=True, eq=False)
class AngleResult:
    """One angle on N images in degrees, NaN = not measurable or pixels not known to be square.

    certain: (N,), all landmarks of the angle are certain in the truth.
    """

    name: str
    label: str
    truth: Array
    predicted: Array
    certain: Mask

    @property
    def differences(self) -> Array:
        """Predicted minus true (N,)."""
        return angle_differences(self.predicted, self.truth)


@dataclass(frozen=True, eq=False)
class LandmarkResult:
    """predicted: (N, K, 2) image pixels, NaN = not found. seconds: (N,) that each detection took.

    Errors are (N, K), NaN where the truth is missing, infinite where it was not found.
    """

    model: str
    cohort: Cohort
    predicted: Array
    seconds: Array

    @cached_property
    def pixels(self) -> Array:
        """Errors in image pixels."""
        return missed_as_infinite(point_errors(self.predicted, self.cohort.points), self.cohort.points)

    @property
    def nme(self) -> Array:
        """Errors in parts of the padded image's side, as in the paper."""
        return normalised_errors(self.pixels, padded_side(self.cohort.sizes))

    @cached_property
    def _scaled(self) -> Array:
        truth = self.cohort.points
        return missed_as_infinite(point_errors(self.cohort.scaled(self.predicted), self.cohort.scaled(truth)), truth)

    @property
    def percent(self) -> Array:
        """Errors in percent of the foot length (other schemes: of the landmarks' diagonal)."""
        return 100.0 * normalised_errors(self._scaled, self.cohort.lengths)

    @property
    def millimetres(self) -> Array:
        """Errors in mm, NaN where the spacing is unknown."""
        return np.where(self.cohort.in_mm[:, None], self._scaled, np.nan)

    @property
    def nominal(self) -> Array:
        """Errors in the paper's nominal millimetres, see `nominal_millimetres`."""
        return nominal_millimetres(self.pixels)

    @cached_property
    def angles(self) -> tuple[AngleResult, ...]:
        """Angles of the view; none where the scheme has none. Raw, as far as points go: no quality check hides any."""
        cohort = self.cohort
        truth, predicted = cohort.scaled(cohort.points), cohort.scaled(self.predicted)
        return compare_angles(cohort.scheme, cohort.view, truth, predicted, cohort.certain, cohort.aspect_known)


def compare_angles(
    scheme: Scheme, view: str, truth: Array, predicted: Array, certain: Mask, aspect_known: Mask
) -> tuple[AngleResult, ...]:
    """Angles of two point sets (N, K, 2) on square pixels or in mm; certain: (N, K), aspect_known: (N,)."""
    true, found = (measured_angles(scheme, view, points) for points in (truth, predicted))
    ids = scheme.ids(view)
    results = []
    for definition in scheme.angles(view):
        if definition.name in true:
            needed = [name in scheme.measurement_ids[definition.name] for name in ids]
            results.append(
                AngleResult(
                    definition.name,
                    definition.label,
                    np.where(aspect_known, true[definition.name], np.nan),
                    np.where(aspect_known, found[definition.name], np.nan),
                    np.asarray(certain[:, needed].all(axis=1)),
                )
            )
    return tuple(results)


def view_angles(cohort: Cohort, points: Array) -> dict[str, Array]:
    """Angles (N,) of points (N, K, 2) in image pixels; NaN where pixels are not known to be square."""
    values = measured_angles(cohort.scheme, cohort.view, cohort.scaled(points))
    return {name: np.where(cohort.aspect_known, angle, np.nan) for name, angle in values.items()}


def measured_angles(scheme: Scheme, view: str, points: Array) -> dict[str, Array]:
    """Angles (N,) of points (N, K, 2) on square pixels or in mm; none where the scheme or view has none."""
    return _MEASURED[view](points, scheme=scheme) if scheme.angles(view) and view in _MEASURED else {}
