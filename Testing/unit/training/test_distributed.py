"""Several processes train as one does: equal shares, averaged gradients, one of them speaks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from FootDeformityTrainingLib.distributed import Workers, joined_workers
from FootDeformityTrainingLib.loop_config import LoopConfig
from FootDeformityTrainingLib.training_log import read_log
from FootDeformityTrainingLib.training_loop import TrainingRun


class Line:
    """Learns y = 3 x - 1: no batch normalisation and nothing random, so that shares must add up exactly."""

    figures = ("error",)
    images = 24

    def build(self) -> nn.Module:
        return nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))

    def prepare(self, device: torch.device) -> None:
        self.x = torch.linspace(-1, 1, self.images, device=device)[:, None]

    def batch(self, indices: Sequence[int], seed: Sequence[int]) -> Tensor:
        return self.x[list(indices)]

    def loss(self, network: nn.Module, batch: Tensor) -> Tensor:
        return (network(batch).float() - 3 * batch + 1).square().mean()

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {"error": float((network(self.x) - 3 * self.x + 1).abs().mean())}

    def pictures(self, network: nn.Module, batch: Tensor) -> dict[str, NDArray[np.uint8]]:
        return {}

    def settings(self) -> dict[str, Any]:
        return {"network": "line", "training": {}, "data_sha256": ""}


def train_line(folder: Path) -> None:
    loop = LoopConfig(epochs=12, batch=8, learning_rate=0.05, validate_every=3, autocast=False, ema_decay=0.9)
    with joined_workers("cpu") as (workers, device):
        TrainingRun(folder, loop, Line(), device, workers).train()


@pytest.mark.slow
def test_two_processes_end_where_one_does(tmp_path: Path) -> None:
    train_line(tmp_path / "one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from test_distributed import train_line"
    )
    code += "; train_line(Path(sys.argv[2]))"
    together = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    together["PYTHONPATH"] = os.pathsep.join(sys.path)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path / "two")],
            env={**os.environ, **together, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert "epoch 12/12" in said[0] and said[1] == ""  # the second keeps quiet
    for name in ("last.pt", "best.pt"):
        one, two = (torch.load(tmp_path / which / name, weights_only=True)["network"] for which in ("one", "two"))
        for key in one:
            torch.testing.assert_close(one[key], two[key], rtol=1e-4, atol=1e-5)
    logs = [read_log(tmp_path / which / "log.csv") for which in ("one", "two")]
    assert len(logs[0]) == 12
    for a, b in zip(*logs, strict=True):
        assert abs(float(a["loss"]) - float(b["loss"])) <= 1e-3 * float(a["loss"]) + 1e-6
    assert float(logs[0][-1]["error"]) < 0.4 < 1.6 < float(logs[0][0]["loss"])


def test_shares_are_equal_and_together_the_batch() -> None:
    shares = [Workers(rank, 3).share(range(10, 21)) for rank in range(3)]
    assert [len(share) for share in shares] == [3, 3, 3]
    assert sorted(i for share in shares for i in share) == list(range(10, 19))
