"""The look of a simulated picture, its files, and the shipped sample pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path
from FootDeformityTrainingLib.simulation.analytic import ellipsoid
from FootDeformityTrainingLib.simulation.dicom_dx import Shot, write_dx
from FootDeformityTrainingLib.simulation.foot import Foot
from FootDeformityTrainingLib.simulation.make_samples import main
from FootDeformityTrainingLib.simulation.marker import Marker, burn_in
from FootDeformityTrainingLib.simulation.radiograph import lateral_setup, radiograph

SAMPLES = [f"normal_{view}.{kind}" for view in ("ap", "lateral") for kind in ("png", "dcm")]


@pytest.fixture(scope="module")
def two_bones() -> Foot:
    heel, head = ellipsoid((-20, 0, 35), (25, 18, 16)), ellipsoid((100, 0, 20), (20, 12, 9))
    return Foot({"calcaneus": heel, "metatarsal1": head})


def test_bone_is_brighter_than_flesh_and_flesh_than_air(two_bones: Foot) -> None:
    setup = lateral_setup(spacing=1.1, size=(260, 220))
    grey = radiograph(two_bones, setup, seed=3)
    assert grey.shape == (220, 260)
    assert grey.min() >= 0
    assert grey.max() <= 1

    def at(x: float, z: float) -> float:
        column, row = np.round(setup.camera.project([x, 0.0, z])).astype(int)
        return float(grey[row - 1 : row + 2, column - 1 : column + 2].mean())

    assert at(-20, 35) > at(-20, 14) > at(40, 120) + 0.03


def test_the_same_seed_takes_the_same_picture(two_bones: Foot) -> None:
    setup = lateral_setup(spacing=2.0, size=(140, 120))
    first, again, other = (radiograph(two_bones, setup, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_words_are_burned_in_where_they_belong() -> None:
    marked = burn_in(np.full((60, 200), 0.2), (Marker("SIMULATED", 10, 8, 20),))
    rows, columns = np.nonzero(marked > 0.5)
    assert len(rows) > 100
    assert 8 <= rows.min() < rows.max() < 30
    assert columns.min() >= 9
    assert columns.max() < 140


def test_a_dicom_file_keeps_the_picture_and_the_facts(tmp_path: Path) -> None:
    grey = np.random.default_rng(0).random((40, 50))
    shot = Shot("lateral", "left", 9, 0.15, 1100.0)
    write_dx(tmp_path / "a.dcm", grey, shot)
    write_dx(tmp_path / "b.dcm", grey, shot)
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()
    stored = dcmread(tmp_path / "a.dcm")
    np.testing.assert_array_equal(stored.pixel_array, np.round(grey * 4095))
    read = read_radiograph(tmp_path / "a.dcm")
    assert (read.view, read.side, read.age_years, read.weight_bearing) == ("lateral", "left", 9, "yes")
    assert read.spacing_mm == (0.15, 0.15)
    assert read.warnings == ()


@pytest.mark.parametrize(("name", "view"), [("normal_ap.dcm", "AP"), ("normal_lateral.dcm", "lateral")])
def test_sample_dicom_says_what_it_shows(name: str, view: str) -> None:
    read = read_radiograph(resource_path("Samples", name))
    assert read.file_format == "DICOM DX"
    assert (read.view, read.side, read.age_years, read.weight_bearing) == (view, "right", 34, "yes")
    assert read.spacing_mm == (0.27, 0.27)
    assert read.slicer_spacing_mm == (0.27, 0.27)
    assert not read.slicer_geometry_wrong
    assert read.warnings == ()


@pytest.mark.parametrize("name", ["normal_ap.dcm", "normal_lateral.dcm"])
def test_sample_dicom_is_marked_simulated_and_names_nobody(name: str) -> None:
    tags = dcmread(resource_path("Samples", name))
    assert tags.PatientName == "SIMULATED^FOOT"
    assert "imulated" in tags.DerivationDescription
    assert tags.BurnedInAnnotation == "YES"
    assert not tags.PatientBirthDate
    assert tags.PixelSpacing == tags.ImagerPixelSpacing


@pytest.mark.parametrize("view", ["ap", "lateral"])
def test_sample_png_shows_the_same_picture_and_says_so(view: str) -> None:
    with Image.open(resource_path("Samples", f"normal_{view}.png")) as picture:
        assert picture.mode == "L"
        assert "Simulated" in picture.info["Description"]
        assert "BMFToolkit" in picture.info["Description"]
        small = np.asarray(picture).astype(float) / 255
    large = dcmread(resource_path("Samples", f"normal_{view}.dcm")).pixel_array / 4095
    assert small.shape == large.shape
    assert np.abs(small - large).max() < 0.003


def test_samples_stay_small() -> None:
    sizes = {name: resource_path("Samples", name).stat().st_size for name in SAMPLES}
    assert all(size <= 700_000 for name, size in sizes.items() if name.endswith("png"))
    assert sum(sizes.values()) <= 3_500_000


def test_the_command_refuses_a_folder_without_bones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--meshes", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no bones" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
