"""The directions of axes are learned as such: what turns an axis costs, what moves it as a whole does not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityTrainingLib.axis_loss import AxisPoints, axes_of_view, axis_loss

CODEC = HIHCodec(input_size=128, heatmap_size=32, decimal_size=0)
AXIS = (AxisPoints(start=(0,), end=(1,)),)
POINTS = torch.tensor([[[40.0, 30.0], [40.0, 90.0], [100.0, 20.0]]])
ONE = torch.ones(1, 3)


def maps_of(points: Tensor) -> Tensor:
    """Heatmaps (1, 2, 3, 32, 32) of two stacks with their peaks at the points."""
    return CODEC.encode(points)[0][:, None].repeat(1, 2, 1, 1, 1)


def loss(found: Tensor, weights: Tensor = ONE, truth: Tensor = POINTS) -> float:
    return float(axis_loss(maps_of(found), CODEC, truth, weights, AXIS))


def test_right_points_cost_nothing() -> None:
    assert loss(POINTS) < 1e-8


def test_moving_the_axis_as_a_whole_costs_next_to_nothing_and_turning_it_does() -> None:
    moved = POINTS + torch.tensor([6.0, 0.0])
    turned = POINTS + torch.tensor([[6.0, 0.0], [-6.0, 0.0], [0.0, 0.0]])
    assert loss(moved) < 1e-4
    # 12 pixels of 60 are 11.3 degrees; beyond 3 degrees the loss is the angle less half of that
    assert loss(turned) == pytest.approx(0.1974 - 0.025, abs=0.01)


def test_the_gradient_turns_the_axis_back() -> None:
    turned = POINTS + torch.tensor([[6.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    maps = maps_of(turned).requires_grad_()
    axis_loss(maps, CODEC, POINTS, ONE, AXIS).backward()
    assert maps.grad is not None
    row, column = 7, 11  # the found start lies at cell 11, the true one at cell 9.6
    assert maps.grad[0, 0, 0, row, column + 1] > 0 > maps.grad[0, 0, 0, row, column - 2]
    assert maps.grad[0, :, 2].abs().max() == 0  # the third point belongs to no axis


def test_an_axis_weighs_as_its_least_point_and_one_outside_the_input_does_not_count() -> None:
    turned = POINTS + torch.tensor([[6.0, 0.0], [-6.0, 0.0], [0.0, 0.0]])
    assert loss(turned, torch.tensor([[1.0, 0.3, 1.0]])) == pytest.approx(0.3 * loss(turned), rel=1e-5)
    missing = POINTS.clone()
    missing[0, 1] = torch.nan
    assert loss(turned, truth=missing) == 0.0
    outside = POINTS.clone()
    outside[0, 1, 1] = 500.0
    assert loss(turned, truth=outside) == 0.0


def test_the_axes_are_those_of_the_scheme() -> None:
    scheme = load_scheme("foot27")
    ids = scheme.ids("AP")
    talus = AxisPoints((ids.index("A13"), ids.index("A14")), (ids.index("A11"), ids.index("A12")))
    assert talus in axes_of_view(scheme, "AP")
    assert len(axes_of_view(scheme, "AP")) == 6 and len(axes_of_view(scheme, "lateral")) == 4
