"""Three-valued decision for any number of feet at once: present, absent or not measurable, and how close it was.

Clinical specification, sections 3 and 4.2: an OR is present if any known operand is true, absent only if all are
known and false, else not measurable. Of several operands, the one that decided is the one furthest on the side of
"present", measured in half widths of its grey zone: the state can only flip when that one does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.criteria import BANDS, Criteria
from FootDeformityLib.measure.lines import Bools, Floats

#: the code of a state is its place here
STATES = ("absent", "present", "mixed_arch", "not_measurable", "not_applicable")
ABSENT, PRESENT, MIXED_ARCH, NOT_MEASURABLE, NOT_APPLICABLE = range(5)
WEIGHT_BEARING = ("yes", "no", "unknown")
_ROUNDING = 1e-9  # an angle typed as cut-off plus half width is inside the grey zone
_OLDEST = 130.0


@dataclass(frozen=True)
class Decisions:
    """Codes of STATES (..., D), grey zone (..., D), deciding operand (..., D) or -1, and the age band used (...).

    band: 0 adult, 1 child, 2 age unknown (both rules evaluated), 3 too young. with_band is the band whose operand
    decided (..., D); by_band are the states of both bands before age and weight-bearing (..., D, 2).
    """

    deformities: tuple[str, ...]
    state: NDArray[np.int8]
    grey_zone: Bools
    operand: NDArray[np.intp]
    with_band: NDArray[np.intp]
    by_band: NDArray[np.int8]
    band: NDArray[np.intp]

    def states(self, deformity: str) -> NDArray[np.str_]:
        """Names of the states (...) of a deformity."""
        codes = self.state[..., self.deformities.index(deformity)]
        return np.array(STATES)[codes]


class DecisionRules:
    """A criteria profile compiled to arrays: deformity x age band x operand."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.deformities = tuple(criteria.deformities)
        rules = [[d.rules[band] for band in BANDS] for d in criteria.deformities.values()]
        most = max(len(rule) for bands in rules for rule in bands)
        shape = (len(rules), len(BANDS), most)
        self._angle = np.zeros(shape, dtype=np.intp)
        self._cutoff: Floats = np.zeros(shape)
        self._per_width: Floats = np.ones(shape)
        for d, bands in enumerate(rules):
            for b, rule in enumerate(bands):
                for o in range(most):
                    operand = rule[o if o < len(rule) else 0]  # a repeated operand changes no OR
                    sign = 1.0 if operand.relation == ">" else -1.0
                    self._angle[d, b, o] = ANGLES.index(operand.angle)
                    self._cutoff[d, b, o] = operand.cutoff
                    self._per_width[d, b, o] = sign / criteria.grey_zone[operand.angle]
        self._exclusive = [[self.deformities.index(name) for name in pair.deformities] for pair in criteria.exclusive]

    def decide(self, angles: Floats, age: Floats, not_weight_bearing: Bools) -> Decisions:
        """angles (..., 7) in the order of ANGLES, degrees, NaN = not measurable; age (...) years, NaN = unknown."""
        distance = (angles.take(self._angle, axis=-1) - self._cutoff) * self._per_width
        missing = np.isnan(distance)
        distance = np.where(missing, -np.inf, distance)
        operand = distance.argmax(axis=-1)
        best = distance.max(axis=-1)
        undecided = np.where(missing.any(axis=-1), NOT_MEASURABLE, ABSENT)
        by_band = np.where(best > 0.0, PRESENT, undecided).astype(np.int8)
        for pair in self._exclusive:
            one, other = by_band[..., pair[0], :], by_band[..., pair[1], :]  # views into by_band
            both = (one == PRESENT) & (other == PRESENT)
            one[both] = other[both] = MIXED_ARCH

        limits = self.criteria
        band = np.where(
            age >= limits.adult_from_years, 0, np.where(age >= limits.youngest_years, 1, np.where(age == age, 3, 2))
        )
        age_unknown = (band == 2)[..., None]
        adult, child = by_band[..., 0], by_band[..., 1]
        differ = age_unknown & (adult != child)
        closeness = np.abs(best)
        # with the age unknown, the label is as doubtful as the closer of the two rules
        closer = (closeness[..., 1] < closeness[..., 0]).astype(np.intp)
        with_band = np.where(age_unknown, closer, (band == 1)[..., None]).astype(np.intp)
        take_child = with_band == 1
        state = np.where(differ, NOT_MEASURABLE, np.where(take_child, child, adult))
        state = np.where((not_weight_bearing | (band == 3))[..., None], NOT_APPLICABLE, state).astype(np.int8)
        decided = state <= MIXED_ARCH
        close = np.where(take_child, closeness[..., 1], closeness[..., 0])
        return Decisions(
            deformities=self.deformities,
            state=state,
            grey_zone=decided & (close <= 1.0 + _ROUNDING),
            operand=np.where(decided, np.where(take_child, operand[..., 1], operand[..., 0]), -1),
            with_band=with_band,
            by_band=by_band,
            band=band,
        )


@lru_cache(maxsize=16)
def decision_rules(criteria: Criteria) -> DecisionRules:
    """The compiled form of a profile, made once."""
    return DecisionRules(criteria)


def age_array(age_years: ArrayLike | None) -> Floats:
    """Ages as float64 (...), NaN = unknown. Raises FootDeformityError for an impossible age."""
    ages: Floats = np.asarray(np.nan if age_years is None else age_years, dtype=np.float64)
    if ((ages < 0.0) | (ages > _OLDEST)).any():
        raise FootDeformityError(f"The age must lie between 0 and {_OLDEST:g} years, or be unknown.")
    return ages


def not_weight_bearing(weight_bearing: ArrayLike) -> Bools:
    """True (...) where the exposure was not weight-bearing. Raises FootDeformityError for an unknown word."""
    words = np.asarray(weight_bearing)
    if not np.isin(words, WEIGHT_BEARING).all():
        raise FootDeformityError(f"Weight-bearing must be yes, no or unknown, not {weight_bearing!r}.")
    result: Bools = words == "no"
    return result


def decide(
    angles: Mapping[str, ArrayLike], age_years: ArrayLike | None, weight_bearing: ArrayLike, criteria: Criteria
) -> Decisions:
    """Decide for many feet: each angle (...) in degrees with NaN = not measurable, missing keys count as NaN.

    age_years (...): NaN or None = unknown; weight_bearing (...): yes, no or unknown.
    """
    columns = np.broadcast_arrays(*(np.asarray(angles.get(name, np.nan), dtype=np.float64) for name in ANGLES))
    return decision_rules(criteria).decide(
        np.stack(columns, axis=-1), age_array(age_years), not_weight_bearing(weight_bearing)
    )
