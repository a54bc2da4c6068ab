"""Feet as they come: ages, sizes, sides and deformities in the mixture of a foot clinic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.foot_model import Deformity, FootModel, PosedFoot
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.shape_variety import vary

#: share of adults, as in the paper's training set and test set taken together (clinical specification, 4.1)
_ADULTS = 0.65
_CHILD_YEARS, _ADULT_YEARS = (7.0, 18.0), (18.0, 85.0)
#: order: arch, hindfoot valgus, abduction, hallux valgus. Means and deviations in degrees from the normal foot give the
#: paper's mean angles and about its prevalences (flat more often than cavus); children: arch flatter, hallux straighter
_MEAN = {"adult": (5.0, 1.5, 10.0, 5.0), "child": (7.0, 1.0, 12.0, 0.0)}
_DEVIATION = {"adult": (10.0, 7.0, 10.0, 9.0), "child": (10.0, 6.0, 9.0, 6.0)}
#: flat feet are abducted and in valgus; a hallux deviates a little more often in them (our choice)
_CORRELATION = ((1.0, 0.45, 0.6, 0.15), (0.45, 1.0, 0.4, 0.1), (0.6, 0.4, 1.0, 0.15), (0.15, 0.1, 0.15, 1.0))
#: tails are heavier than normal: clinics see severe feet
_FREEDOM = 7.0
_LOW, _HIGH = (-28.0, -14.0, -12.0, -14.0), (35.0, 24.0, 38.0, 45.0)


def random_foot(rng: np.random.Generator, models: Sequence[FootModel] = ()) -> PosedFoot:
    """One standing foot of one person. models: shapes to draw from, the procedural foot where there are none."""
    age = random_age(rng)
    shapes = models or (procedural_foot(),)
    model = vary(shapes[int(rng.integers(len(shapes)))], rng, age)
    return pose(model, random_deformity(rng, age), "right" if rng.random() < 0.5 else "left")


def random_age(rng: np.random.Generator) -> float:
    """Years, 7 to 85."""
    return float(rng.uniform(*(_ADULT_YEARS if rng.random() < _ADULTS else _CHILD_YEARS)))


def random_deformity(rng: np.random.Generator, age_years: float) -> Deformity:
    """Four correlated, heavy-tailed numbers, cut off at what the joints can do."""
    group = "adult" if age_years >= _ADULT_YEARS[0] else "child"
    normal = np.linalg.cholesky(np.array(_CORRELATION)) @ rng.standard_normal(4)
    heavy = normal * np.sqrt((_FREEDOM - 2) / rng.chisquare(_FREEDOM))
    degrees = np.clip(np.array(_MEAN[group]) + heavy * np.array(_DEVIATION[group]), _LOW, _HIGH)
    return Deformity(*degrees.tolist())
