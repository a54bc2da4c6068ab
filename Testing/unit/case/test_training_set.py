"""The loop back into training: what a person corrected becomes data, and nothing else does."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.training_set import add_to_training_set
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.dataset import load_sample, read_rows

Images = dict[str, Radiograph]


@pytest.fixture
def radiographs(foot_images: dict[str, Path]) -> Images:
    return {view: read_radiograph(path) for view, path in foot_images.items()}


@pytest.fixture
def corrected(example_case: Case) -> Case:
    case = example_case.move("AP", "A5", (80.5, 131.25)).mark_uncertain("AP", "A14").remove("AP", "A16")
    return case.confirm_all("AP").confirm_all("lateral")


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("spacing", [None, (0.15, 0.15), (0.2, 0.1)])
def test_the_trainer_reads_what_was_added(
    tmp_path: Path, corrected: Case, radiographs: Images, scheme: Scheme, spacing: tuple[float, float] | None
) -> None:
    images = {view: replace(image, spacing_mm=spacing) for view, image in radiographs.items()}
    written = add_to_training_set(corrected, images, tmp_path / "set", patient="P7")
    assert len(written) == 2
    for view in ("AP", "lateral"):
        (row,) = read_rows(tmp_path / "set", view, scheme)
        assert (row.patient, row.split, row.aspect_known) == ("P7", "", spacing is not None)
        sample = load_sample(row, scheme)
        np.testing.assert_allclose(sample.points, corrected.views[view].points_px(), atol=1e-4)
        np.testing.assert_allclose(sample.pixels, images[view].pixels, atol=2e-5)
        assert sample.spacing_mm == (None if spacing is None else pytest.approx(spacing[0]))
        estimates = [name for name, yes in zip(scheme.ids(view), sample.uncertain, strict=True) if yes]
        assert estimates == (["A14"] if view == "AP" else [])


def test_names_of_files_tell_nothing(tmp_path: Path, corrected: Case, radiographs: Images) -> None:
    named = {view: replace(image, path=Path("KIM_19900101.dcm")) for view, image in radiographs.items()}
    add_to_training_set(corrected, named, tmp_path / "set")
    for file in (tmp_path / "set").iterdir():
        assert b"KIM" not in file.read_bytes()
        assert "KIM" not in file.name
    assert len({row["patient"] for row in manifest(tmp_path / "set")}) == 1


def test_added_again_it_replaces_its_row_and_keeps_what_others_wrote(
    tmp_path: Path, corrected: Case, radiographs: Images
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "manifest.csv").write_text(
        "image,landmarks,view,patient,split,note\nold.png,old.mrk.json,AP,P1,val,keep me\n", encoding="utf-8"
    )
    add_to_training_set(corrected, radiographs, folder)
    rows = manifest(folder)
    rows[1]["split"] = "train"
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    add_to_training_set(corrected.with_facts(Facts("left", 35.0, "yes")), radiographs, folder)
    old, ap, lateral = manifest(folder)
    assert (old["image"], old["note"], old["split"]) == ("old.png", "keep me", "val")
    assert (ap["side"], ap["age_years"], ap["uncertain"], ap["split"]) == ("left", "35", "A14", "train")
    assert (lateral["view"], lateral["split"]) == ("lateral", "")


def test_unreviewed_points_are_refused_unless_told(tmp_path: Path, example_case: Case, radiographs: Images) -> None:
    with pytest.raises(FootDeformityError, match="A1, A2, A3, A4, A5 and 22 more stand where the network"):
        add_to_training_set(example_case, radiographs, tmp_path / "set")
    assert not (tmp_path / "set").exists()
    assert len(add_to_training_set(example_case, radiographs, tmp_path / "set", allow_unreviewed=True)) == 2


def test_what_cannot_be_added(tmp_path: Path, corrected: Case, radiographs: Images) -> None:
    def refused(words: str, case: Case = corrected, images: Images = radiographs, folder: Path = tmp_path) -> None:
        with pytest.raises(FootDeformityError, match=words):
            add_to_training_set(case, images, folder)

    refused("no radiograph", case=Case({}))
    refused("image of the lateral view is missing", images={"AP": radiographs["AP"]})
    empty = corrected.views["AP"].with_all(lambda state: type(state)())
    refused("AP view has no points", case=Case.from_views({"AP": empty}, Facts()))
    (tmp_path / "x.mrk.json").write_text("{}")
    refused("holds landmark files but no manifest.csv")
    (tmp_path / "manifest.csv").write_text("a,b\n1,2\n")
    refused("is no manifest of a training set")
    (tmp_path / "manifest.csv").write_bytes(b"image,\xff\xfe")
    refused("cannot be read")
    (tmp_path / "file").write_text("")
    refused("cannot be written", folder=tmp_path / "file")
