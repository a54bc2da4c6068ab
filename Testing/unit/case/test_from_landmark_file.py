"""States of landmarks that come back from Slicer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people, write_case_landmarks
from FootDeformityLib.files.markups import read_markups, write_markups
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph


@pytest.fixture
def radiograph(foot_images: dict[str, Path]) -> Radiograph:
    """The AP image as a DICOM would come: Slicer shows it with 0.15 x 0.2 mm pixels."""
    image = read_radiograph(foot_images["AP"])
    return replace(image, spacing_mm=(0.15, 0.2), slicer_from_pixels=Affine.scaling(0.15, 0.2))


def test_every_state_comes_back(tmp_path: Path, example_case: Case, scheme: Scheme, radiograph: Radiograph) -> None:
    case = example_case.move("AP", "A1", (95.0, 60.0)).confirm("AP", "A2").remove("AP", "A3")
    view = case.views["AP"]
    path = tmp_path / "ap.mrk.json"
    write_case_landmarks(path, view.landmarks_document(), radiograph.write_from_pixels)
    read = view_from_landmark_file(path, "AP", scheme, radiograph)
    np.testing.assert_allclose(read.points_px(), view.points_px(), atol=1e-9)
    for name, state in view.landmarks.items():
        assert read.landmarks[name].state == state.state
        assert read.landmarks[name].confidence == pytest.approx(state.confidence, abs=1e-3)
        assert read.landmarks[name].ai_xy_px == pytest.approx(state.ai_xy_px, abs=0.01)


def test_a_point_dragged_in_slicer_is_moved(tmp_path: Path, example_case: Case, scheme: Scheme) -> None:
    path = tmp_path / "ap.mrk.json"
    write_case_landmarks(path, example_case.views["AP"].landmarks_document(), Affine.identity())
    assert untouched_by_people(path)
    read = read_markups(path)
    positions = read.positions.copy()
    positions[4, 0] += 1.0
    write_markups(path, read.labels, positions, read.descriptions)
    assert not untouched_by_people(path)
    states = view_from_landmark_file(path, "AP", scheme).landmarks
    assert [name for name, state in states.items() if state.state == "moved"] == ["A5"]
    assert states["A5"].ai_xy_px == (88.0, 130.0)
    assert states["A1"].state == "ai"


def test_a_point_taken_away_in_slicer_is_missing(tmp_path: Path, example_case: Case, scheme: Scheme) -> None:
    path = tmp_path / "ap.fcsv"
    write_case_landmarks(path, example_case.views["AP"].landmarks_document(), Affine.identity())
    read = read_markups(path)
    positions = read.positions.copy()
    positions[0] = np.nan
    write_markups(path, read.labels, positions, read.descriptions)
    assert not untouched_by_people(path)
    assert view_from_landmark_file(path, "AP", scheme).landmarks["A1"].state == "missing"


def test_a_file_without_a_networks_notes_is_a_persons(tmp_path: Path, scheme: Scheme) -> None:
    write_markups(tmp_path / "a.mrk.json", ["A1", "A2"], [[1, 2], [3, 4]], ["", "uncertain"])
    assert not untouched_by_people(tmp_path / "a.mrk.json")
    states = view_from_landmark_file(tmp_path / "a.mrk.json", "AP", scheme).landmarks
    assert (states["A1"].state, states["A2"].uncertain, states["A3"].state) == ("confirmed", True, "missing")


def test_points_of_another_image_are_refused(
    tmp_path: Path, foot_points: dict[str, np.ndarray], scheme: Scheme, radiograph: Radiograph
) -> None:
    path = tmp_path / "a.mrk.json"
    write_markups(path, scheme.ids("AP"), foot_points["AP"] * 5)
    with pytest.raises(FootDeformityError, match=r"lie off the image ap\.png"):
        view_from_landmark_file(path, "AP", scheme, radiograph)
    few = foot_points["AP"] * (0.15, 0.2)
    few[0] = (-20.0, 0.0)
    write_markups(path, scheme.ids("AP"), few)
    view = view_from_landmark_file(path, "AP", scheme, radiograph)
    assert any("1 of 16 points lie off the image" in text for text in view.warnings)
