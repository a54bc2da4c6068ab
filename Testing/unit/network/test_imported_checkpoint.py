"""A checkpoint of the released code must compute the same after import; anything else is refused in a sentence."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from reference_hih import forward, random_state

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.network import load_hih
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.imported_checkpoint import import_checkpoint
from FootDeformityLib.network.model_folder import read_model

STACKS = 2


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    return random_state(landmarks=11, stacks=STACKS, features=32, width=24, seed=0)


@pytest.fixture
def checkpoint(tmp_path: Path, state: dict[str, torch.Tensor]) -> Path:
    path = tmp_path / "best.pth"
    prefixed = {f"module.{key}": value for key, value in state.items()}
    torch.save({"net": prefixed, "score": np.float64(0.0123), "epoch": 41}, path)
    return path


def test_imported_network_computes_what_the_released_code_computes(
    tmp_path: Path, checkpoint: Path, state: dict[str, torch.Tensor]
) -> None:
    assert main(["import-checkpoint", str(checkpoint), "--view", "lateral", "--out", str(tmp_path / "model")]) == 0
    network = load_hih(tmp_path / "model")
    image = torch.rand(1, 1, 512, 512, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        integer, decimal = network(image)
        heatmaps, expected_decimal = forward(state, image, STACKS)
    assert integer.shape == (1, STACKS + 1, 11, 128, 128)
    torch.testing.assert_close(integer, torch.stack(heatmaps, dim=1), atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(decimal, expected_decimal, atol=1e-4, rtol=1e-5)
    assert integer.std() > 0.1  # the comparison is about something


def test_no_dead_weights_come_along(checkpoint: Path) -> None:
    network, codec = import_checkpoint(checkpoint)
    image = torch.rand(2, 1, 512, 512)
    network.requires_grad_(True).train()
    output = network(image)
    (output.integer.sum() + output.decimal.sum()).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    assert codec.pixel_offset == 0.0


def test_imported_model_detects_and_says_so(tmp_path: Path, checkpoint: Path) -> None:
    main(["import-checkpoint", str(checkpoint), "--view", "lateral", "--out", str(tmp_path / "model")])
    detection = Detector(tmp_path / "model").detect(np.random.default_rng(0).random((300, 400), dtype=np.float32))
    assert detection.points.shape == (11, 2) and np.isnan(detection.expected_error).all()
    assert "imported best.pth" in read_model(tmp_path / "model").name


def test_wrong_view_is_refused(tmp_path: Path, checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-checkpoint", str(checkpoint), "--view", "ap", "--out", str(tmp_path / "model")]) == 2
    assert "has 11 landmarks" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


class Harmful:
    """Runs code when unpickled."""

    def __init__(self, victim: Path) -> None:
        self.victim = victim

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.victim,)


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "evil.pth"
    torch.save({"net": Harmful(victim)}, path)
    with pytest.raises(FootDeformityError, match="weights only"):
        import_checkpoint(path)
    path.write_bytes(pickle.dumps(Harmful(victim), protocol=2))
    with pytest.raises(FootDeformityError, match="weights only"):
        import_checkpoint(path)
    assert not victim.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (b"not a checkpoint", "cannot be read"),
        ({"net": {}}, "no state dict"),
        ({"net": {"a": torch.zeros(3)}}, "is missing among 1 tensors"),
        ([1, 2], "no state dict"),
    ],
)
def test_rubbish_is_refused(tmp_path: Path, content: object, reason: str) -> None:
    path = tmp_path / "x.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(FootDeformityError, match=reason) as caught:
        import_checkpoint(path)
    assert str(path) in str(caught.value)


def test_missing_or_misshapen_tensor_is_named(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    del state["hg1.res2_3.conv2.bn.bias"]
    torch.save({"net": state}, tmp_path / "x.pth")
    with pytest.raises(FootDeformityError, match=r"stacks\.1\.hourglass\.inner\.inner\.low_out\.conv2\.bn\.bias"):
        import_checkpoint(tmp_path / "x.pth")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="no such file"):
        import_checkpoint(tmp_path / "nothing.pth")
