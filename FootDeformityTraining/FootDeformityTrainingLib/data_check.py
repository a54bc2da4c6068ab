"""What is wrong with the image and landmark pairs of a folder, before anything is trained on them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.dataset import DatasetRow, landmark_files, load_sample
from FootDeformityTrainingLib.plausible_shape import compare_shapes
from FootDeformityTrainingLib.sample import Array, Sample

Flags = NDArray[np.bool_]
Status = Literal["ok", "note", "unusable"]


@dataclass
class CheckedPair:
    """One pair with what was found. ``note``: it can be trained on, and a person should know."""

    row: DatasetRow
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untouched: bool = False  # as a network left it
    points: Array | None = None

    @property
    def status(self) -> Status:
        """The gravest finding."""
        return "unusable" if self.problems else "note" if self.notes else "ok"


@dataclass(frozen=True)
class DataReport:
    """All pairs of a view in the order of the folder, and findings about files that are no pair."""

    view: str
    pairs: tuple[CheckedPair, ...]
    others: tuple[str, ...] = ()

    @property
    def usable(self) -> list[DatasetRow]:
        """Rows that can be trained on."""
        return [pair.row for pair in self.pairs if pair.status != "unusable"]

    @property
    def unusable(self) -> list[CheckedPair]:
        """Pairs that must not be trained on."""
        return [pair for pair in self.pairs if pair.status == "unusable"]

    @property
    def untouched(self) -> int:
        """How many landmark files no person has touched since a network wrote them."""
        return sum(pair.untouched for pair in self.pairs)

    def summary(self) -> str:
        """One line of counts."""
        count = Counter(pair.status for pair in self.pairs)
        return f"{len(self.pairs)} {self.view} pairs: {count['ok']} ok, {count['note']} with notes, " + (
            f"{count['unusable']} unusable"
        )

    def table(self, notes: bool = True) -> str:
        """Lines for a terminal: every unusable pair, with ``notes`` also those with something to know."""
        wanted = [pair for pair in self.pairs if pair.status == "unusable" or (notes and pair.status == "note")]
        names = [pair.row.image.name for pair in wanted]
        width = min(max(map(len, names), default=0), 48)
        lines = [
            f"{pair.status:<8}  {name:<{width}}  {text}"
            for pair, name in zip(wanted, names, strict=True)
            for text in (*pair.problems, *pair.notes)
        ]
        return "\n".join([*lines, *(f"other     {text}" for text in self.others), self.summary()])

    def write_csv(self, path: str | Path) -> None:
        """Write one row a pair: image, landmarks, patient, split, status, findings."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["image", "landmarks", "view", "patient", "split", "status", "findings"])
        for pair in self.pairs:
            row, findings = pair.row, "; ".join((*pair.problems, *pair.notes))
            writer.writerow([row.image, row.landmarks, row.view, row.patient, row.split, pair.status, findings])
        write_text(path, text.getvalue())


def check_data(
    rows: Sequence[DatasetRow],
    scheme: Scheme,
    view: str,
    keep: Callable[[DatasetRow, Sample], None] | None = None,
    folder: Path | None = None,
) -> DataReport:
    """Decode every pair and judge it; ``keep`` gets each decoded sample, which is then forgotten.

    Unusable: unreadable, another view's or unknown or duplicate names, unknown coordinate system, too few points,
    points off the image, swapped or misplaced landmarks. Notes: missing points, files that no person has touched.
    folder: also looked through for landmark files without an image where there is no manifest.
    """
    pairs = [CheckedPair(row) for row in rows]
    for pair in pairs:
        _decode(pair, scheme, keep)
    _compare_shapes(pairs, scheme.ids(view))
    return DataReport(view, tuple(pairs), tuple(_orphans(folder)) if folder is not None else ())


def _decode(pair: CheckedPair, scheme: Scheme, keep: Callable[[DatasetRow, Sample], None] | None) -> None:
    row, ids = pair.row, scheme.ids(pair.row.view)
    try:
        sample = load_sample(row, scheme)
    except FootDeformityError as error:
        pair.problems.append(_without_path(str(error), row))
        return
    height, width = sample.pixels.shape
    limit = np.array([width, height], dtype=np.float64) - 0.5
    outside: Flags = np.any((sample.points < -0.5) | (sample.points > limit), axis=1)
    if outside.any():
        pair.problems.append(f"{_names(ids, outside)} off the image ({width} x {height}): place anew")
    pair.points = np.where(outside[:, None], np.nan, sample.points)
    missing: Flags = ~np.all(np.isfinite(sample.points), axis=1)
    if missing.any():
        pair.notes.append(f"{_names(ids, missing)} missing: left out of the loss")
    if unseen_by_people(row.landmarks):
        pair.untouched = True
        pair.notes.append("as a network left it: no person has moved or confirmed a point")
    if keep is not None:
        keep(row, sample)


def _compare_shapes(pairs: list[CheckedPair], ids: tuple[str, ...]) -> None:
    """Landmarks against those of all other images: two that changed places, or one far from where it belongs."""
    known = [(pair, pair.points) for pair in pairs if pair.points is not None]
    if not known:
        return
    for (pair, _), found in zip(known, compare_shapes(np.stack([points for _, points in known])), strict=True):
        pair.problems += [f"{ids[i]} and {ids[j]} look swapped" for i, j in found.swapped]
        if found.far.any():
            pair.problems.append(f"{_names(ids, found.far)} far from where the other images have them")


def _orphans(folder: Path) -> Iterator[str]:
    if (folder / "manifest.csv").is_file():
        return
    for landmarks, image in landmark_files(folder):
        if image is None:
            yield f"{landmarks.name}: no image of this name beside it"


def unseen_by_people(landmarks: Path) -> bool:
    """Whether a landmark file stands as a network left it."""
    try:
        return untouched_by_people(landmarks)
    except FootDeformityError:  # several lists in one file: a person put them together
        return False


def _without_path(text: str, row: DatasetRow) -> str:
    """The table names the image already; the landmark file keeps its name."""
    for path in (row.landmarks, row.image):
        text = text.replace(str(path), path.name)
    return text


def _names(ids: tuple[str, ...], mask: Flags) -> str:
    return ", ".join(identifier for identifier, hit in zip(ids, mask, strict=True) if hit)
