"""The page of a cross-validation: tables, pictures, and lists of every point, angle and image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityTrainingLib.calibration import NestedConfidence
from FootDeformityTrainingLib.cross_validation_file import NAME, PICTURE
from FootDeformityTrainingLib.evaluation.example_figure import example_figure
from FootDeformityTrainingLib.evaluation.figures import bland_altman_figure, landmark_figure
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.page import Page, Picture
from FootDeformityTrainingLib.evaluation.point_lists import angles_table, points_table
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.judged_figures import wrong_bones
from FootDeformityTrainingLib.judged_tables import Judged, confidence_tables, judged_tables, look_first_table
from FootDeformityTrainingLib.metrics import Array, image_means
from FootDeformityTrainingLib.out_of_fold import JudgedRows
from FootDeformityTrainingLib.reliability_figure import CAPTION

REAL, SIMULATED = "Real radiographs, out of fold", "Simulated feet"
_TABLES = ("points", "landmarks", "angles", "deformities", "confidence", "expected_error")
_PICTURES = ("figure_examples", "figure_landmarks", "figure_angles")
#: every file of a page, so that none of an older one stays
PAGE_FILES = (
    *(f"{NAME}.{ending}" for ending in ("html", "md")),
    *(f"{prefix}{table}.csv" for prefix in ("table_", "table_simulated_") for table in _TABLES),
    "look_first.csv",
    *(f"{name}.csv" for name in ("points", "angles", "images")),
    *(f"{name}.png" for name in _PICTURES),
    PICTURE,
)


@dataclass(frozen=True, eq=False)
class JudgedSet:
    """Images of one kind. found: their points; said: what confidence they got; doubt: (N,), larger = look first."""

    judged: JudgedRows
    found: LandmarkResult
    said: NestedConfidence
    doubt: Array


def cross_validation_page(
    values: Mapping[str, Any], sets: Sequence[JudgedSet], picture: bytes, folders: Sequence[Path]
) -> Page:
    """values: what cross_validation.json holds; picture: reliability PNG; folders: of each set's images."""
    unit, feet = values["error_unit"], values["simulated"]
    real = Judged(REAL, unit, "table_")
    parts: list[Table | Picture] = [
        *judged_tables(values["real"], real),
        *_pictures(sets[0].found),
        *confidence_tables(values["confidence_check"], real),
        look_first_table(values["look_first"]),
        Picture(PICTURE.removesuffix(".png"), CAPTION, picture),
    ]
    if feet is not None:
        simulated = Judged(SIMULATED, unit, "table_simulated_", "simulated feet")
        parts += [*judged_tables(feet, simulated), *confidence_tables(feet["confidence_check"], simulated)]
    lists = [
        *(_joined([points_table([one.found], folder) for one, folder in _pairs(sets, folders)], _point_columns(sets))),
        *(_joined([angles_table([one.found], folder) for one, folder in _pairs(sets, folders)], None)),
        images_table(sets, folders),
    ]
    return Page(NAME, f"Cross-validation, {values['view']}", facts(values), (), parts, lists)


def facts(values: Mapping[str, Any]) -> list[str]:
    """What was done, for the page and the card."""
    real, folds = values["real"], values["folds"]
    trained = [run["train"] for run in values["runs"]]
    sentences = [
        f"Patient-wise {folds}-fold cross-validation by {values['software']}, seed {values['recipe']['loop']['seed']}: "
        f"{real['images']} real images of {real['patients']} patients, dealt out to the folds by source and "
        f"weight-bearing; each was judged by the one network that was trained without its patient, on "
        f"{_range(trained)} images.",
        "Each network is the averaged weights at the end of its training: nothing was chosen on the judged images. "
        "Points were found from the images alone, the way users do.",
        "Confidence was fitted on all out-of-fold errors; its figures are of fits without the judged image's fold.",
    ]
    if values["share_of_run"] != 1.0:
        sentences.append(
            f"Weights: {values['share_of_run']:g} of each run's and the rest of the model that it started from."
        )
    if values["simulated"] is not None:
        sentences.append(
            f"{values['simulated']['images']} simulated feet that no network was trained on were judged by the "
            "first fold's network, their confidence by the fit on the real images. They stand apart everywhere."
        )
    return sentences


def images_table(sets: Sequence[JudgedSet], folders: Sequence[Path]) -> Table:
    """One row an image: errors, doubt and its rank, points on a wrong bone."""
    text = ("set", "image", "patient", "fold", "n_certain", "error_certain_percent", "n", "error_percent")
    more = ("worst_landmark", "wrong_bone", "doubt_percent", "doubt_rank")
    rows: list[Sequence[Cell]] = []
    for one, folder in _pairs(sets, folders):
        result, ids = one.judged.result, one.found.cohort.ids
        wrong = wrong_bones(one.found) & result.certain
        named = [row[2:4] for row in points_table([one.found], folder).rows[:: len(ids)]]
        ranks = np.argsort(np.argsort(-one.doubt, kind="stable")) + 1
        certain, every = image_means(result.errors, result.certain), image_means(result.errors)
        for k, (image, patient) in enumerate(named):
            known = np.isfinite(result.errors[k])
            rows.append(
                [
                    one.found.model,
                    image,
                    patient,
                    int(one.judged.folds[k]),
                    int((known & result.certain[k]).sum()),
                    100 * float(certain[k]),
                    int(known.sum()),
                    100 * float(every[k]),
                    ids[int(np.nanargmax(result.errors[k]))],
                    " ".join(name for name, hit in zip(ids, wrong[k], strict=True) if hit),
                    100 * float(one.doubt[k]),
                    int(ranks[k]),
                ]
            )
    return Table("images", "Images", [Column(key, key) for key in (*text, *more)], rows)


def _pictures(found: LandmarkResult) -> list[Picture]:
    pictures = [
        Picture(
            "figure_examples", "Readers' points (blue) and found ones (red), best to worst.", example_figure([found])
        ),
        Picture("figure_landmarks", "NME of each landmark with 95 % bootstrap intervals.", landmark_figure([found])),
    ]
    plot = bland_altman_figure([(found.model, found.angles)], "found minus readers, degrees")
    if plot is not None:
        caption = "Angles: line bias, broken lines limits of agreement, hollow: with estimated points."
        pictures.append(Picture("figure_angles", caption, plot))
    return pictures


def _point_columns(sets: Sequence[JudgedSet]) -> dict[str, list[Cell]]:
    columns: dict[str, list[Cell]] = {"fold": [], "wrong_bone": [], "expected_error_percent": [], "confidence": []}
    for one in sets:
        wrong = wrong_bones(one.found)
        for n, k in np.ndindex(wrong.shape):
            columns["fold"].append(int(one.judged.folds[n]))
            columns["wrong_bone"].append("yes" if wrong[n, k] else "no")
            columns["expected_error_percent"].append(100 * float(one.said.expected[n, k]))
            columns["confidence"].append(float(one.said.confidence[n, k]))
    return columns


def _joined(tables: Sequence[Table], more: dict[str, list[Cell]] | None) -> list[Table]:
    rows = [row for table in tables for row in table.rows]
    columns = list(tables[0].columns)
    if more is not None:
        columns += [Column(key, key) for key in more]
        rows = [[*row, *extra] for row, extra in zip(rows, zip(*more.values(), strict=True), strict=True)]
    return [replace(tables[0], columns=columns, rows=rows)]


def _pairs(sets: Sequence[JudgedSet], folders: Sequence[Path]) -> list[tuple[JudgedSet, Path]]:
    return list(zip(sets, folders, strict=True))


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
