"""How far two readers agree: distances of their points and agreement of their angles, as tables and one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from FootDeformityLib import __version__
from FootDeformityLib.files.results_folder import ResultsFolder
from FootDeformityLib.measure.foot_length import foot_length
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityTrainingLib.evaluation.agreement_table import agreement_table
from FootDeformityTrainingLib.evaluation.cohort import Mask
from FootDeformityTrainingLib.evaluation.figures import bland_altman_figure
from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult, compare_angles
from FootDeformityTrainingLib.evaluation.page import Page, Picture
from FootDeformityTrainingLib.evaluation.reader_pairs import ReaderPairs, read_pairs
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics import Array, normalised_errors, point_errors
from FootDeformityTrainingLib.metrics_statistics import mean_with_interval

_NAME = "agreement"
_FILES = ("agreement.html", "agreement.md", "distances.csv", "angle_agreement.csv", "bland_altman.png")
_DIFFERENCE = "first reader minus second"


def agree(
    first: str | Path,
    second: str | Path,
    out: str | Path | None = None,
    images: str | Path | None = None,
    scheme_name: str = "foot27",
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> Page:
    """Compare two readers' folders; the tables are reported, and written with plots into ``out`` if one is given.

    Raises FootDeformityError for unusable input.
    """
    scheme = load_scheme(scheme_name)
    if out is not None:
        ResultsFolder(out, ()).check()
    known = None if images is None else Path(images)
    page = agreement_page(read_pairs(Path(first), Path(second), scheme, known, report), scheme, known is not None)
    for part in page.parts:
        if isinstance(part, Table):
            report(part.to_markdown())
    if out is not None:
        with ResultsFolder(out, _FILES).staged() as stage:
            page.write(stage)
        report(f"{out}/{_NAME}.html: the same with plots.")
    return page


def agreement_page(pairs: Sequence[ReaderPairs], scheme: Scheme, with_images: bool) -> Page:
    """Tables and plots; nothing is written."""
    compared = [("two readers", reader_angles(pair)) for pair in pairs]
    parts: list[Table | Picture] = [
        distance_table(pairs),
        agreement_table(compared, "angle_agreement", "Angles", f"{_DIFFERENCE}"),
    ]
    plot = bland_altman_figure(compared, f"{_DIFFERENCE}, degrees")
    if plot is not None:
        caption = "Bland-Altman plots: line bias, broken lines limits of agreement, hollow: with an estimated point."
        parts.append(Picture("bland_altman", caption, plot))
    facts = [f"Made by footdeformity {__version__}."]
    facts += [f"{pair.view}: {len(pair.names)} images of {len(set(pair.patients))} patients." for pair in pairs]
    return Page(_NAME, "Agreement of two readers", facts, _warnings(pairs, with_images), parts)


def reader_angles(pair: ReaderPairs) -> tuple[AngleResult, ...]:
    """Angles of both readers: predicted is the first, truth the second."""
    return compare_angles(pair.scheme, pair.view, pair.second, pair.first, pair.certain, pair.aspect_known)


def distance_table(pairs: Sequence[ReaderPairs]) -> Table:
    """Distances between the readers' points, per landmark and together, certain and all."""
    unit = "foot length" if all(pair.view in pair.scheme.foot_length for pair in pairs) else "the landmarks' diagonal"
    columns = (
        Column("view", "View"),
        Column("landmark", "Landmark"),
        Column("points", "Points"),
        Column("n", "n"),
        Column("distance_percent", f"Mean distance, % of {unit}", "interval"),
        Column("deviation", "SD", "number"),
        Column("median", "Median", "number"),
        Column("p95", "95th percentile", "number"),
        Column("n_mm", "n, mm"),
        Column("distance_mm", "Mean distance, mm", "interval"),
    )
    rows: list[Sequence[Cell]] = []
    for pair in pairs:
        units = point_errors(pair.first, pair.second)
        percent = 100 * normalised_errors(units, _lengths(pair))
        millimetres = np.where(pair.in_mm[:, None], units, np.nan)
        ids = pair.scheme.ids(pair.view)
        chosen = [("all landmarks", np.ones(len(ids), bool)), *((name, np.array(ids) == name) for name in ids)]
        for name, columns_used in chosen:
            for words, mask in (("certain", pair.certain), ("all", np.ones_like(pair.certain))):
                used = mask & columns_used
                row = _distances(percent, millimetres, used, pair.patients)
                rows.append([pair.view, name, words, *row])
    note = f'"certain": neither reader marked the point as an estimate. {unit.capitalize()}: mean of both readers\'. '
    return Table("distances", "Distances of points", columns, rows, (note + "Intervals: bootstrap over patients.",))


def _distances(percent: Array, millimetres: Array, used: Mask, patients: Sequence[str]) -> list[Cell]:
    known = percent[np.isfinite(percent) & used]
    spread: list[Cell] = [None, None, None]
    if len(known) > 1:
        spread = [float(known.std(ddof=1)), float(np.median(known)), float(np.percentile(known, 95))]
    return [
        len(known),
        mean_with_interval(percent, patients, used),
        *spread,
        int((np.isfinite(millimetres) & used).sum()),
        mean_with_interval(millimetres, patients, used),
    ]


def _lengths(pair: ReaderPairs) -> Array:
    lengths = [foot_length(p, pair.view, pair.certain, scheme=pair.scheme) for p in (pair.first, pair.second)]
    return np.asarray((lengths[0] + lengths[1]) / 2)


def _warnings(pairs: Sequence[ReaderPairs], with_images: bool) -> list[str]:
    found = []
    if not with_images:
        found.append(
            "No images were given: pixels are taken as square. Where they are not, the angles are none (--images)."
        )
    for pair in pairs:
        count = int((~pair.aspect_known).sum())
        if count:
            found.append(
                f"{pair.view}: the pixels of {count} of {len(pair.names)} images are not known to be square. They "
                "enter no figure of angles."
            )
    return found
