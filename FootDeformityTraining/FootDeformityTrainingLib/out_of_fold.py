"""Every image of a cross-validation looked at by the one network that was trained without its patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.data_check import check_data
from FootDeformityTrainingLib.dataset import DatasetRow, load_sample, read_rows
from FootDeformityTrainingLib.fold_runs import FoldRun, check_start, seen_by_start
from FootDeformityTrainingLib.image_fingerprint import image_fingerprint
from FootDeformityTrainingLib.sample import Sample, data_fingerprint, shrunk
from FootDeformityTrainingLib.split import divide
from FootDeformityTrainingLib.validation import ValidationResult

Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """rows: N images. folds: (N,) the fold that held each out, from 1; 0 = of no fold. result: of its network."""

    rows: tuple[DatasetRow, ...]
    folds: NDArray[np.int64]
    result: ValidationResult


def look_out_of_fold(runs: Sequence[FoldRun], data: Path, scheme: Scheme, report: Report) -> JudgedRows:
    """Run each fold's network over its held-out images.

    Raises FootDeformityError if the folder does not hold the very data of the runs, or a network has seen an image
    that is to judge it.
    """
    config = runs[0].config
    rows = read_rows(data, config.view, scheme)
    divided = [divide(rows, run.config.split, config.loop.seed) for run in runs]
    for run, (_, held) in zip(runs, divided, strict=True):
        check_start(run, held)
    train, held = divided[0]
    usable = _without_pixels([*train, *held], scheme, config.view, config.architecture.input_size, report)
    kept: list[DatasetRow] = []
    folds, results = [], []
    for run, (train, held) in zip(runs, divided, strict=True):
        judged = [row for row in held if row in usable]
        samples = [*(usable[row].small for row in train if row in usable), *(usable[row].whole for row in judged)]
        if data_fingerprint(samples) != run.settings["data_sha256"]:
            raise FootDeformityError(
                f"{run.folder}: was trained on other data than {data} holds now. Give the run's own folder with "
                "--data, or restore it."
            )
        report(f"fold {run.fold}/{run.count}: {len(judged)} held-out images by {run.folder} ...")
        results.append(run.network().judge([load_sample(row, scheme) for row in judged], scheme))
        kept += judged
        folds += [run.fold] * len(judged)
    return JudgedRows(tuple(kept), np.array(folds), joined(results))


def look_at_simulated(run: FoldRun, folder: Path, data: Path, scheme: Scheme, report: Report) -> JudgedRows:
    """Run one fold's network over the folder's simulated images, but for those that it was trained on.

    Raises FootDeformityError if none is left.
    """
    view = run.config.view
    feet = [row for row in read_rows(folder, view, scheme) if row.simulated]
    trained = {image_fingerprint(row.image) for row in read_rows(data, view, scheme) if row.simulated}
    trained |= seen_by_start(run)
    rows = [row for row in feet if image_fingerprint(row.image) not in trained]
    if not rows:
        raise FootDeformityError(
            f"{folder}: holds {len(feet)} simulated {view} images, and {run.folder} was trained on every one. Give "
            "feet simulated with another --seed."
            if feet
            else f"{folder}: holds no simulated {view} image. Give a folder that simulate wrote."
        )
    left_out = f", without {len(feet) - len(rows)} that it was trained on" if len(rows) < len(feet) else ""
    report(f"simulated: {len(rows)} images by {run.folder}{left_out} ...")
    result = run.network().judge([load_sample(row, scheme) for row in rows], scheme)
    return JudgedRows(tuple(rows), np.zeros(len(rows), dtype=np.int64), result)


def joined(results: Sequence[ValidationResult]) -> ValidationResult:
    """One result of several, in their order."""
    arrays = {
        field.name: np.concatenate([getattr(result, field.name) for result in results])
        for field in fields(ValidationResult)
        if field.name != "looks"
    }
    return ValidationResult(looks=[look for result in results for look in result.looks], **arrays)


class _Hollow(NamedTuple):
    """A sample as it is and as training keeps it, with sizes but without the memory of its pixels."""

    whole: Sample
    small: Sample


def _without_pixels(
    rows: Sequence[DatasetRow], scheme: Scheme, view: str, input_size: int, report: Report
) -> dict[DatasetRow, _Hollow]:
    """The usable rows' samples."""
    found: dict[DatasetRow, _Hollow] = {}

    def keep(row: DatasetRow, sample: Sample) -> None:
        found[row] = _Hollow(_hollow(sample), _hollow(shrunk(sample, input_size)))

    checked = check_data(rows, scheme, view, keep)
    for line in checked.table(notes=False).splitlines():
        report(line)
    return {row: found[row] for row in checked.usable}


def _hollow(sample: Sample) -> Sample:
    return replace(sample, pixels=np.broadcast_to(np.float32(0), sample.pixels.shape))
