"""Results appear whole, replace older ones and leave everything else alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.results_folder import ResultsFolder, sha256_of

NAMES = ("a.txt", "b.txt")


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_folder_appears_with_its_files(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "deep" / "out", NAMES).staged() as stage:
        (stage / "a.txt").write_text("new")
        assert not (tmp_path / "deep").exists()
    assert everything_below(tmp_path) == ["deep", "deep/out", "deep/out/a.txt"]


def test_older_results_go_foreign_files_stay(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "notes.txt"):
        (tmp_path / name).write_text("old")
    with ResultsFolder(tmp_path, NAMES).staged() as stage:
        (stage / "a.txt").write_text("new")
    assert everything_below(tmp_path) == ["a.txt", "notes.txt"]
    assert (tmp_path / "a.txt").read_text() == "new"
    assert (tmp_path / "notes.txt").read_text() == "old"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_changes_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "b.txt").write_text("old")
    with pytest.raises(error), ResultsFolder(tmp_path, NAMES).staged() as stage:
        (stage / "a.txt").write_text("half")
        raise error
    assert everything_below(tmp_path) == ["b.txt"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(FootDeformityError, match="out"):
            ResultsFolder(folder, NAMES).check()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FootDeformityError, match="cannot be written"):
        ResultsFolder(tmp_path / "out", NAMES).check()
    tmp_path.chmod(0o700)


def test_edited_files_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("as written")
    (tmp_path / "b.txt").write_text("edited")
    known = {"a.txt": {sha256_of(tmp_path / "a.txt")}, "b.txt": {"0" * 64}}
    kept = ResultsFolder(tmp_path, NAMES).keep_edited(NAMES, known)
    assert len(kept) == 1
    assert kept[0].startswith("b.before-")
    assert (tmp_path / kept[0]).read_text() == "edited"
    assert ResultsFolder(tmp_path, NAMES).keep_edited(["b.txt"], {}) != kept
