"""Runs a model on disturbed copies of the evaluated images, each read from a file as a user's would be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.evaluation.cohort import Array, Cohort
from FootDeformityTrainingLib.evaluation.disturbances import DISTURBANCES, PLAIN, Disturbance
from FootDeformityTrainingLib.evaluation.error_tables import CERTAIN, point_sets
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.tested_model import Detect, TestedModel
from FootDeformityTrainingLib.metrics import image_means, mean_error

#: by how much a disturbance may let the mean error grow, in parts of it
MOST_GROWTH = 0.25


@dataclass(frozen=True)
class DisturbedFigures:
    """Errors in percent of the foot length of one model and view under one disturbance.

    certain, all: mean over the points of each kind, with their number n; growth: against the plain images in parts,
    NaN where these have no error. worst: mean of all points on the worst image. missed: images on which nothing was
    found; they enter no mean.
    """

    model: str
    view: str
    disturbance: str
    images: int
    certain: float
    n_certain: int
    growth_certain: float
    all: float
    n_all: int
    growth_all: float
    worst: float
    missed: int

    @property
    def grows_too_much(self) -> bool:
        """Whether either mean grows by more than a quarter, or images are missed."""
        return self.missed > 0 or self.growth_certain > MOST_GROWTH or self.growth_all > MOST_GROWTH


def robustness(
    model: TestedModel,
    cohort: Cohort,
    report: Callable[[str], None],
    disturbances: Sequence[Disturbance] = DISTURBANCES,
) -> list[DisturbedFigures]:
    """Figures of the plain images and of each disturbance, the plain ones first.

    Everything is taken from 8-bit files, the plain images too. Points are mapped back onto the original pixels.
    """
    names = [PLAIN, *(each for each in disturbances if each is not PLAIN)]
    points = np.full((len(names), *cohort.points.shape), np.nan)
    with model.start() as detect:
        for index, row in enumerate(cohort.rows):
            pixels = read_radiograph(row.image).pixels
            for k, disturbance in enumerate(names):
                points[k, index] = _found(detect, pixels, disturbance, report, row.image.name, cohort)
            if (index + 1) % 10 == 0 or index + 1 == len(cohort):
                report(f"{model.name}, {cohort.view}, robustness: {index + 1} of {len(cohort)} images")
    results = [LandmarkResult(model.name, cohort, found, np.full(len(cohort), np.nan)) for found in points]
    return [
        figures_of(result, disturbance.name, results[0]) for result, disturbance in zip(results, names, strict=True)
    ]


def _found(
    detect: Detect,
    pixels: NDArray[np.float32],
    disturbance: Disturbance,
    report: Callable[[str], None],
    name: str,
    cohort: Cohort,
) -> Array:
    """Points (K, 2) on the undisturbed pixels, NaN where nothing was found."""
    try:
        radiograph, affine = disturbance.read(pixels)
        return affine.inverse().apply(detect(radiograph).points)
    except FootDeformityError as error:
        report(f"{name}, {disturbance.name}: nothing found: {error}")
        return np.full((len(cohort.ids), 2), np.nan)


def figures_of(result: LandmarkResult, disturbance: str, plain: LandmarkResult) -> DisturbedFigures:
    """Figures of one disturbance; growth compares the points that were found on both."""
    values: dict[str, tuple[float, int, float]] = {}
    both = np.isfinite(result.percent) & np.isfinite(plain.percent)
    for kind, mask in point_sets(result):
        mean, n = mean_error(result.percent, mask)
        before = mean_error(plain.percent, mask & both)[0]
        after = mean_error(result.percent, mask & both)[0]
        values[kind] = mean, n, after / before - 1 if before > 0 else float("nan")
    (certain, n_certain, growth_certain), (every, n_all, growth_all) = values[CERTAIN], values["all"]
    means = image_means(result.percent)
    return DisturbedFigures(
        model=result.model,
        view=result.cohort.view,
        disturbance=disturbance,
        images=len(result.cohort),
        certain=certain,
        n_certain=n_certain,
        growth_certain=growth_certain,
        all=every,
        n_all=n_all,
        growth_all=growth_all,
        worst=float(np.nanmax(means)) if np.isfinite(means).any() else float("nan"),
        missed=int(np.isnan(result.predicted).all(axis=(1, 2)).sum()),
    )
