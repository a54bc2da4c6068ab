"""The shipped samples: marked, tagged, with their truth, and found by the shipped models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from FootDeformityLib.files.landmark_file import load_landmarks
from FootDeformityLib.measure.foot import measure_foot
from FootDeformityLib.measure.foot_length import foot_length
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path
from FootDeformityTrainingLib.dataset import load_sample, read_rows
from FootDeformityTrainingLib.simulation.make_samples import SAMPLES, main

FOLDER = resource_path("Samples", "README.md").parent
VIEWS = ("AP", "lateral")
PAIRS = [(sample, view) for sample in SAMPLES for view in VIEWS]
NAMES = [f"{sample.name}_{view.lower()}" for sample, view in PAIRS]
#: what each sample shows, by the literature profile
PRESENT = {
    "normal": set(),
    "flat": {"pes_planus", "forefoot_abduction", "hallux_valgus"},
    "cavus": {"pes_cavus"},
    "child": set(),
}


def truth(name: str, view: str) -> np.ndarray:
    image = FOLDER / f"{name}_{view.lower()}.dcm"
    loaded = load_landmarks(f"{image}.mrk.json", load_scheme(), view)
    return read_radiograph(image).from_slicer(loaded.points)


@pytest.mark.parametrize(("sample", "view"), PAIRS, ids=NAMES)
def test_sample_dicom_says_what_it_shows(sample: object, view: str) -> None:
    read = read_radiograph(FOLDER / f"{sample.name}_{view.lower()}.dcm")
    assert read.file_format == "DICOM DX"
    assert (read.view, read.side, read.age_years, read.weight_bearing) == (view, sample.side, sample.age, "yes")
    assert read.spacing_mm == read.slicer_spacing_mm == (sample.spacing, sample.spacing)
    assert not read.slicer_geometry_wrong
    assert read.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_sample_dicom_is_marked_simulated_and_names_nobody(name: str) -> None:
    tags = dcmread(FOLDER / f"{name}.dcm")
    assert tags.PatientName == "SIMULATED^FOOT"
    assert "imulated" in tags.DerivationDescription
    assert tags.BurnedInAnnotation == "YES"
    assert not tags.PatientBirthDate
    assert tags.PixelSpacing == tags.ImagerPixelSpacing
    assert (tags.pixel_array[8:28, 8:60] > 3600).sum() > 50, "the word SIMULATED at the border"


@pytest.mark.parametrize("name", NAMES)
def test_sample_png_shows_the_same_picture_and_says_so(name: str) -> None:
    with Image.open(FOLDER / f"{name}.png") as picture:
        assert picture.mode == "L"
        assert "Simulated" in picture.info["Description"]
        assert "BMFToolkit" in picture.info["Description"]
        small = np.asarray(picture).astype(float) / 255
    large = dcmread(FOLDER / f"{name}.dcm").pixel_array / 4095
    assert small.shape == large.shape
    assert np.abs(small - large).max() < 0.003


def test_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 6_000_000


@pytest.mark.parametrize("view", VIEWS)
def test_the_truth_of_png_and_dicom_is_the_same(view: str) -> None:
    scheme = load_scheme()
    rows = {row.image.name: load_sample(row, scheme) for row in read_rows(FOLDER, view, scheme)}
    assert len(rows) == 2 * len(SAMPLES)
    for sample in SAMPLES:
        stem = f"{sample.name}_{view.lower()}"
        np.testing.assert_allclose(rows[f"{stem}.png"].points, rows[f"{stem}.dcm"].points, atol=2e-3)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_the_truth_shows_what_the_sample_is_named_for(sample: object) -> None:
    points = {view: truth(sample.name, view) for view in VIEWS}
    measured = measure_foot(points["AP"], points["lateral"], age_years=sample.age, weight_bearing="yes")
    present = {name for name, finding in measured.findings.items() if finding.state == "present"}
    assert present == PRESENT[sample.name]


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_the_shipped_models_find_the_landmarks(view: str) -> None:
    scheme = load_scheme()
    detector = Detector(resource_path("Models", view.lower()), scheme)
    for sample in SAMPLES:
        image = FOLDER / f"{sample.name}_{view.lower()}.dcm"
        points = truth(sample.name, view)
        found = detector.detect(read_radiograph(image).pixels).points
        errors = np.linalg.norm(found - points, axis=1) / foot_length(points, view, scheme=scheme)
        assert np.median(errors) < 0.04, sample.name


def test_the_command_refuses_a_folder_without_bones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--meshes", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no bones" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
