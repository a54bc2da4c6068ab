"""Installed models: one chosen a view detects at once; nothing is replaced in silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.model_folder import read_model
from FootDeformityLib.network.model_library import (
    ENVIRONMENT,
    choose_model,
    install_model,
    model_for,
    models_for,
    user_models_folder,
)
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.resources import shipped_model


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "library"))
    return tmp_path / "library"


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A model of the user's own: the shipped one under another name."""
    folder = tmp_path / "exported"
    shutil.copytree(shipped_model("AP"), folder)
    settings = json.loads((folder / "model.json").read_text())
    settings["notes"]["name"] = "Clinic A, feet"
    (folder / "model.json").write_text(json.dumps(settings))
    return folder


def test_without_a_choice_the_shipped_model_detects(library: Path) -> None:
    assert model_for("AP") == shipped_model("AP") and DetectorWorker().model_folder("AP") == shipped_model("AP")
    (only,) = models_for("AP")
    assert (only.name, only.chosen, only.folder) == ("", True, shipped_model("AP"))
    assert not library.exists()  # looking leaves nothing behind


def test_an_installed_model_detects_at_once(exported: Path, library: Path) -> None:
    found = install_model(exported)
    assert found.folder.parent == library and found.name.startswith("clinic-a-feet-") and found.chosen
    assert model_for("AP") == found.folder == DetectorWorker().model_folder("AP")
    assert model_for("lateral") == shipped_model("lateral")
    assert read_model(found.folder).notes["name"] == "Clinic A, feet"
    assert [(model.title, model.chosen) for model in models_for("AP")][1] == ("Clinic A, feet", True)
    assert install_model(exported).folder == found.folder and len(models_for("AP")) == 2  # once more is no second


def test_one_can_go_back_to_the_shipped_model(exported: Path) -> None:
    found = install_model(exported, choose=False)
    assert not found.chosen and model_for("AP") == shipped_model("AP")
    choose_model("AP", found.name)
    assert model_for("AP") == found.folder
    choose_model("AP", "")
    assert model_for("AP") == shipped_model("AP")


def test_a_chosen_model_that_is_gone_is_not_replaced_in_silence(exported: Path) -> None:
    shutil.rmtree(install_model(exported).folder)
    with pytest.raises(FootDeformityError, match="chosen for the AP view is not there any more"):
        model_for("AP")
    assert [model.name for model in models_for("AP")] == [""]


def test_what_is_no_whole_model_is_not_installed(exported: Path, tmp_path: Path, library: Path) -> None:
    with pytest.raises(FootDeformityError, match="not a model folder"):
        install_model(tmp_path)
    with (exported / "weights.safetensors").open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(FootDeformityError, match=r"is not the file that model\.json names"):
        install_model(exported)
    assert not library.exists()


def test_a_model_of_another_view_is_not_chosen(exported: Path) -> None:
    name = install_model(exported, choose=False).name
    with pytest.raises(FootDeformityError, match="is no model for the lateral view"):
        choose_model("lateral", name)


def test_broken_choices_are_told(library: Path) -> None:
    library.mkdir()
    (library / "chosen.json").write_text("[]")
    with pytest.raises(FootDeformityError, match=r"chosen\.json: cannot be read"):
        model_for("AP")


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(ENVIRONMENT)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_models_folder() == tmp_path / "FootDeformity" / "Models"
