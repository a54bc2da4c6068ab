"""What was stated about a foot comes back with any of its images, and with no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.saved_facts import SavedFacts, Statement
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

SAID = Statement("left", 14.5, "no", "lee2025-calibrated")


@pytest.fixture
def images(foot_images: dict[str, Path]) -> dict[str, Radiograph]:
    return {view: read_radiograph(path) for view, path in foot_images.items()}


@pytest.fixture
def facts(tmp_path: Path) -> SavedFacts:
    return SavedFacts(tmp_path / "state")


@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_one_image_of_the_foot_is_enough(facts: SavedFacts, images: dict[str, Radiograph], view: str) -> None:
    assert facts.save(SAID, images)
    assert facts.load({view: images[view]}) == SAID


def test_what_was_said_last_counts(facts: SavedFacts, images: dict[str, Radiograph]) -> None:
    facts.save(Statement(age_years=14.0), {"AP": images["AP"]})
    facts.save(Statement(age_years=15.0), {"lateral": images["lateral"]})
    assert facts.load(images).age_years == 15.0


def test_another_image_gets_nothing(facts: SavedFacts, images: dict[str, Radiograph]) -> None:
    facts.save(SAID, images)
    other = replace(images["AP"], pixels=images["AP"].pixels[:, ::-1].copy())
    assert facts.load({"AP": other}) == Statement()


def test_nothing_is_kept_where_nothing_is_said(
    facts: SavedFacts, images: dict[str, Radiograph], tmp_path: Path
) -> None:
    facts.save(SAID, images)
    assert not facts.save(Statement(), images)
    assert [path for path in (tmp_path / "state").rglob("*") if path.is_file()] == []


def test_no_name_is_kept(facts: SavedFacts, images: dict[str, Radiograph], tmp_path: Path) -> None:
    facts.save(SAID, {"AP": replace(images["AP"], path=Path("/patients/DOE_JANE.dcm"))})
    (file,) = (path for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert "DOE" not in str(file) + file.read_text()


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"side": "top", "age_years": 3, "weight_bearing": null, "criteria": null}']
)
def test_a_damaged_file_says_nothing(
    facts: SavedFacts, images: dict[str, Radiograph], tmp_path: Path, text: str
) -> None:
    facts.save(SAID, {"AP": images["AP"]})
    (file,) = (path for path in (tmp_path / "state").rglob("*") if path.is_file())
    file.write_text(text)
    assert facts.load(images) == Statement()


def test_a_disk_that_refuses_is_named(tmp_path: Path, images: dict[str, Radiograph]) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(FootDeformityError, match="cannot be kept"):
        SavedFacts(tmp_path / "state").save(SAID, images)
