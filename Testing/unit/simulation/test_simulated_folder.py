"""Folders of simulated pictures: files, tables, the same bytes for the same seed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.dataset import load_sample, read_rows
from FootDeformityTrainingLib.simulation.simulate import PROCEDURAL, Simulation, simulate

SMALL = Simulation(PROCEDURAL, seed=3, size=256)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    simulate(SMALL, folder, 2, processes=1)
    return folder


@pytest.fixture(scope="module")
def dicoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dicoms")
    simulate(Simulation(PROCEDURAL, seed=3, size=256, dicom=True), folder, 2, processes=1)
    return folder


@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_the_trainer_reads_them(pictures: Path, view: str) -> None:
    scheme = load_scheme()
    rows = read_rows(pictures, view, scheme)
    assert [row.patient for row in rows] == ["sim3_00000", "sim3_00001"]
    for row in rows:
        sample = load_sample(row, scheme)
        assert max(sample.pixels.shape) == 256
        height, width = sample.pixels.shape
        assert ((sample.points > 0) & (sample.points < [width, height])).all()
        assert sample.spacing_mm is not None
        assert 0.6 < sample.spacing_mm < 2
        assert not sample.uncertain.all()


def test_a_dicom_holds_the_same_picture_and_landmarks(pictures: Path, dicoms: Path) -> None:
    scheme = load_scheme()
    for view in ("AP", "lateral"):
        for png, dicom in zip(read_rows(pictures, view, scheme), read_rows(dicoms, view, scheme), strict=True):
            one, other = load_sample(png, scheme), load_sample(dicom, scheme)
            np.testing.assert_allclose(one.points, other.points, atol=1e-3)
            read = read_radiograph(dicom.image)
            assert (read.view, read.weight_bearing) == (view, "yes")
            assert not read.warnings
            assert np.abs(one.pixels - other.pixels).mean() < 0.01


def test_the_tables_say_what_is_shown(pictures: Path, dicoms: Path) -> None:
    truth = table(pictures / "truth.csv")
    assert truth == table(dicoms / "truth.csv")
    angles = {angle.name for view in ("AP", "lateral") for angle in load_scheme().angles(view)}
    assert angles <= set(truth[0])
    sides = {row["patient"]: row["side"] for row in truth}
    manifest = table(dicoms / "manifest.csv")
    assert len(manifest) == 4
    for row in manifest:
        read = read_radiograph(dicoms / row["image"])
        assert read.side == sides[row["patient"]]
        assert read.spacing_mm is not None
        assert float(row["spacing_mm"]) == pytest.approx(read.spacing_mm[0], abs=1e-5)


@pytest.mark.slow
def test_pictures_do_not_depend_on_processes_or_interruptions(pictures: Path, tmp_path: Path) -> None:
    simulate(SMALL, tmp_path, 1, processes=1)
    first = (tmp_path / "ap" / "sim3_00000_ap.png").stat().st_mtime_ns
    said: list[tuple[int, int]] = []
    (tmp_path / "cases" / "sim3_00009.json").write_text("{}", "utf-8")  # of a larger count before
    simulate(SMALL, tmp_path, 2, processes=2, progress=lambda done, count: said.append((done, count)))
    (tmp_path / "cases" / "sim3_00009.json").unlink()
    assert said == [(1, 2), (2, 2)]
    assert (tmp_path / "ap" / "sim3_00000_ap.png").stat().st_mtime_ns == first
    assert contents(tmp_path) == contents(pictures)


def test_another_seed_shows_another_foot(pictures: Path, tmp_path: Path) -> None:
    simulate(Simulation(PROCEDURAL, seed=4, size=256, views=("AP",)), tmp_path, 1, processes=1)
    assert table(tmp_path / "truth.csv")[0]["scale"] != table(pictures / "truth.csv")[0]["scale"]
    assert not (tmp_path / "lateral").exists()


def test_a_folder_of_other_pictures_is_left_alone(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="was simulated with size 256, not 512"):
        simulate(Simulation(PROCEDURAL, seed=3, size=512), pictures, 2)
    (tmp_path / "manifest.csv").write_text("image,landmarks\n", "utf-8")
    with pytest.raises(FootDeformityError, match="of other images"):
        simulate(SMALL, tmp_path, 1)
    (tmp_path / "manifest.csv").unlink()
    (tmp_path / "simulation.json").write_text("[", "utf-8")
    with pytest.raises(FootDeformityError, match="cannot be read"):
        simulate(SMALL, tmp_path, 1)


@pytest.mark.parametrize(
    ("simulation", "count", "words"),
    [
        (Simulation(PROCEDURAL, size=20), 1, "size of 20"),
        (SMALL, 0, "count of 0"),
        (Simulation("no/such/folder"), 1, "holds no bones"),
    ],
)
def test_what_cannot_be_simulated_is_refused(simulation: Simulation, count: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match=words):
        simulate(simulation, tmp_path / "out", count)
    assert not (tmp_path / "out").exists()


def test_settings_are_noted(pictures: Path) -> None:
    noted = json.loads((pictures / "simulation.json").read_text("utf-8"))
    assert noted == {"shapes": "procedural", "seed": 3, "size": 256, "views": ["AP", "lateral"], "dicom": False}
