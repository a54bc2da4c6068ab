"""Shapes, sizes and gradients of the network."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.fast_network import FastHIH
from FootDeformityLib.network.hih import HIH, HIHConfig, parameter_count, preset

SMALL = HIHConfig(landmarks=5, input_size=128, stacks=2, depth=3, features=16, stem=(8, 12), decimal_size=0)


def randomised(config: HIHConfig, seed: int = 0) -> HIH:
    """A network with running statistics as after some training, so that folding them has something to do."""
    torch.manual_seed(seed)
    network = HIH(replace(config, initial_std=0.0))
    network.train()
    with torch.no_grad():
        for _ in range(2):
            network(torch.rand(2, 1, config.input_size, config.input_size))
    return network.eval()


@pytest.mark.parametrize(("landmarks", "live"), [(16, 24_464_097), (11, 24_398_927)])
def test_paper_preset_has_the_published_size_without_dead_weights(landmarks: int, live: int) -> None:
    # published: 28,179,425 and 28,114,255, of which the released code never uses the skip convolutions
    # (conv n*n, BN 2n) of its residuals with equal width: 60 of 256 channels, 1 of 128
    network = HIH(preset("paper", landmarks))
    assert parameter_count(network) == live
    dead = 56 * (256 * 256 + 2 * 256) + (128 * 128 + 2 * 128)
    assert parameter_count(network) + dead == {16: 28_179_425, 11: 28_114_255}[landmarks]


@pytest.mark.parametrize("landmarks", [11, 16, 19])
def test_compact_preset_is_small(landmarks: int) -> None:
    assert parameter_count(HIH(preset("compact", landmarks))) < 6_000_000


def test_paper_preset_output_shapes() -> None:
    network = HIH(replace(preset("paper", 16), features=32, stem=(8, 16), decimal_width=16))
    with torch.inference_mode():
        output = network(torch.zeros(1, 1, 512, 512))
    assert output.integer.shape == (1, 5, 16, 128, 128)
    assert output.decimal is not None and output.decimal.shape == (1, 16, 4, 4)


@pytest.mark.parametrize("refinement", [True, False])
@pytest.mark.parametrize("decimal_size", [0, 4])
def test_every_weight_receives_a_gradient(refinement: bool, decimal_size: int) -> None:
    network = HIH(replace(SMALL, refinement=refinement, decimal_size=decimal_size, decimal_width=8, initial_std=0.0))
    output = network(torch.rand(2, 1, 128, 128))
    assert output.integer.shape == (2, 3 if refinement else 2, 5, 32, 32)
    total = output.integer.sum()
    if output.decimal is not None:
        total = total + output.decimal.sum()
    total.backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_unreachable_decimal_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        HIH(replace(SMALL, decimal_size=5, decimal_width=8))


def test_config_survives_json() -> None:
    assert HIHConfig.from_dict(SMALL.to_dict()) == SMALL


@pytest.mark.parametrize("decimal_size", [0, 4])
def test_fast_network_in_float32_computes_the_same(decimal_size: int) -> None:
    network = randomised(replace(SMALL, decimal_size=decimal_size, decimal_width=8))
    image = torch.rand(1, 1, 128, 128)
    with torch.inference_mode():
        expected = network(image)
        found = FastHIH(network, torch.float32)(image)
    torch.testing.assert_close(found.integer, expected.integer[:, -1:], atol=1e-5, rtol=1e-4)
    if decimal_size:
        torch.testing.assert_close(found.decimal, expected.decimal, atol=1e-5, rtol=1e-4)


def test_fast_network_leaves_the_original_alone() -> None:
    network = randomised(SMALL)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    FastHIH(network, torch.bfloat16)
    after = network.state_dict()
    assert before.keys() == after.keys() and all(torch.equal(before[key], after[key]) for key in before)


def test_bfloat16_moves_a_trained_peak_by_less_than_a_tenth_of_a_pixel() -> None:
    """Maps of Gaussians plus 1 % noise, the rounding error that bfloat16 was measured to make on real networks."""
    codec = HIHCodec(input_size=512, heatmap_size=128, decimal_size=0)
    points = torch.rand(1, 200, 2, generator=torch.Generator().manual_seed(0)) * 480 + 16
    maps, _ = codec.encode(points)
    rounded = maps[0].to(torch.bfloat16).float()
    moved = codec.decode(rounded.numpy()).points - codec.decode(maps[0].numpy()).points
    assert (moved**2).sum(axis=1).mean() ** 0.5 < 0.1
