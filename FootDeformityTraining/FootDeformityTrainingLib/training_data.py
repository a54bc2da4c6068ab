"""From an annotated folder to checked samples in training and validation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.data_check import DataReport, check_data
from FootDeformityTrainingLib.dataset import DatasetRow, read_rows
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.split import divide


def load_training_data(
    folder: str | Path,
    view: str,
    scheme: Scheme,
    seed: int,
    report: Callable[[str], None],
    reduce: Callable[[Sample], Sample] | None = None,
    strict: bool = False,
    table: str | Path | None = None,
    split: str = "",
) -> tuple[list[Sample], list[Sample]]:
    """Training and validation samples, never one patient in both; unusable pairs are named and left out.

    reduce: applied to each training sample, to keep no more pixels than a network can use. strict: refuse a folder with
    unusable pairs. table: CSV file for the findings. split: see split.py; with "all" there are no validation samples.
    Raises FootDeformityError.
    """
    path = Path(folder)
    train_rows, validation_rows = divide(read_rows(path, view, scheme), split, seed)
    samples: dict[DatasetRow, Sample] = {}
    training = set(train_rows)

    def keep(row: DatasetRow, sample: Sample) -> None:
        samples[row] = reduce(sample) if reduce is not None and row in training else sample

    checked = check_data([*train_rows, *validation_rows], scheme, view, keep, path)
    if table is not None:
        checked.write_csv(table)
    for line in checked.table(notes=False).splitlines():
        report(line)
    if checked.untouched:
        report(
            f"{checked.untouched} of {len(checked.pairs)} landmark files stand as a network left them: check that they "
            "may teach one."
        )
    if strict and checked.unusable:
        raise FootDeformityError(
            f"{path}: {len(checked.unusable)} of {len(checked.pairs)} pairs are unusable, and --strict asks for none. "
            "Correct or remove them; check-data lists them all."
        )
    return (
        _usable(checked, train_rows, samples, f"{path}: none of the training images"),
        _usable(checked, validation_rows, samples, f"{path}: none of the validation images") if validation_rows else [],
    )


def load_validation_data(
    folder: str | Path, view: str, scheme: Scheme, seed: int, report: Callable[[str], None], split: str = ""
) -> list[Sample]:
    """The validation samples that `load_training_data` gives with this seed and split. Raises FootDeformityError."""
    train_rows, rows = divide(read_rows(Path(folder), view, scheme), split, seed)
    samples: dict[DatasetRow, Sample] = {}
    held = set(rows)

    def keep(row: DatasetRow, sample: Sample) -> None:
        if row in held:
            samples[row] = sample

    # the training images say what is usual, so that the same ones are left out as in training
    checked = check_data([*train_rows, *rows], scheme, view, keep)
    for line in checked.table(notes=False).splitlines():
        report(line)
    return _usable(checked, rows, samples, f"{folder}: none of the validation images")


def _usable(
    checked: DataReport, rows: list[DatasetRow], samples: dict[DatasetRow, Sample], nothing: str
) -> list[Sample]:
    usable = set(checked.usable)
    found = [samples[row] for row in rows if row in usable]
    if not found:
        raise FootDeformityError(f"{nothing} is usable ({len(rows)} looked at); the reasons stand above.")
    return found
