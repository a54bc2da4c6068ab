"""What is unknown teaches nothing; what is uncertain teaches less."""

from __future__ import annotations

import pytest
import torch

from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIHOutput
from FootDeformityTrainingLib.hih_loss import hih_loss

CODEC = HIHCodec(input_size=64, heatmap_size=16, decimal_size=4)


def output(seed: int = 0) -> HIHOutput:
    generator = torch.Generator().manual_seed(seed)
    integer = torch.randn(1, 2, 3, 16, 16, generator=generator).requires_grad_()
    return HIHOutput(integer, torch.randn(1, 3, 4, 4, generator=generator).requires_grad_())


@pytest.mark.parametrize("foreground", [0.0, 30.0])
def test_missing_and_outside_points_have_no_gradient(foreground: float) -> None:
    out = output()
    points = torch.tensor([[[30.0, 30.0], [float("nan"), float("nan")], [-9.0, 20.0]]])
    hih_loss(out, CODEC, points, torch.tensor([[1.0, 0.0, 1.0]]), 0.05, foreground).backward()
    assert out.decimal is not None and out.integer.grad is not None and out.decimal.grad is not None
    assert out.integer.grad[:, :, 0].abs().min() > 0 and out.decimal.grad[:, 0].abs().max() > 0
    assert out.integer.grad[:, :, 1:].abs().max() == 0 and out.decimal.grad[:, 1:].abs().max() == 0


def test_weight_scales_a_points_gradient() -> None:
    points = torch.full((1, 3, 2), 30.0)
    gradients = []
    for weight in (1.0, 0.3):
        out = output()
        hih_loss(out, CODEC, points, torch.full((1, 3), weight), 0.05, 20.0).backward()
        gradients.append(out.integer.grad)
    torch.testing.assert_close(gradients[0] * 0.3, gradients[1])


def test_published_form_on_a_case_worked_by_hand() -> None:
    # all maps zero: the squared error of one stack is the mean of the squared target
    points = torch.full((1, 3, 2), 30.0)
    out = HIHOutput(torch.zeros(1, 2, 3, 16, 16), torch.zeros(1, 3, 4, 4))
    integer, decimal = CODEC.encode(points)
    assert decimal is not None
    target = torch.softmax(decimal.flatten(2), dim=-1)
    divergence = (target * (target.log() - torch.log(torch.tensor(1 / 16)))).mean()
    expected = integer.square().mean() + 0.05 * divergence
    torch.testing.assert_close(hih_loss(out, CODEC, points, torch.ones(1, 3), 0.05, 0.0), expected)


def test_perfect_maps_cost_nothing() -> None:
    points = torch.tensor([[[10.0, 50.0], [30.3, 31.9], [62.0, 2.0]]])
    integer, decimal = CODEC.encode(points)
    out = HIHOutput(integer[:, None].repeat(1, 2, 1, 1, 1), decimal)
    assert hih_loss(out, CODEC, points, torch.ones(1, 3), 0.05, 20.0) < 1e-9
