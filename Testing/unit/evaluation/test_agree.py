"""Two readers' folders against each other."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.evaluation.reader_agreement import agreement_page, reader_angles
from FootDeformityTrainingLib.evaluation.reader_pairs import read_pairs

OFF = np.array([3.0, 4.0])


@pytest.fixture
def readers(make_folder: Any, tmp_path: Path, scheme: Scheme) -> tuple[Path, Path, Path]:
    """Folder of the images, of the first reader, and of the second, who is 3 pixels right and 4 below."""
    rows = [{"spacing_mm": "0.2"}, {"spacing_mm": "0.2"}, {"aspect_known": "no"}, {}]
    folder = make_folder("AP", rows)
    first, second = tmp_path / "A", tmp_path / "B"
    ids = scheme.ids("AP")
    for name, truth in folder.truth.items():
        for reader, points in ((first, truth), (second, truth + OFF)):
            notes = ["uncertain" if identifier == "A14" and reader == second else "" for identifier in ids]
            write_markups(
                reader / name.replace(".png", ".mrk.json"), ids, np.column_stack([points, np.zeros(16)]), notes
            )
    return folder.path, first, second


def test_distances_per_landmark(readers: Any, scheme: Scheme, quiet: Any) -> None:
    images, first, second = readers
    (pair,) = read_pairs(first, second, scheme, images / "manifest.csv", quiet)
    page = agreement_page([pair], scheme, with_images=True)
    rows = list(csv.DictReader(page.parts[0].to_csv().splitlines()))
    every = {row["landmark"]: row for row in rows if row["points"] == "all"}
    certain = {row["landmark"]: row for row in rows if row["points"] == "certain"}
    assert (every["A14"]["n"], certain["A14"]["n"], certain["A1"]["n"]) == ("4", "0", "4")
    # 5 pixels of foot lengths of 371.08 pixels and 2, 4 and 6 % more
    length = np.hypot(90, 360) * (1 + 0.02 * np.arange(4))
    assert float(every["all landmarks"]["distance_percent"]) == pytest.approx((500 / length).mean(), rel=1e-4)
    assert (every["A1"]["n_mm"], float(every["A1"]["distance_mm"])) == ("2", pytest.approx(1.0))


def test_angles_leave_out_images_of_unknown_aspect(readers: Any, scheme: Scheme, quiet: Any) -> None:
    images, first, second = readers
    (pair,) = read_pairs(first, second, scheme, images, quiet)  # the folder's manifest is found
    for angle in reader_angles(pair):
        np.testing.assert_array_equal(np.isfinite(angle.differences), [True, True, False, True])
    assert any("1 of 4 images" in warning for warning in agreement_page([pair], scheme, True).warnings)
    (blind,) = read_pairs(first, second, scheme, None, quiet)
    assert np.isfinite(reader_angles(blind)[0].differences).all()
    assert "taken as square" in agreement_page([blind], scheme, False).warnings[0]


def test_an_image_that_is_not_found_gives_no_angles(readers: Any, scheme: Scheme, tmp_path: Path) -> None:
    images, first, second = readers
    some = tmp_path / "some"
    some.mkdir()
    shutil.copy(images / "00.png", some)
    lines: list[str] = []
    (pair,) = read_pairs(first, second, scheme, some, lines.append)
    np.testing.assert_array_equal(pair.aspect_known, [True, False, False, False])
    assert sum("image was not found" in line for line in lines) == 3


def test_what_only_one_reader_has_is_named(readers: Any, scheme: Scheme) -> None:
    _, first, second = readers
    (first / "01.mrk.json").unlink()
    (second / "02.mrk.json").write_text("{}")
    lines: list[str] = []
    (pair,) = read_pairs(first, second, scheme, None, lines.append)
    assert pair.names == ("00", "03")
    assert any("01 is in" in line and str(second) in line for line in lines)
    assert any("02.mrk.json" in line for line in lines)
    with pytest.raises(FootDeformityError, match="no image was usably marked by both"):
        read_pairs(first, images_of_nobody(first), scheme, None, lines.append)


def images_of_nobody(folder: Path) -> Path:
    empty = folder.parent / "empty"
    empty.mkdir()
    return empty


def test_the_command_prints_and_writes(readers: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images, first, second = readers
    out = tmp_path / "out"
    assert main(["agree", str(first), str(second), "--images", str(images), "--out", str(out)]) == 0
    assert "hallux abductus angle" in capsys.readouterr().out
    names = {path.name for path in out.iterdir()}
    assert names == {"agreement.html", "agreement.md", "distances.csv", "angle_agreement.csv", "bland_altman.png"}
    assert main(["agree", str(first), str(tmp_path / "nobody")]) == 2
    assert "no such folder" in capsys.readouterr().err
