"""Which images a run trains on and which it is judged by: the data's own split, one fold of a cross-validation, or all.

Written in run.json as "" (the data's own split), "2/5" (the second fifth is held out) or "all" (nothing is).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.dataset import DatasetRow, split_rows

VALIDATION_SHARE = 0.2
ALL = "all"
_CONSIDERED = ("train", "val", "")


def divide(rows: list[DatasetRow], split: str, seed: int) -> tuple[list[DatasetRow], list[DatasetRow]]:
    """Training and held-out rows of a split, never one patient in both; the same for the same seed.

    Folds and "all" take the rows of training and validation together; rows of another split stay out. Simulated images
    are trained on in every fold and held out in none. Raises FootDeformityError for an unknown split, or too few rows.
    """
    if not split:
        return split_rows(rows, VALIDATION_SHARE, seed)
    usable = [row for row in rows if row.split in _CONSIDERED]
    if split == ALL:
        return usable, []
    fold, count = fold_of(split)
    held = fold_patients(usable, count, seed)[fold - 1]
    train = [row for row in usable if row.simulated or row.patient not in held]
    validation = [row for row in usable if not row.simulated and row.patient in held]
    if not train or not validation:
        raise FootDeformityError(
            f"fold {split}: {len(train)} training and {len(validation)} held-out images: both are needed. Annotate "
            "more patients, or ask for fewer folds."
        )
    return train, validation


def fold_of(split: str) -> tuple[int, int]:
    """ "2/5" -> (2, 5). Raises FootDeformityError for anything else."""
    fold, _, count = split.partition("/")
    if fold.isdecimal() and count.isdecimal() and 1 <= int(fold) <= int(count) and int(count) >= 2:
        return int(fold), int(count)
    raise FootDeformityError(
        f"split {split!r} is unknown: give one fold of a cross-validation, such as 2/5, or {ALL} to hold nothing out."
    )


def fold_patients(rows: list[DatasetRow], count: int, seed: int) -> list[set[str]]:
    """Deal the patients of real images out to ``count`` folds.

    Each source, weight-bearing or not, is spread evenly, so that no fold is easier than another.
    """
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    seen: set[str] = set()
    for row in rows:
        if not row.simulated and row.patient not in seen:  # a patient with images of two kinds belongs to the first
            seen.add(row.patient)
            kinds[row.source, row.weight_bearing].add(row.patient)
    generator = np.random.default_rng(seed)
    dealt = [
        patient for kind in sorted(kinds) for patient in generator.permutation(sorted(kinds[kind])).tolist()
    ]  # one kind after the other, so that the deal goes on where the last kind ended
    return [set(dealt[fold::count]) for fold in range(count)]
