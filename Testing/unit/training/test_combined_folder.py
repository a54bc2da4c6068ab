"""Several annotated folders as one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.combined_folder import combine_folders
from FootDeformityTrainingLib.dataset import read_rows


@pytest.fixture
def corrected(blob_folder: Path, tmp_path: Path) -> Path:
    """A second folder, without a manifest."""
    folder = tmp_path / "corrected"
    folder.mkdir()
    for ending in ("png", "mrk.json"):
        shutil.copy(blob_folder / f"0.{ending}", folder / f"mine.{ending}")
    return folder


def test_rows_stay_as_they_are_and_images_where_they_lie(
    blob_folder: Path, corrected: Path, scheme_of_blobs: Scheme, tmp_path: Path
) -> None:
    out = tmp_path / "both"
    assert combine_folders([blob_folder, corrected], "front", scheme_of_blobs, out) == 13
    rows = read_rows(out, "front", scheme_of_blobs)
    assert rows[:12] == read_rows(blob_folder, "front", scheme_of_blobs)
    assert (rows[12].image, rows[12].patient, rows[12].split) == (corrected / "mine.png", "mine", "")
    assert [path.name for path in out.iterdir()] == ["manifest.csv"]


def test_a_folder_of_another_kind_is_refused(
    blob_folder: Path, corrected: Path, scheme_of_blobs: Scheme, tmp_path: Path
) -> None:
    with pytest.raises(FootDeformityError, match="holds annotated images of its own"):
        combine_folders([blob_folder], "front", scheme_of_blobs, corrected)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FootDeformityError, match="no annotated front radiograph found"):
        combine_folders([blob_folder, tmp_path / "empty"], "front", scheme_of_blobs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_from_the_command_line_with_thumbnails(
    blob_folder: Path, corrected: Path, blob_scheme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--view", "front", "--scheme", str(blob_scheme)]
    out, pictures = tmp_path / "both", tmp_path / "pictures"
    assert main(["combine-data", str(blob_folder), str(corrected), *options, "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 13 front images of 2 folders\n"
    assert main(["check-data", str(out), *options, "--thumbnails", str(pictures)]) == 0
    assert len(list(pictures.glob("*.png"))) == 13
