"""A small network learns blobs, survives a kill without a trace, and becomes a model that detects."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.hih import HIHConfig
from FootDeformityLib.network.model_folder import read_model
from FootDeformityTrainingLib.export_model import export_model
from FootDeformityTrainingLib.hih_recipe import HIHBatch, HIHRecipe
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.training_config import AugmentationConfig, TrainingConfig
from FootDeformityTrainingLib.training_log import TrainingLog, read_log
from FootDeformityTrainingLib.training_loop import TrainingRun

TINY = HIHConfig(
    4, input_size=64, stacks=1, depth=2, features=24, stem=(8, 16), decimal_size=0, refinement=False, initial_std=0.0
)
MILD = AugmentationConfig(
    flip=False, rotation_wide=10, aspect=0.05, brightness=0.1, contrast=0.1, gamma=0.1, cutout=0, marker=0, inversion=0
)


def make_run(
    folder: Path, samples: list[Sample], scheme: Scheme, data: Path, epochs: int, **loop: float
) -> TrainingRun[HIHBatch]:
    values: dict[str, Any] = {"batch": 2, "learning_rate": 1e-2, "ema_decay": 0.9, "validate_every": 2, **loop}
    settings = LoopConfig(epochs=epochs, warm_up_epochs=1, picture_every=0, **values)
    config = TrainingConfig("front", TINY, scheme=scheme_path(data), loop=settings, augmentation=MILD)
    recipe = HIHRecipe(config, scheme, samples[:8], samples[8:], str(data))
    return TrainingRun(folder, settings, recipe, torch.device("cpu"))


def scheme_path(data: Path) -> str:
    return str(data / "scheme.json")


@pytest.fixture
def data(blob_folder: Path, blob_scheme: Path) -> Path:
    """The blobs with their scheme beside them."""
    (blob_folder / "scheme.json").write_text(blob_scheme.read_text())
    return blob_folder


def weights(folder: Path, name: str = "last.pt") -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(folder / name, weights_only=True)["network"]
    return state


@pytest.mark.slow
def test_learns_exports_and_detects(
    tmp_path: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, data: Path
) -> None:
    said: list[str] = []
    make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, epochs=40).train(said.append)
    assert "ETA" in said[0] and "nme" in said[-1]
    export_model(tmp_path / "run", tmp_path / "model", report=said.append)
    figures = read_model(tmp_path / "model").notes["validation"]
    assert figures["images"] == 4 and figures["all"]["n"] == 16 == figures["certain"]["n"]
    assert figures["all"]["error_percent"] < 4
    detector = Detector(tmp_path / "model")
    sample = blob_samples[9]
    found = detector.detect(sample.pixels)
    assert np.linalg.norm(found.points - sample.points, axis=1).mean() < 4
    # turned by a quarter: the first look tries it
    turned = detector.detect(np.rot90(sample.pixels, -1).copy())
    expected = np.column_stack([sample.pixels.shape[0] - 1 - sample.points[:, 1], sample.points[:, 0]])
    assert np.linalg.norm(turned.points - expected, axis=1).mean() < 6
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert f"{figures['all']['error_percent']:.2f}" in card and "made, MIT" in card


def test_resumed_run_ends_with_the_same_weights(
    tmp_path: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, data: Path
) -> None:
    straight = make_run(tmp_path / "straight", blob_samples, scheme_of_blobs, data, epochs=4)
    straight.train(lambda line: None)

    class Interrupted(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("epoch 2/"):
            raise Interrupted

    first = make_run(tmp_path / "broken", blob_samples, scheme_of_blobs, data, epochs=4)
    first.checkpoint_seconds = 0.0
    with pytest.raises(Interrupted):
        first.train(stop)
    second = make_run(tmp_path / "broken", blob_samples, scheme_of_blobs, data, epochs=4)
    second.resume()
    assert second.epoch == 2
    second.train(lambda line: None)
    expected, found = weights(tmp_path / "straight"), weights(tmp_path / "broken")
    assert all(torch.equal(expected[key], found[key]) for key in expected)
    best = weights(tmp_path / "straight", "best.pt"), weights(tmp_path / "broken", "best.pt")
    assert all(torch.equal(best[0][key], best[1][key]) for key in best[0])
    log = (tmp_path / "broken" / "log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in log] == ["epoch", "1", "2", "3", "4"]


def test_a_logged_epoch_can_be_resumed_from(
    tmp_path: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended(Exception):
        pass

    def end(log: TrainingLog, row: dict[str, str]) -> None:
        raise Ended

    monkeypatch.setattr(TrainingLog, "add", end)
    with pytest.raises(Ended):
        make_run(tmp_path, blob_samples, scheme_of_blobs, data, epochs=4).train(lambda line: None)
    again = make_run(tmp_path, blob_samples, scheme_of_blobs, data, epochs=4)
    again.resume()
    assert again.epoch == 1


def test_resume_with_other_settings_is_refused(
    tmp_path: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, data: Path
) -> None:
    make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, epochs=1).train(lambda line: None)
    with pytest.raises(FootDeformityError, match="other settings"):
        make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, epochs=2).resume()


def test_a_run_that_was_never_validated_is_not_exported(
    tmp_path: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, data: Path
) -> None:
    make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, epochs=1).train(lambda line: None)
    (tmp_path / "run" / "best.pt").unlink()
    with pytest.raises(FootDeformityError, match=r"no validated network yet.*--resume"):
        export_model(tmp_path / "run", tmp_path / "model")
    assert not (tmp_path / "model").exists()


_CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_training_run import make_run
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityTrainingLib.dataset import load_sample, read_rows
data = Path(sys.argv[2])
scheme = load_scheme(str(data / "scheme.json"))
run = make_run(Path(sys.argv[3]), [load_sample(r, scheme) for r in read_rows(data, "front", scheme)], scheme, data, 14)
run.checkpoint_seconds = 0.0
run.train(lambda line: print(line, flush=True))
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme
) -> None:
    make_run(tmp_path / "straight", blob_samples, scheme_of_blobs, data, 14).train(lambda line: None)
    here, folder = str(Path(__file__).parent), tmp_path / "killed"
    # the very same weights need the very same number of threads as this process has
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD, here, str(data), str(folder)], stdout=subprocess.PIPE, env=env, text=True
    )
    assert process.stdout is not None
    for _ in range(5):  # whatever it does after its fifth epoch: training, validating, writing
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (folder / "best.pt").is_file() or torch.load(folder / "best.pt", weights_only=True)
    again = make_run(folder, blob_samples, scheme_of_blobs, data, 14)
    again.resume()
    assert 4 <= again.epoch < 14
    again.train(lambda line: None)
    for name in ("last.pt", "best.pt"):
        expected, found = weights(tmp_path / "straight", name), weights(folder, name)
        assert all(torch.equal(expected[key], found[key]) for key in expected)
    logs = [read_log(tmp_path / name / "log.csv") for name in ("straight", "killed")]
    assert [{**row, "seconds": ""} for row in logs[0]] == [{**row, "seconds": ""} for row in logs[1]]


def test_a_run_ends_when_validation_stops_improving(
    tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme
) -> None:
    said: list[str] = []
    # a vanishing learning rate and no average: every validation gives the same figure as the first
    settings = {"patience": 2, "validate_every": 1, "learning_rate": 1e-12, "ema_decay": 0.0}
    run = make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, 50, **settings)
    run.recipe.validate = lambda network: dict.fromkeys(run.recipe.figures, 1.0)  # type: ignore[method-assign]
    run.train(said.append)
    assert run.epoch == 3 and "ended early: no better all in 2 validations" in said[-1]
    again = make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, 50, **settings)
    again.resume()
    again.train(said.append)
    assert again.epoch == 3 and "the run is finished" in said[-1]


def test_a_loss_that_is_no_number_stops_the_run_and_spares_the_checkpoint(
    tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme
) -> None:
    run = make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, 6)
    run.checkpoint_seconds = 0.0
    whole = run.recipe.loss

    def loss(network: torch.nn.Module, batch: HIHBatch) -> torch.Tensor:
        return whole(network, batch) * (math.nan if run.epoch == 2 else 1.0)

    run.recipe.loss = loss  # type: ignore[method-assign]
    with pytest.raises(FootDeformityError, match=r"the loss is nan in epoch 3.*smaller learning_rate"):
        run.train(lambda line: None)
    state = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    assert state["epoch"] == 2 and all(torch.isfinite(value.float()).all() for value in state["network"].values())


def test_gradients_are_clipped(tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme) -> None:
    norms = []
    for clip in (0.0, 1e-3):
        run = make_run(tmp_path / str(clip), blob_samples, scheme_of_blobs, data, 1, clip_norm=clip)
        run.train(lambda line: None)
        gradients = [p.grad for p in run.network.parameters() if p.grad is not None]
        norms.append(float(torch.linalg.vector_norm(torch.stack([g.norm() for g in gradients]))))
    assert norms[0] > 1e-2 and norms[1] == pytest.approx(1e-3, rel=1e-3)


def test_pictures_and_curves_are_written(
    tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme
) -> None:
    config = TrainingConfig("front", TINY, scheme=scheme_path(data), loop=LoopConfig(epochs=2, batch=4))
    recipe = HIHRecipe(config, scheme_of_blobs, blob_samples[:8], blob_samples[8:], str(data))
    TrainingRun(tmp_path, config.loop, recipe, torch.device("cpu")).train(lambda line: None)
    with Image.open(tmp_path / "pictures" / "epoch_0002_training.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (256, 1024, 3)  # four augmented inputs in a row
    blue = (pixels[..., 2].astype(int) - pixels[..., 0]) > 80
    assert 100 < blue.sum() < 4000  # rings at the true points
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("loss")] == [1, 2]
    assert [event.step for event in events.Scalars("all")] == [2]


def test_without_tensorboard_it_says_so(
    tmp_path: Path, data: Path, blob_samples: list[Sample], scheme_of_blobs: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    said: list[str] = []
    make_run(tmp_path / "run", blob_samples, scheme_of_blobs, data, epochs=1).train(said.append)
    assert "TensorBoard is not installed" in said[0]
    assert len(read_log(tmp_path / "run" / "log.csv")) == 1 and not (tmp_path / "run" / "tensorboard").exists()


def test_command_line_trains_paper_settings_and_refuses_nonsense(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scheme = ["--scheme", scheme_path(data)]
    start = ["train", "hih", "--data", str(data), "--out", str(tmp_path / "run"), *scheme]
    assert main([*start, "--view", "side"]) == 2
    assert "has the views front" in capsys.readouterr().err
    assert main([*start, "--view", "front", "--epochs", "0"]) == 2
    assert main([*start, "--view", "front", "--device", "cuda:99"]) == 2
    assert "not available here" in capsys.readouterr().err
    assert main([*start, "--view", "front", "--resume"]) == 2
    assert "no checkpoint there" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "nothing"), "--out", str(tmp_path / "m")]) == 2
    assert "not a run folder" in capsys.readouterr().err


@pytest.mark.slow
def test_command_line_trains_and_exports(tmp_path: Path, data: Path) -> None:
    out = str(tmp_path / "run")
    start = ["train", "hih", "--data", str(data), "--out", out, "--scheme", scheme_path(data), "--view", "front"]
    assert main([*start, "--epochs", "1", "--batch", "4"]) == 0
    assert main([*start, "--epochs", "1", "--batch", "4"]) == 2  # would overwrite a run
    assert main(["export", out, "--out", str(tmp_path / "model"), "--name", "blobs"]) == 0
    assert read_model(tmp_path / "model").notes["name"] == "blobs"
