"""HIH as people train it: any scheme, ablations, fine-tuning, resuming by the folder alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.network.model_folder import load_hih, read_model
from FootDeformityTrainingLib.training_config import config_of_run
from FootDeformityTrainingLib.training_log import read_log

TINY = ["--set", "input_size=32", "--set", "features=8", "--set", "stem=4,8", "--set", "depth=1", "--set", "stacks=1"]
QUICK = ["--epochs", "1", "--batch", "4", "--set", "picture_every=0"]


@pytest.fixture
def data(blob_folder: Path, blob_scheme: Path) -> list[str]:
    return ["--data", str(blob_folder), "--view", "front", "--scheme", str(blob_scheme)]


def settings_of(run: Path) -> dict[str, object]:
    values: dict[str, object] = json.loads((run / "run.json").read_text())
    return values


@pytest.fixture
def nineteen(tmp_path: Path) -> list[str]:
    """Ten lateral "skulls" of nineteen dots each, with a scheme that says no more than ids and view."""
    ids = [f"S{k}" for k in range(1, 20)]
    folder = tmp_path / "skulls"
    folder.mkdir()
    scheme = tmp_path / "cephalo19.json"
    scheme.write_text(json.dumps({"name": "cephalo19", "landmarks": [{"id": i, "view": "skull"} for i in ids]}))
    rng = np.random.default_rng(0)
    base = rng.uniform(15, 75, (19, 2))
    y, x = np.mgrid[:90, :90]
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "landmarks", "view", "patient", "split", "spacing_mm"])
        for number in range(10):
            points = base + rng.normal(0, 1.5, base.shape)
            image = np.exp(-((x - points[:, 0, None, None]) ** 2 + (y - points[:, 1, None, None]) ** 2) / 8).sum(0)
            Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8)).save(folder / f"{number}.png")
            write_markups(folder / f"{number}.mrk.json", ids, points)
            split = "train" if number < 6 else "val"
            writer.writerow([f"{number}.png", f"{number}.mrk.json", "skull", f"p{number}", split, "0.1"])
    return ["--data", str(folder), "--view", "skull", "--scheme", str(scheme)]


def test_a_scheme_of_nineteen_points_trains_exports_and_detects(nineteen: list[str], tmp_path: Path) -> None:
    run, model = str(tmp_path / "run"), tmp_path / "model"
    assert main(["check-data", nineteen[1], *nineteen[2:]]) == 0
    assert main(["train", "hih", *nineteen, "--out", run, *TINY, *QUICK, "--set", "augmentation.flip=no"]) == 0
    assert float(read_log(Path(run) / "log.csv")[-1]["all"]) > 0
    assert main(["export", run, "--out", str(model)]) == 0
    found = read_model(model)
    assert (found.scheme, found.view, len(found.landmarks)) == ("cephalo19", "skull", 19)
    card = (model / "MODEL_CARD.md").read_text()
    assert "% of the landmarks' extent" in card and "foot length" not in card and "| S19 |" in card
    output = load_hih(model)(torch.rand(1, 1, 32, 32))
    assert output.integer.shape == (1, 2, 19, 8, 8)


@pytest.mark.parametrize(
    ("switches", "maps", "decimal"),
    [
        ([], 2, False),
        (["--set", "refinement=no"], 1, False),
        (["--set", "input_size=64", "--set", "decimal_size=4", "--set", "decimal_width=8"], 2, True),
    ],
)
def test_the_papers_ablations_are_switches(
    data: list[str], tmp_path: Path, switches: list[str], maps: int, decimal: bool
) -> None:
    run, model = str(tmp_path / "run"), str(tmp_path / "model")
    assert main(["train", "hih", *data, "--out", run, *TINY, *QUICK, *switches]) == 0
    assert main(["export", run, "--out", model]) == 0
    network = load_hih(model)
    size = network.config.input_size
    output = network(torch.rand(1, 1, size, size))
    assert output.integer.shape[1] == maps and (output.decimal is not None) == decimal


def test_a_size_that_cannot_be_built_is_told(
    data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "hih", *data, "--out", str(tmp_path / "run"), *TINY, *QUICK, "--set", "decimal_size=4"]
    assert main(command) == 2
    assert "this network cannot be built" in capsys.readouterr().err


def test_fine_tuning_starts_from_the_model_and_keeps_its_pose(
    data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], nineteen: list[str]
) -> None:
    run, model, tuned = tmp_path / "run", tmp_path / "model", tmp_path / "tuned"
    assert main(["train", "hih", *data, "--out", str(run), *TINY, *QUICK]) == 0
    assert main(["export", str(run), "--out", str(model)]) == 0
    start = ["train", "hih", *data, "--init", str(model), "--out", str(tuned), "--batch", "4"]
    assert main([*start, "--epochs", "1", "--set", "learning_rate=1e-9", "--set", "ema_decay=0"]) == 0
    before, after = load_hih(model).state_dict(), torch.load(tuned / "last.pt", weights_only=True)["network"]
    for name in ("stem.0.conv.weight", "stacks.0.heatmap.bias"):
        torch.testing.assert_close(before[name], after[name], atol=1e-4, rtol=0)  # the model is in half precision
    assert settings_of(tuned)["mean_shape"] == read_model(model).mean_shape.tolist()  # type: ignore[union-attr]
    config = config_of_run(settings_of(tuned))
    assert config.architecture == read_model(model).architecture and config.init == str(model)
    assert config.loop.warm_up_epochs == 3.0 and config.augmentation.close_share > 0
    out = ["--out", str(tmp_path / "other")]
    assert main(["train", "hih", *nineteen, "--init", str(model), *out]) == 2
    assert "finds the front landmarks of scheme blobs" in capsys.readouterr().err
    assert main([*start[:-4], *out, "--set", "features=16"]) == 2
    assert "another architecture" in capsys.readouterr().err
    assert main([*start[:-4], *out, "--preset", "compact"]) == 2
    assert "leave --preset out" in capsys.readouterr().err


def test_a_run_goes_on_by_its_folder_alone(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["train", "hih", *data, "--out", str(run), *TINY, *QUICK]) == 0
    state = torch.load(run / "last.pt", weights_only=True)
    settings = settings_of(run)
    settings["training"]["loop"]["epochs"] = 2  # type: ignore[index]
    (run / "run.json").write_text(json.dumps(settings))  # as if it had been stopped halfway
    assert state["epoch"] == 1
    assert main(["train", "hih", "--out", str(run), "--resume"]) == 0
    assert [row["epoch"] for row in read_log(run / "log.csv")] == ["1", "2"]
    assert main(["train", "hih", "--out", str(run), "--resume"]) == 0
    assert "the run is finished (epoch 2)" in capsys.readouterr().out
    assert main(["train", "hih", "--out", str(run), "--resume", "--set", "learning_rate=5e-4"]) == 2
    assert "(learning_rate: 0.001 then, 0.0005 now)" in capsys.readouterr().err


def test_a_run_on_changed_data_is_not_continued(
    data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, copy = tmp_path / "run", tmp_path / "copy"
    assert main(["train", "hih", *data, "--out", str(run), *TINY, *QUICK]) == 0
    copy.mkdir()
    for file in Path(data[1]).iterdir():
        if file.name != "3.png":
            (copy / file.name).write_bytes(file.read_bytes())
    assert main(["train", "hih", "--out", str(run), "--resume", "--data", str(copy)]) == 2
    assert "training data have changed" in capsys.readouterr().err


def test_runs_of_the_first_format_are_understood() -> None:
    old = {
        "training": {
            "view": "AP", "preset": "compact", "scheme": "foot27", "epochs": 150, "batch": 8, "learning_rate": 0.001,
            "weight_decay": 0.0005, "warm_up_epochs": 3, "decimal_weight": 0.05, "foreground_weight": 60.0,
            "uncertain_weight": 0.3, "ema_decay": 0.998, "validate_every": 10, "seed": 0,
            "augmentation": {"close_share": 0.6},
        },
        "architecture": {"landmarks": 16, "input_size": 256, "stem": [32, 64]},
    }  # fmt: skip
    config = config_of_run(old)
    assert (config.loop.epochs, config.loop.learning_rate, config.architecture.stem) == (150, 0.001, (32, 64))
    assert old["training"]["epochs"] == 150  # left as it was
