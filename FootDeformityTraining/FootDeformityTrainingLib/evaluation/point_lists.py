"""Every point and angle behind the tables as CSV, so that anybody can compute them again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from FootDeformityTrainingLib.evaluation.cohort import Array, Cohort
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table


def points_table(results: Sequence[LandmarkResult], data: Path) -> Table:
    """One row a model, image and landmark; coordinates are image pixels, the first pixel's centre at 0, 0."""
    numbers = ("truth_x", "truth_y", "x", "y", "error_px", "nme", "error_percent", "error_mm")
    columns = [Column(key, key) for key in ("model", "view", "image", "patient", "landmark", "certain")]
    rows: list[Sequence[Cell]] = []
    for result in results:
        cohort = result.cohort
        values = np.concatenate(
            [cohort.points, result.predicted, np.stack(_errors(result), axis=-1)], axis=-1
        )  # (N, K, 8)
        for n, (image, patient) in enumerate(_images(cohort, data)):
            for k, identifier in enumerate(cohort.ids):
                certain = "yes" if cohort.certain[n, k] else "no"
                rows.append([result.model, cohort.view, image, patient, identifier, certain, *values[n, k].tolist()])
    return Table("points", "Points", [*columns, *(Column(key, key, "number") for key in numbers)], rows)


def angles_table(results: Sequence[LandmarkResult], data: Path) -> Table:
    """One row a model, image and angle in degrees; empty where it is not measurable or pixels may not be square."""
    columns = [Column(key, key) for key in ("model", "view", "image", "patient", "angle", "certain")]
    rows: list[Sequence[Cell]] = []
    for result in results:
        for n, (image, patient) in enumerate(_images(result.cohort, data)):
            for angle in result.angles:
                certain = "yes" if angle.certain[n] else "no"
                pair = float(angle.truth[n]), float(angle.predicted[n])
                rows.append([result.model, result.cohort.view, image, patient, angle.name, certain, *pair])
    return Table(
        "angles", "Angles", [*columns, Column("truth", "truth", "number"), Column("predicted", "p", "number")], rows
    )


def _errors(result: LandmarkResult) -> list[Array]:
    return [np.where(np.isinf(e), np.nan, e) for e in (result.pixels, result.nme, result.percent, result.millimetres)]


def _images(cohort: Cohort, data: Path) -> list[tuple[str, int]]:
    """Name below the data folder, and a number instead of the patient's name."""
    numbers = {name: k + 1 for k, name in enumerate(sorted(set(cohort.patients)))}
    names = (
        row.image.relative_to(data).as_posix() if row.image.is_relative_to(data) else row.image.name
        for row in cohort.rows
    )
    return [(name, numbers[patient]) for name, patient in zip(names, cohort.patients, strict=True)]
