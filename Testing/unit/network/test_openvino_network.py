"""The optional back-end finds the same points; without it nothing is missed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from FootDeformityLib.network.hih import HIH, HIHConfig
from FootDeformityLib.network.openvino_network import OpenVinoHIH, has_openvino

CONFIG = HIHConfig(
    5, input_size=128, stacks=2, depth=3, features=16, stem=(8, 12), decimal_size=4, decimal_width=8, initial_std=0.0
)


@pytest.mark.skipif(not has_openvino(), reason="the optional package openvino is not installed")
@pytest.mark.parametrize("decimal_size", [0, 4])
def test_same_maps_to_the_precision_of_bfloat16(decimal_size: int) -> None:
    torch.manual_seed(0)
    network = HIH(replace(CONFIG, decimal_size=decimal_size)).eval()
    image = torch.rand(1, 1, 128, 128)
    with torch.inference_mode():
        expected = network(image)
        found = OpenVinoHIH(network)(image)
    scale = float(expected.integer.abs().max())
    torch.testing.assert_close(found.integer, expected.integer[:, -1:], atol=0.03 * scale, rtol=0)
    assert (found.decimal is None) == (decimal_size == 0)
