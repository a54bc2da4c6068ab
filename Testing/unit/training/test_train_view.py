"""The view recogniser from a folder to a model: folds, limits, card, resume."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.view_recogniser import ViewRecogniser
from FootDeformityTrainingLib.evaluation.disturbances import DISTURBANCES, PLAIN
from FootDeformityTrainingLib.export_model import export_model
from FootDeformityTrainingLib.train_network import train_network
from FootDeformityTrainingLib.training_order import TrainingOrder
from FootDeformityTrainingLib.view_data import folds_of, read_view_images

TINY = ("epochs=1", "folds=2", "of_each_kind=4", "made_up=12", "batch=4", "channels=4,4,8,8", "validate_every=1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six patients of each view, two images of one of them, and a picture that is only judged."""
    folder = tmp_path / "data"
    folder.mkdir()
    generator, rows = np.random.default_rng(0), []
    for view in ("AP", "lateral", "oblique"):
        for number in range(6):
            name = f"{view}{number}.png"
            pixels = generator.integers(0, 255, (90, 60) if view == "AP" else (60, 90), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name)
            rows.append([name, view, f"p{max(number, 1)}", "train", "made, CC0"])
    Image.fromarray(generator.integers(0, 255, (40, 40), dtype=np.uint8)).save(folder / "hand.png")
    rows.append(["hand.png", "hand", "h", "test", "made"])
    with (folder / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["image", "view", "patient", "split", "source"], *rows])
    return folder


def test_a_patient_is_never_in_two_folds(data: Path) -> None:
    images = read_view_images([data])
    folds = folds_of(images, 3, 0)
    by_patient: dict[str, set[int]] = {}
    for image, fold in zip(images, folds.tolist(), strict=True):
        by_patient.setdefault(image.patient, set()).add(fold)
    assert all(len(found) == 1 for found in by_patient.values())
    assert by_patient["h"] == {-1} and {0, 1, 2} <= set(folds.tolist())


def test_train_resume_and_export(data: Path, tmp_path: Path) -> None:
    order = TrainingOrder(out=tmp_path / "run", network="view", data=str(data), settings=TINY)
    said: list[str] = []
    train_network(order, said.append)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"run.json", "fold0", "fold1", "all"}
    train_network(TrainingOrder(out=tmp_path / "run", network="view", resume=True), said.append)
    assert sum("finished" in line for line in said) == 3
    with pytest.raises(FootDeformityError, match="holds a run already"):
        train_network(order, said.append)
    export_model(tmp_path / "run", tmp_path / "model", report=said.append)
    model = ViewRecogniser(tmp_path / "model").model
    assert 0 <= model.refuse_below <= model.sure_from < 1
    notes = json.loads((tmp_path / "model" / "recogniser.json").read_text())["notes"]
    assert notes["out_of_fold"]["kinds"]["AP"]["n"] == 6 and notes["training_images"]["other"] == 0
    assert notes["out_of_fold"]["kinds"]["hand (made)"]["n"] == 1
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert "| AP | 6 |" in card and "made, CC0" in card
    assert all(f"| {each.name} |" in card for each in DISTURBANCES if each is not PLAIN)


def test_data_without_one_view_is_refused(data: Path, tmp_path: Path) -> None:
    text = (data / "manifest.csv").read_text().replace("lateral,", "oblique,")
    (data / "manifest.csv").write_text(text)
    with pytest.raises(FootDeformityError, match="no lateral image"):
        train_network(TrainingOrder(out=tmp_path / "run", network="view", data=str(data)))
