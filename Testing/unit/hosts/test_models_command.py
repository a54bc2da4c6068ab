"""models: what is installed, with the figures of the cards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.resources import shipped_model


def card_error(view: str) -> str:
    notes = json.loads((shipped_model(view) / "model.json").read_text())["notes"]
    return f"{notes['validation']['certain']['error_percent']:.2f} %"


def test_installed_models_are_listed_with_their_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for view in ("AP", "lateral"):
        (line,) = [line for line in lines if line.startswith("*") and f" {view} " in line]
        assert card_error(view) in line


def test_an_older_model_beside_is_listed_but_not_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(shipped_model("AP"), tmp_path / "older")
    assert main(["models", str(tmp_path)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " AP  " in line]  # of the table
    assert [line.startswith("*") for line in lines] == [True, False]


def test_a_broken_model_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.json").write_text("{}")
    assert main(["models", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "not a valid model description" in out
    assert sum(line.startswith("*") for line in out.splitlines()) == 2
