"""Every unusable pair is found and named before training starts; good pairs are left in peace."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityTrainingLib.data_check import DataReport, check_data
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.training_data import load_training_data, load_validation_data

IDS = ("P1", "P2", "P3", "P4")


@pytest.fixture
def folder(blob_folder: Path, tmp_path: Path) -> Path:
    """A copy of the blobs to spoil."""
    return Path(shutil.copytree(blob_folder, tmp_path / "data"))


def check(folder: Path, scheme: Scheme) -> DataReport:
    return check_data(read_rows(folder, "front", scheme), scheme, "front", folder=folder)


def place(folder: Path, number: int, labels: tuple[str, ...] = IDS, **moved: tuple[float, float]) -> None:
    """Write landmark file ``number`` anew with other labels or some points elsewhere."""
    file = folder / f"{number}.mrk.json"
    positions = read_markups(file).positions.copy()
    for name, place in moved.items():
        positions[IDS.index(name), :2] = place
    write_markups(file, labels, positions[: len(labels)], [""] * len(labels))


def rewrite(folder: Path, number: int, **values: object) -> None:
    file = folder / f"{number}.mrk.json"
    document = json.loads(file.read_text())
    document["markups"][0].update(values)
    file.write_text(json.dumps(document))


def test_good_data_are_ok(blob_folder: Path, scheme_of_blobs: Scheme) -> None:
    report = check(blob_folder, scheme_of_blobs)
    assert report.summary() == "12 front pairs: 12 ok, 0 with notes, 0 unusable"
    assert len(report.usable) == 12


def test_every_kind_of_unusable_pair_is_named(folder: Path, scheme_of_blobs: Scheme) -> None:
    (folder / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n the rest is missing")
    place(folder, 1, ("P1", "P2", "P3", "P3"))
    place(folder, 2, ("A1", "A2", "A3", "A4"))
    rewrite(folder, 3, coordinateSystem="scanner")
    place(folder, 4, P2=(500.0, 20.0))
    first = read_markups(folder / "5.mrk.json").positions
    place(folder, 5, P1=tuple(first[1, :2]), P2=tuple(first[0, :2]))
    place(folder, 6, P4=(5.0, 5.0))
    # of four points nobody can say which two were swapped: see test_plausible_shape for more
    (folder / "7.mrk.json").write_text('{"markups": [')
    (folder / "8.mrk.json").unlink()
    report = check(folder, scheme_of_blobs)
    found = {pair.row.image.stem: "; ".join(pair.problems) for pair in report.unusable}
    for number, words in {
        "0": "0.png", "1": "'P3' occurs more than once", "2": "expected the front landmarks P1 to P4",
        "3": "coordinateSystem is 'scanner'", "4": "P2 off the image (96 x 90)", "5": "far from where",
        "6": "P4 far from where the other images have them", "7": "broken or truncated JSON", "8": "no such file",
    }.items():  # fmt: skip
        assert words in found.pop(number)
    assert not found
    table = report.table()
    assert table.splitlines()[-1] == "12 front pairs: 3 ok, 0 with notes, 9 unusable" and str(folder) not in table


def test_what_a_person_should_know_is_noted(folder: Path, scheme_of_blobs: Scheme) -> None:
    place(folder, 0, IDS[:3])
    xy = read_markups(folder / "1.mrk.json").positions[:, :2].tolist()
    placed = {
        name: {"xy_px": at, "ai_xy_px": at, "confidence": 0.9, "state": "ai"} for name, at in zip(IDS, xy, strict=True)
    }
    write_case_landmarks(folder / "1.mrk.json", placed, Affine.identity())
    report = check(folder, scheme_of_blobs)
    assert report.pairs[0].notes == ["P4 missing: left out of the loss"]
    assert "no person has moved" in report.pairs[1].notes[0] and report.untouched == 1
    assert report.summary() == "12 front pairs: 10 ok, 2 with notes, 0 unusable"


def test_landmarks_without_an_image_are_named(folder: Path, scheme_of_blobs: Scheme) -> None:
    (folder / "manifest.csv").unlink()
    (folder / "3.png").unlink()
    report = check(folder, scheme_of_blobs)
    assert len(report.pairs) == 11 and report.others == ("3.mrk.json: no image of this name beside it",)


def test_training_skips_unusable_pairs_or_refuses(folder: Path, scheme_of_blobs: Scheme, tmp_path: Path) -> None:
    place(folder, 2, P2=(500.0, 20.0))
    place(folder, 9, P2=(500.0, 20.0))
    said: list[str] = []
    train, validation = load_training_data(
        folder, "front", scheme_of_blobs, 0, said.append, table=tmp_path / "findings.csv"
    )
    assert (len(train), len(validation)) == (7, 3)
    assert sum("off the image" in line for line in said) == 2
    with (tmp_path / "findings.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows].count("unusable") == 2 and len(rows) == 12
    assert "off the image" in rows[2]["findings"] and rows[2]["split"] == "train"
    kept = load_validation_data(folder, "front", scheme_of_blobs, 0, said.append)
    assert [sample.image.name for sample in kept] == [sample.image.name for sample in validation]
    with pytest.raises(FootDeformityError, match="2 of 12 pairs are unusable, and --strict asks for none"):
        load_training_data(folder, "front", scheme_of_blobs, 0, said.append, strict=True)


def test_nothing_usable_is_refused(folder: Path, scheme_of_blobs: Scheme) -> None:
    for number in range(8, 12):
        (folder / f"{number}.png").write_bytes(b"no image")
    with pytest.raises(FootDeformityError, match=r"none of the validation images is usable \(4 looked at\)"):
        load_training_data(folder, "front", scheme_of_blobs, 0, lambda line: None)


def test_command_prints_the_table(folder: Path, blob_scheme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check-data", str(folder), "--view", "FRONT", "--scheme", str(blob_scheme)]
    assert main(command) == 0
    place(folder, 4, P2=(500.0, 20.0))
    assert main([*command, "--csv", str(folder / "out.csv")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "unusable  4.png  P2 off the image (96 x 90): place anew"
    assert (folder / "out.csv").read_text().count("unusable") == 1
    assert main(["check-data", str(folder), "--view", "side", "--scheme", str(blob_scheme)]) == 2
    assert "has the views front" in capsys.readouterr().err


def test_missing_points_do_not_make_others_look_misplaced(folder: Path, scheme_of_blobs: Scheme) -> None:
    for number in range(6):
        place(folder, number, P2=(np.nan, np.nan))
    assert not check(folder, scheme_of_blobs).unusable
