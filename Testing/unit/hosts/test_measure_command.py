"""measure: corrected landmarks in, numbers out, no network anywhere near."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.files.case_document import read_case
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme

Files = dict[str, Path]


@pytest.fixture
def landmark_files(tmp_path: Path, foot_points: dict[str, np.ndarray], scheme: Scheme) -> Files:
    files = {"AP": tmp_path / "a.mrk.json", "lateral": tmp_path / "l.fcsv"}
    for view, path in files.items():
        write_markups(path, scheme.ids(view), foot_points[view])
    return files


def test_numbers(tmp_path: Path, landmark_files: Files) -> None:
    out = tmp_path / "out"
    words = ["--ap", landmark_files["AP"], "--lateral", landmark_files["lateral"], "--age", 34, "--out", out]
    assert main(["measure", *map(str, words)]) == 0
    case = read_case(out / "case.json")
    assert case["angles"]["calcaneal_pitch"]["degrees"] == pytest.approx(15.418, abs=1e-3)
    assert case["model"] is None
    assert case["reviewed"]
    assert {mark["state"] for mark in case["landmarks"]["AP"].values()} == {"confirmed"}
    assert "AI, not reviewed" not in (out / "report.html").read_text()


def test_measuring_in_place_changes_nothing_but_the_results(tmp_path: Path, landmark_files: Files) -> None:
    out = tmp_path / "out"
    first = ["measure", "--ap", str(landmark_files["AP"]), "--out", str(out)]
    assert main(first) == 0
    again = ["measure", "--ap", str(out / "ap.mrk.json"), "--out", str(out)]
    before = (out / "ap.mrk.json").read_bytes()
    assert main(again) == 0
    assert (out / "ap.mrk.json").read_bytes() == before
    assert not list(out.glob("*before*"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "No landmarks given"),
        (["--ap-image", "x.png"], "without --ap"),
        (["--ap", "{lateral}"], "landmarks of the lateral view, expected AP"),
        (["--ap", "{AP}", "--ap-image", "none.png"], "does not exist"),
        (["--ap", "none.mrk.json"], "no such file"),
    ],
)
def test_refusals(
    tmp_path: Path, landmark_files: Files, words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [word.format(**landmark_files) for word in words]
    assert main(["measure", *options, "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.err.startswith("footdeformity measure: ")
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_torch(tmp_path: Path, landmark_files: Files) -> None:
    """A whole run leaves torch and scipy's statistics of training alone."""
    code = (
        "import sys; from FootDeformityLib.hosts.command_line.main import main; "
        f"assert main(['measure', '--ap', {str(landmark_files['AP'])!r}, '--out', {str(tmp_path / 'o')!r}]) == 0; "
        "assert not {'torch', 'matplotlib', 'FootDeformityTrainingLib'} & set(sys.modules)"
    )
    library = str(Path(__file__).resolve().parents[3] / "FootDeformity")
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": library}, stdout=subprocess.DEVNULL)
