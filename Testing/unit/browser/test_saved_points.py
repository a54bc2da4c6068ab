"""Corrections of images outside a worklist survive a crash, and tell nobody whose they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.saved_points import SavedPoints
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

BY = Edit("AB", "2026-01-31T09:05:00Z")


@pytest.fixture
def radiograph(foot_images: dict[str, Path]) -> Radiograph:
    return read_radiograph(foot_images["AP"])


@pytest.fixture
def saved(tmp_path: Path) -> SavedPoints:
    return SavedPoints(tmp_path / "state")


def test_corrected_points_come_back_with_the_same_pixels(
    saved: SavedPoints, example_case: Case, radiograph: Radiograph, foot_images: dict[str, Path], tmp_path: Path
) -> None:
    edited = example_case.move("AP", "A5", (91.25, 128.5), BY).confirm("AP", "A1", BY)
    assert saved.save(edited, "AP", radiograph)
    elsewhere = tmp_path / "copy.png"
    elsewhere.write_bytes(foot_images["AP"].read_bytes())
    back = SavedPoints(tmp_path / "state").load("AP", read_radiograph(elsewhere))
    assert back is not None
    assert back.landmarks["A5"].xy_px == (91.25, 128.5) and back.landmarks["A5"].reader == "AB"
    assert {name: mark.state for name, mark in back.landmarks.items()} == {
        name: mark.state for name, mark in edited.views["AP"].landmarks.items()
    }


def test_another_image_or_view_gets_nothing(saved: SavedPoints, example_case: Case, radiograph: Radiograph) -> None:
    saved.save(example_case.confirm("AP", "A1", BY), "AP", radiograph)
    other = replace(radiograph, pixels=radiograph.pixels[:, ::-1].copy())
    assert saved.load("AP", other) is None and saved.load("lateral", radiograph) is None


def test_what_only_a_network_said_is_not_kept(saved: SavedPoints, example_case: Case, radiograph: Radiograph) -> None:
    assert not saved.save(example_case, "AP", radiograph)
    saved.save(example_case.confirm("AP", "A1", BY), "AP", radiograph)
    assert not saved.save(example_case, "AP", radiograph)  # everything was undone
    assert saved.load("AP", radiograph) is None


def test_no_name_is_kept(saved: SavedPoints, example_case: Case, radiograph: Radiograph, tmp_path: Path) -> None:
    named = replace(radiograph, path=Path("/patients/DOE_JANE.dcm"))
    saved.save(example_case.confirm("AP", "A1", BY), "AP", named)
    (file,) = (path for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert "DOE" not in str(file) + file.read_text()


def test_a_damaged_file_is_as_good_as_none(
    saved: SavedPoints, example_case: Case, radiograph: Radiograph, tmp_path: Path
) -> None:
    saved.save(example_case.confirm("AP", "A1", BY), "AP", radiograph)
    (file,) = (path for path in (tmp_path / "state").rglob("*") if path.is_file())
    file.write_text('{"markups": [')
    assert saved.load("AP", radiograph) is None


def test_a_disk_that_refuses_is_named(example_case: Case, radiograph: Radiograph, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(FootDeformityError, match="cannot be kept"):
        SavedPoints(tmp_path / "state").save(example_case.confirm("AP", "A1", BY), "AP", radiograph)


def test_initials_are_asked_once(saved: SavedPoints, tmp_path: Path) -> None:
    assert saved.reader == ""
    saved.reader = "AB"
    assert SavedPoints(tmp_path / "state").reader == "AB"
