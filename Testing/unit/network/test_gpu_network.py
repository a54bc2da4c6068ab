"""The graphics card's network and its way back to the processor.

No card is needed: any torch device stands in for it. Speed and the card's own arithmetic are not tested here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from FootDeformityLib.network import detector as detector_module
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.gpu_network import GpuHIH, Network
from FootDeformityLib.network.hih import HIH, HIHConfig, HIHOutput


@pytest.fixture
def network() -> HIH:
    torch.manual_seed(0)
    return HIH(HIHConfig(11, input_size=64, stacks=1, depth=2, features=8, stem=(4, 8), decimal_size=0)).eval()


@pytest.fixture
def image() -> Tensor:
    return torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(1))


def never() -> Network:
    raise AssertionError("the processor is not needed")


def test_computes_what_the_processor_computes(network: HIH, image: Tensor) -> None:
    gpu = GpuHIH(network, never, device="cpu")
    torch.testing.assert_close(gpu(image).integer, FastHIH(network, torch.float32)(image).integer)
    assert gpu.warning == ""


def test_a_full_card_hands_over_to_the_processor_for_good(
    network: HIH, image: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[FastHIH] = []

    def on_processor() -> Network:
        made.append(FastHIH(network, torch.float32))
        return made[-1]

    gpu = GpuHIH(network, on_processor, device="cpu")
    calls: list[int] = []

    def full(self: FastHIH, image: Tensor) -> HIHOutput:
        calls.append(1)
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(gpu._fast, "forward", full.__get__(gpu._fast))
    expected = FastHIH(network, torch.float32)(image).integer
    for _ in range(2):
        torch.testing.assert_close(gpu(image).integer, expected)
    assert len(calls) == 1 and len(made) == 1
    assert "memory is full" in gpu.warning and "processor computed" in gpu.warning


def test_a_card_that_this_pytorch_cannot_use_is_left_alone(network: HIH, image: Tensor) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a usable card")
    gpu = GpuHIH(network, lambda: FastHIH(network, torch.float32), device="cuda")
    assert gpu(image).integer.shape == (1, 1, 11, 16, 16)
    assert "could not be used" in gpu.warning


def test_the_detector_says_that_it_fell_back(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a usable card")
    pixels = np.random.default_rng(0).random((120, 200), dtype=np.float32)
    plain = Detector(small_model).detect(pixels)
    monkeypatch.setattr(detector_module, "has_gpu", lambda: True)
    fallen_back = Detector(small_model).detect(pixels)
    assert plain.warnings == ()
    assert len(fallen_back.warnings) == 1 and "graphics card" in fallen_back.warnings[0]
    np.testing.assert_allclose(fallen_back.points, plain.points, atol=1e-3)
