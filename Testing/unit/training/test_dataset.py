"""Annotated folders are read with their splits; what cannot be used is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.dataset import load_sample, read_rows, split_rows
from FootDeformityTrainingLib.train_hih import load_usable


def test_manifest_rows_keep_split_patient_and_uncertainty(blob_folder: Path, scheme_of_blobs: Scheme) -> None:
    rows = read_rows(blob_folder, "front")
    train, validation = split_rows(rows, 0.2, seed=0)
    assert (len(train), len(validation)) == (8, 4)
    sample = load_sample(rows[3], scheme_of_blobs)
    assert sample.uncertain.tolist() == [False, True, False, False]
    assert sample.pixels.shape == (90, 96) and sample.source == "made, MIT"


@pytest.mark.parametrize("ending", [".mrk.json", ".fcsv"])
def test_folder_without_manifest(tmp_path: Path, scheme_of_blobs: Scheme, ending: str) -> None:
    points = np.array([[1.5, 2.0, 0], [30, 4, 0], [5, 33, 0]])
    for number in range(10):
        grey = np.random.default_rng(number).integers(0, 255, (40, 50), dtype=np.uint8)
        Image.fromarray(grey).save(tmp_path / f"{number}.png")
        write_markups(tmp_path / f"{number}{ending}", ("P1", "P2", "P3"), points, [""] * 3)
    rows = read_rows(tmp_path, "front")
    train, validation = split_rows(rows, 0.2, seed=1)
    assert (len(train), len(validation)) == (8, 2)
    assert split_rows(rows, 0.2, seed=1)[1] == validation
    found = load_sample(rows[0], scheme_of_blobs).points
    np.testing.assert_allclose(found[:3], points[:, :2], atol=1e-6)
    assert np.isnan(found[3]).all()  # a missing landmark stays missing


def test_one_patient_in_both_splits_is_refused(blob_folder: Path) -> None:
    rows = read_rows(blob_folder, "front")
    rows[-1] = replace(rows[-1], patient=rows[0].patient)
    with pytest.raises(FootDeformityError, match="patient p0 is in training and validation"):
        split_rows(rows, 0.2, seed=0)


def test_open_rows_of_one_patient_stay_together(blob_folder: Path) -> None:
    rows = [replace(row, split="", patient=f"p{i // 3}") for i, row in enumerate(read_rows(blob_folder, "front"))]
    train, validation = split_rows(rows, 0.25, seed=0)
    assert len(validation) == 3 and not {r.patient for r in train} & {r.patient for r in validation}


def test_unusable_images_are_named_and_left_out(blob_folder: Path, tmp_path: Path, scheme_of_blobs: Scheme) -> None:
    rows = read_rows(blob_folder, "front")[:2]
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n rest is missing")
    said: list[str] = []
    samples = load_usable([rows[0], replace(rows[1], image=tmp_path / "broken.png")], scheme_of_blobs, said.append)
    assert len(samples) == 1 and len(said) == 1 and "broken.png" in said[0]
    with pytest.raises(FootDeformityError, match="none of 1"):
        load_usable([replace(rows[1], image=tmp_path / "broken.png")], scheme_of_blobs, said.append)


def test_folders_without_anything_usable_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="no such folder"):
        read_rows(tmp_path / "nothing", "front")
    with pytest.raises(FootDeformityError, match="no annotated front radiograph"):
        read_rows(tmp_path, "front")
    (tmp_path / "manifest.csv").write_text("image,view\na.png,front\n")
    with pytest.raises(FootDeformityError, match="column landmarks is missing"):
        read_rows(tmp_path, "front")
