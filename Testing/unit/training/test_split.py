"""Folds are patient-wise, complete, even and the same for the same seed; simulated feet only teach."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.dataset import DatasetRow
from FootDeformityTrainingLib.split import divide


def row(number: int, patient: str, split: str = "train", source: str = "a", simulated: bool = False) -> DatasetRow:
    return DatasetRow(
        Path(f"{number}.png"), Path(f"{number}.mrk.json"), "AP", patient, split, source=source, simulated=simulated
    )


@pytest.fixture
def rows() -> list[DatasetRow]:
    """40 images of 32 patients from two sources, of all splits, and six simulated ones."""
    real = [row(k, f"p{k % 32}", ("train", "val", "")[k % 3], "ab"[k % 32 >= 22]) for k in range(40)]
    aside = [row(90, "aside", "test")]
    return real + aside + [row(100 + k, f"sim{k}", ("train", "val")[k % 2], "sim", True) for k in range(6)]


def test_every_real_image_is_held_out_once_and_no_patient_is_on_both_sides(rows: list[DatasetRow]) -> None:
    held: list[DatasetRow] = []
    for fold in range(1, 6):
        train, validation = divide(rows, f"{fold}/5", seed=0)
        assert not {one.patient for one in train} & {one.patient for one in validation}
        assert len(train) + len(validation) == 46  # the image of split test stays out
        held += validation
    assert Counter(one.image for one in held) == Counter(Path(f"{k}.png") for k in range(40))


def test_folds_are_even_in_every_source(rows: list[DatasetRow]) -> None:
    patients = [
        Counter(source for source, _ in {(one.source, one.patient) for one in divide(rows, f"{fold}/5", seed=3)[1]})
        for fold in range(1, 6)
    ]
    assert {count["a"] for count in patients} == {4, 5} and {count["b"] for count in patients} == {2}
    assert max(map(Counter.total, patients)) - min(map(Counter.total, patients)) == 1


def test_simulated_images_are_trained_on_in_every_fold(rows: list[DatasetRow]) -> None:
    for fold in range(1, 6):
        train, validation = divide(rows, f"{fold}/5", seed=0)
        assert sum(one.simulated for one in train) == 6 and not any(one.simulated for one in validation)


def test_the_seed_decides_and_nothing_else(rows: list[DatasetRow]) -> None:
    first = divide(rows, "2/5", seed=0)
    assert divide(rows, "2/5", seed=0) == first
    assert {one.patient for one in divide(rows[::-1], "2/5", seed=0)[1]} == {one.patient for one in first[1]}
    assert divide(rows, "2/5", seed=1) != first


def test_all_holds_nothing_out(rows: list[DatasetRow]) -> None:
    train, validation = divide(rows, "all", seed=0)
    assert len(train) == 46 and not validation and not any(one.split == "test" for one in train)


@pytest.mark.parametrize("split", ["0/5", "6/5", "1/1", "one", "1/", "-1/5", "ALL"])
def test_unknown_splits_are_refused(rows: list[DatasetRow], split: str) -> None:
    with pytest.raises(FootDeformityError, match=r"is unknown: give one fold .* such as 2/5, or all"):
        divide(rows, split, seed=0)


def test_more_folds_than_patients_are_refused(rows: list[DatasetRow]) -> None:
    with pytest.raises(FootDeformityError, match="0 held-out images: both are needed"):
        divide(rows[:3], "5/5", seed=0)
