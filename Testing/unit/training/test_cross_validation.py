"""From fold runs to a model with pooled figures: each image judged by the network that was trained without it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.confidence import fit
from FootDeformityLib.network.model_folder import read_model
from FootDeformityTrainingLib.calibration import stacked_features
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.fold_runs import read_fold_runs
from FootDeformityTrainingLib.image_fingerprint import image_fingerprint
from FootDeformityTrainingLib.out_of_fold import look_out_of_fold
from FootDeformityTrainingLib.training_log import read_log

TINY = ["--set", "input_size=32", "--set", "features=8", "--set", "stem=4,8", "--set", "depth=1", "--set", "stacks=1"]
QUICK = ["--epochs", "2", "--batch", "4", "--set", "picture_every=0"]


@pytest.fixture(scope="module")
def data(blob_folder: Path, blob_scheme: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The twelve blobs, the last two of one patient, and two simulated ones."""
    folder = tmp_path_factory.mktemp("folds") / "data"
    shutil.copytree(blob_folder, folder)
    with (folder / "manifest.csv").open(newline="") as file:
        rows = [{**row, "quality": ""} for row in csv.DictReader(file)]
    rows[11]["patient"] = rows[10]["patient"]
    write_rows(folder, rows + simulated(folder, ("s0", "s1")))
    return ["--data", str(folder), "--view", "front", "--scheme", str(blob_scheme)]


def simulated(folder: Path, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Write brighter copies of image 0 as simulated feet and return their rows."""
    rows = []
    for number, name in enumerate(names):
        with Image.open(folder / "0.png") as image:
            Image.fromarray((np.asarray(image) // 2 + 20 + number).astype(np.uint8)).save(folder / f"{name}.png")
        shutil.copy(folder / "0.mrk.json", folder / f"{name}.mrk.json")
        rows.append(
            {
                "image": f"{name}.png",
                "landmarks": f"{name}.mrk.json",
                "view": "front",
                "patient": name,
                "split": "train",
                "uncertain": "",
                "source": "sim",
                "licence": "MIT",
                "quality": "simulated",
            }
        )
    return rows


def write_rows(folder: Path, rows: list[dict[str, str]]) -> None:
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def train(data: list[str], run: Path, split: str, *more: str) -> str:
    assert main(["train", "hih", *data, "--out", str(run), "--split", split, *TINY, *QUICK, *more]) == 0
    return str(run)


@pytest.fixture(scope="module")
def runs(data: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders 1, 2, 3 of the folds and all."""
    folder = tmp_path_factory.mktemp("runs")
    for name, split in (("1", "1/3"), ("2", "2/3"), ("3", "3/3"), ("all", "all")):
        train(data, folder / name, split)
    return folder


@pytest.fixture(scope="module")
def figures(runs: Path, data: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What cross-validate wrote, with two simulated feet judged besides; two more were trained on."""
    out, feet = tmp_path_factory.mktemp("figures") / "out", tmp_path_factory.mktemp("feet")
    for file in ("0.png", "0.mrk.json"):
        shutil.copy(Path(data[1]) / file, feet)
    write_rows(feet, simulated(feet, ("x0", "x1", "x2", "x3")))  # the first two are s0 and s1
    assert main(["cross-validate", *folds(runs), "--simulated", str(feet), "--out", str(out)]) == 0
    return out


def folds(runs: Path) -> list[str]:
    return [str(runs / name) for name in "123"]


def pooled(figures: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((figures / "cross_validation.json").read_text())
    return values


def table(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must be refused; return what it says."""

    def refuse(*command: str) -> str:
        capsys.readouterr()
        assert main(list(command)) == 2
        return capsys.readouterr().err

    return refuse


def test_a_fold_run_ends_with_its_last_average_and_says_what_it_held_out(runs: Path) -> None:
    settings = json.loads((runs / "2" / "run.json").read_text())
    assert settings["training"]["split"] == "2/3"
    assert settings["images"] == {"train": 10, "validation": 4}
    last, best = (torch.load(runs / "2" / name, weights_only=True) for name in ("last.pt", "best.pt"))
    assert best["epoch"] == 2
    assert all(torch.equal(value, last["average"][name]) for name, value in best["network"].items())
    assert [bool(row["all"]) for row in read_log(runs / "2" / "log.csv")] == [False, True]  # judged at the end alone


def test_a_run_on_everything_skips_validation(runs: Path, data: list[str], refused: Callable[..., str]) -> None:
    assert json.loads((runs / "all" / "run.json").read_text())["images"] == {"train": 14, "validation": 0}
    assert [row["all"] for row in read_log(runs / "all" / "log.csv")] == ["", ""]
    last, best = (torch.load(runs / "all" / name, weights_only=True) for name in ("last.pt", "best.pt"))
    assert all(torch.equal(value, last["average"][name]) for name, value in best["network"].items())
    said = refused("train", "hih", "--out", str(runs / "all"), "--resume", "--split", "1/3")
    assert "split: all then, 1/3 now" in said
    said = refused("train", "hih", *data, "--out", str(runs / "new"), "--split", "4/3")
    assert "split '4/3' is unknown" in said


def test_figures_are_those_of_all_folds_together(runs: Path, figures: Path) -> None:
    values = pooled(figures)
    real = values["real"]
    assert (real["images"], real["patients"], real["all"]["n"], real["certain"]["n"]) == (12, 11, 48, 47)
    logged = [float(read_log(runs / name / "log.csv")[-1]["all"]) for name in "123"]
    sizes = [run["validation"] for run in values["runs"]]
    assert sum(sizes) == 12
    # the log is of full precision, the figures of weights as they are shipped
    assert real["all"]["error_percent"] == pytest.approx(np.average(logged, weights=sizes), rel=0.02)
    points = [row for row in table(figures / "points.csv") if row["model"] == "out of fold"]
    errors = np.array([float(row["error_percent"]) for row in points])
    certain = np.array([row["certain"] == "yes" for row in points])
    assert real["all"]["error_percent"] == pytest.approx(errors.mean(), abs=2e-3)
    assert real["certain"]["error_percent"] == pytest.approx(errors[certain].mean(), abs=2e-3)
    wrong = {row["image"] for row in points if row["wrong_bone"] == "yes" and row["certain"] == "yes"}
    assert real["no_wrong_bone"]["hits"] == 12 - len(wrong)
    images = [row for row in table(figures / "images.csv") if row["set"] == "out of fold"]
    assert sorted(row["image"] for row in images) == sorted(f"{k}.png" for k in range(12))
    assert sorted(int(row["doubt_rank"]) for row in images) == list(range(1, 13))


def test_each_image_is_judged_by_the_network_without_it(runs: Path, figures: Path, data: list[str]) -> None:
    for row in table(figures / "images.csv"):
        if row["set"] == "out of fold":
            split = json.loads((runs / row["fold"] / "run.json").read_text())["training"]["split"]
            assert split == f"{row['fold']}/3"
    held = {row["image"]: row["fold"] for row in table(figures / "images.csv")}
    assert held["10.png"] == held["11.png"]  # one patient
    assert {held[name] for name in ("x2.png", "x3.png")} == {"0"} and "s0.png" not in held


def test_simulated_feet_stand_apart(figures: Path) -> None:
    values = pooled(figures)
    assert values["simulated"]["images"] == 2 and values["simulated"]["all"]["n"] == 8
    page = (figures / "cross_validation.html").read_text()
    assert "Simulated feet: points" in page and "Real radiographs, out of fold: landmarks" in page
    assert "2 images of 2 simulated feet" in page and "12 images of 11 patients" in page
    apart = page.index("Simulated feet: points")
    assert page.count("<img") == page.count("<img", 0, apart) >= 3  # no picture of real images stands among them
    with Image.open(figures / "reliability.png") as picture:
        assert picture.width > 900


def test_a_model_of_the_run_on_everything_carries_the_pooled_figures(
    runs: Path, figures: Path, data: list[str], tmp_path: Path, scheme_of_blobs: Scheme,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "model"
    assert main(["export", str(runs / "all"), "--cross-validation", str(figures), "--out", str(out)]) == 0
    model, values = read_model(out), pooled(figures)
    assert model.notes["validation"] == values["real"] and model.notes["cross_validation"]["folds"] == 3
    rows = read_rows(Path(data[1]), "front", scheme_of_blobs)
    assert model.notes["training_images_sha256"] == sorted({image_fingerprint(row.image) for row in rows})
    assert model.notes["validation_images_sha256"] == []
    judged = look_out_of_fold(
        read_fold_runs([Path(one) for one in folds(runs)]), Path(data[1]), scheme_of_blobs, lambda line: None
    )
    expected = fit(stacked_features(judged.result.looks), judged.result.errors)
    assert model.confidence is not None
    np.testing.assert_allclose(model.confidence.landmark, expected.landmark, atol=0.02)
    card = (out / "MODEL_CARD.md").read_text()
    for words in (
        "14 training radiographs (2 of them simulated), every one of the data",
        "Patient-wise 3-fold cross-validation",
        "## Real radiographs, out of fold: points",
        "## Simulated feet: landmarks",
        "Area of the reliability diagram",
        "## Look at this first",
        "![Reliability diagrams](reliability.png)",
        "2 epochs of batches of 4",
    ):
        assert words in card
    assert (out / "reliability.png").read_bytes() == (figures / "reliability.png").read_bytes()
    capsys.readouterr()
    assert main(["models", str(out)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if " front " in line]
    assert f"{values['real']['certain']['error_percent']:.2f} %" in line and "3 folds" in line


def test_a_run_on_everything_is_no_model_without_the_folds(
    runs: Path, figures: Path, data: list[str], tmp_path: Path, refused: Callable[..., str]
) -> None:
    model = str(tmp_path / "model")
    said = refused("export", str(runs / "all"), "--out", model)
    assert "trained on every image" in said and "--cross-validation" in said
    said = refused("export", str(runs / "1"), "--cross-validation", str(figures), "--out", model)
    assert "holds out fold 1/3" in said and "train --split all" in said
    said = refused("export", str(runs / "all"), "--cross-validation", str(runs), "--out", model)
    assert "cross_validation.json cannot be read" in said
    other = train(data, tmp_path / "other", "all", "--set", "learning_rate=2e-3")
    said = refused("export", other, "--cross-validation", str(figures), "--out", model)
    assert "(learning_rate: 0.001 in the folds, 0.002 here)" in said
    assert not Path(model).exists()
    assert main(["export", other, "--cross-validation", str(figures), "--other-recipe", "--out", model]) == 0
    card = (Path(model) / "MODEL_CARD.md").read_text()
    assert "**This network was trained otherwise than the folds** (learning_rate: 0.001 in the folds" in card
    assert "trained by another recipe (see below)" in card


def test_folds_that_do_not_belong_together_are_refused(
    runs: Path, data: list[str], tmp_path: Path, refused: Callable[..., str]
) -> None:
    out = ["--out", str(tmp_path / "figures")]
    first, second, third = folds(runs)
    assert "fold 2/3 is missing" in refused("cross-validate", first, third, *out)
    assert "fold 1/3 is there 2 times" in refused("cross-validate", first, first, second, third, *out)
    assert "it holds nothing out" in refused("cross-validate", first, str(runs / "all"), *out)
    seed = train(data, tmp_path / "seed", "2/3", "--seed", "1")
    assert "(seed: 0 there, 1 here)" in refused("cross-validate", first, seed, third, *out)
    half = train(data, tmp_path / "half", "1/2")
    assert "they divide the patients differently" in refused("cross-validate", half, first, *out)
    assert not (tmp_path / "figures").exists()


def test_changed_data_and_known_simulated_feet_are_refused(
    runs: Path, data: list[str], tmp_path: Path, refused: Callable[..., str]
) -> None:
    out = ["--out", str(tmp_path / "figures")]
    said = refused("cross-validate", *folds(runs), "--simulated", data[1], *out)
    assert "holds 2 simulated front images" in said and "was trained on every one" in said
    copy = tmp_path / "copy"
    shutil.copytree(data[1], copy)
    text = (copy / "5.mrk.json").read_text()
    loaded = json.loads(text)
    loaded["markups"][0]["controlPoints"][0]["position"][0] += 1
    (copy / "5.mrk.json").write_text(json.dumps(loaded))
    assert "was trained on other data" in refused("cross-validate", *folds(runs), "--data", str(copy), *out)
    (copy / "5.mrk.json").write_text(text)
    assert main(["cross-validate", *folds(runs), "--data", str(copy), *out]) == 0


def test_a_start_that_knows_the_judged_images_is_refused(
    runs: Path, figures: Path, data: list[str], tmp_path: Path, refused: Callable[..., str]
) -> None:
    """Fine-tuned folds: each must start from a model that has not seen its images; blending needs such a start."""
    out = ["--out", str(tmp_path / "figures")]
    for name in "123":
        assert main(["export", str(runs / name), "--out", str(tmp_path / f"model{name}")]) == 0
    start = ["--batch", "4", "--epochs", "1", "--set", "picture_every=0"]
    tuned = []
    for name in "123":
        run, init = tmp_path / f"tuned{name}", str(tmp_path / f"model{name}")
        command = ["train", "hih", *data, "--init", init, "--split", f"{name}/3", "--out", str(run), *start]
        assert main(command) == 0
        tuned.append(str(run))
    assert main(["cross-validate", *tuned, "--share", "0.5", *out]) == 0
    assert pooled(tmp_path / "figures")["share_of_run"] == 0.5
    leak = tmp_path / "leak"
    command = ["train", "hih", *data, "--init", str(tmp_path / "model1"), "--split", "2/3", "--out", str(leak), *start]
    assert main(command) == 0
    said = refused("cross-validate", tuned[0], str(leak), tuned[2], *out)
    assert "which was trained on" in said and "Start every fold from a model that has not seen its images" in said
    assert "started from no model" in refused("cross-validate", *folds(runs), "--share", "0.5", *out)
