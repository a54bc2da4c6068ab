"""``footdeformity simulate`` as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from FootDeformityLib.hosts.command_line.main import main


def test_one_view_of_one_foot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--procedural", "--count", "1", "--size", "256", "--views", "lateral", "--dicom"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0 of 1 people"
    assert lines[1].startswith("1 of 1 people, ")
    assert lines[2] == str(tmp_path / "manifest.csv")
    assert sorted(path.name for path in (tmp_path / "lateral").iterdir()) == [
        "sim0_00000_lateral.dcm",
        "sim0_00000_lateral.mrk.json",
    ]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1 of 1 people"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--views", "oblique"], "give ap, lateral or ap,lateral"),
        (["--views", ","], "give ap, lateral or ap,lateral"),
        (["--count", "0"], "give at least 1"),
        (["--size", "9"], "give one from 256 to 4096"),
        (["--processes", "0"], "--processes 0: give at least 1"),
        (["--seed", "-1"], "--seed -1: give 0 or more"),
    ],
)
def test_wrong_options_are_refused(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--procedural", "--out", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_bones_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--meshes", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no bones" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
