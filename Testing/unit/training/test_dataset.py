"""Annotated folders are read with their splits; what cannot be used is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.files.nrrd_image import write_nrrd
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityTrainingLib.dataset import load_sample, read_rows, split_rows


def test_manifest_rows_keep_split_patient_and_uncertainty(blob_folder: Path, scheme_of_blobs: Scheme) -> None:
    rows = read_rows(blob_folder, "front", scheme_of_blobs)
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
    rows = read_rows(tmp_path, "front", scheme_of_blobs)
    train, validation = split_rows(rows, 0.2, seed=1)
    assert (len(train), len(validation)) == (8, 2)
    assert split_rows(rows, 0.2, seed=1)[1] == validation
    found = load_sample(rows[0], scheme_of_blobs).points
    np.testing.assert_allclose(found[:3], points[:, :2], atol=1e-6)
    assert np.isnan(found[3]).all()  # a missing landmark stays missing


def test_one_patient_in_both_splits_is_refused(blob_folder: Path, scheme_of_blobs: Scheme) -> None:
    rows = read_rows(blob_folder, "front", scheme_of_blobs)
    rows[-1] = replace(rows[-1], patient=rows[0].patient)
    with pytest.raises(FootDeformityError, match="patient p0 is in training and validation"):
        split_rows(rows, 0.2, seed=0)


def test_open_rows_of_one_patient_stay_together(blob_folder: Path, scheme_of_blobs: Scheme) -> None:
    rows = read_rows(blob_folder, "front", scheme_of_blobs)
    rows = [replace(row, split="", patient=f"p{i // 3}") for i, row in enumerate(rows)]
    train, validation = split_rows(rows, 0.25, seed=0)
    assert len(validation) == 3 and not {r.patient for r in train} & {r.patient for r in validation}


def test_folders_without_anything_usable_are_refused(tmp_path: Path, scheme_of_blobs: Scheme) -> None:
    with pytest.raises(FootDeformityError, match="no such folder"):
        read_rows(tmp_path / "nothing", "front", scheme_of_blobs)
    with pytest.raises(FootDeformityError, match="no annotated front radiograph"):
        read_rows(tmp_path, "front", scheme_of_blobs)
    (tmp_path / "manifest.csv").write_text("image,view\na.png,front\n")
    with pytest.raises(FootDeformityError, match="column landmarks is missing"):
        read_rows(tmp_path, "front", scheme_of_blobs)


def annotate(folder: Path, name: str, labels: tuple[str, ...], positions: list[list[float]]) -> None:
    Image.fromarray(np.arange(2000, dtype=np.uint16).reshape(40, 50).astype(np.uint8)).save(folder / f"{name}.png")
    write_markups(folder / f"{name}.mrk.json", labels, np.array(positions), [""] * len(labels))


THREE = [[1.5, 2.0, 0], [30, 4, 0], [5, 33, 0]]


def test_a_folder_may_hold_both_views(tmp_path: Path) -> None:
    annotate(tmp_path, "a", ("A1", "A2", "A3"), THREE)
    annotate(tmp_path, "l", ("L1", "L2", "L3"), THREE)
    (tmp_path / "l.fcsv").write_text("broken")  # stays in the list: load_sample says what is wrong
    for view, names in (("AP", ["a.mrk.json", "l.fcsv"]), ("lateral", ["l.fcsv", "l.mrk.json"])):
        assert [row.landmarks.name for row in read_rows(tmp_path, view, load_scheme())] == names


def test_the_volume_that_detect_wrote_is_the_image_of_its_points(tmp_path: Path, scheme_of_blobs: Scheme) -> None:
    annotate(tmp_path, "x", ("P1", "P2", "P3"), (np.array(THREE) / 2).tolist())
    write_nrrd(tmp_path / "x.nrrd", np.random.default_rng(0).random((40, 50), dtype=np.float32), (0.5, 0.5))
    (row,) = read_rows(tmp_path, "front", scheme_of_blobs)
    np.testing.assert_allclose(load_sample(row, scheme_of_blobs).points[:3], np.array(THREE)[:, :2], atol=1e-4)


@pytest.mark.parametrize(
    ("image", "landmarks"), [("x.PNG", "x.mrk.json"), ("x.png", "x.png.mrk.json"), ("x", "x.mrk.json")]
)
def test_names_as_detect_writes_them_belong_together(
    tmp_path: Path, scheme_of_blobs: Scheme, image: str, landmarks: str
) -> None:
    annotate(tmp_path, "n", ("P1", "P2", "P3"), THREE)
    (tmp_path / "n.png").rename(tmp_path / image)
    (tmp_path / "n.mrk.json").rename(tmp_path / landmarks)
    (row,) = read_rows(tmp_path, "front", scheme_of_blobs)
    assert row.image == tmp_path / image
    assert load_sample(row, scheme_of_blobs).pixels.shape == (40, 50)


def test_points_of_another_image_are_refused(tmp_path: Path, scheme_of_blobs: Scheme) -> None:
    annotate(tmp_path, "x", ("P1", "P2", "P3"), [[1.5, 2.0, 0], [130, 4, 0], [5, -33, 0]])
    with pytest.raises(FootDeformityError, match=r"2 of 3 points lie off the image x\.png"):
        load_sample(read_rows(tmp_path, "front", scheme_of_blobs)[0], scheme_of_blobs)


HEADER = "image,landmarks,view,patient,split,spacing_mm\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ((HEADER + "a.png,a.mrk.json,front,p,train,wide\n").encode(), "spacing_mm 'wide' is no number"),
        ((HEADER + "ä.png,a.mrk.json,front,p,train,1\n").encode("latin-1"), "cannot be read"),
        ((HEADER + "a.png,\n").encode(), "no annotated front radiograph"),
    ],
)
def test_a_broken_manifest_is_told(tmp_path: Path, scheme_of_blobs: Scheme, content: bytes, reason: str) -> None:
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(FootDeformityError, match=reason):
        read_rows(tmp_path, "front", scheme_of_blobs)


def test_a_manifest_saved_by_a_spreadsheet_is_read(tmp_path: Path, scheme_of_blobs: Scheme) -> None:
    text = HEADER + "a.png,a.mrk.json,front,p,train,0.15\n"
    (tmp_path / "manifest.csv").write_text(text, encoding="utf-8-sig")  # with a byte-order mark
    assert read_rows(tmp_path, "front", scheme_of_blobs)[0].spacing_mm == 0.15
