"""Small models in folders, made in a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.confidence import ConfidenceModel
from FootDeformityLib.network.hih import HIH, HIHConfig
from FootDeformityLib.network.model_folder import write_model


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    """A lateral model of random weights: detects nonsense, quickly."""
    scheme = load_scheme()
    config = HIHConfig(11, input_size=64, stacks=1, depth=2, features=8, stem=(4, 8), decimal_size=0, initial_std=0.0)
    torch.manual_seed(0)
    network = HIH(config).eval()
    write_model(
        tmp_path / "small",
        network,
        view="lateral",
        scheme=scheme,
        codec=HIHCodec(64, 16, 0),
        normalise=True,
        mean_shape=np.random.default_rng(0).random((11, 2)),
        confidence=ConfidenceModel(np.full(11, -3.5), np.zeros(5), 0.5),
        notes={"name": "small"},
    )
    return tmp_path / "small"
