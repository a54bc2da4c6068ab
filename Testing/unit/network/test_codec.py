"""Encode -> decode gives the landmark back, for every place within a cell (reference/hih.md: bias, largest error)."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from FootDeformityLib.network.codec import HIHCodec

PAPER = HIHCodec(input_size=512, heatmap_size=128, decimal_size=4)
PAPER_OF_AUTHORS = HIHCodec(input_size=512, heatmap_size=128, decimal_size=4, pixel_offset=0.0)
COMPACT = HIHCodec(input_size=256, heatmap_size=64, decimal_size=0)
CODECS = pytest.mark.parametrize("codec", [PAPER, PAPER_OF_AUTHORS, COMPACT], ids=["paper", "authors", "compact"])


def decode_cells(codec: HIHCodec, points: np.ndarray) -> np.ndarray:
    """(N, 2) input pixels -> signed errors (N, 2) of a round trip, in heatmap cells."""
    integer, decimal = codec.encode(torch.from_numpy(points)[None])
    peaks = codec.decode(integer[0].numpy(), None if decimal is None else decimal[0].numpy())
    return (peaks.points - points) * codec.heatmap_size / codec.input_size


def grid_in_cell(codec: HIHCodec, cell: tuple[int, int], steps: int = 40) -> np.ndarray:
    """Points at fractions 0 to 0.999 of one cell, both axes."""
    fraction = np.linspace(0.0, 0.999, steps)
    t = np.stack(np.meshgrid(fraction, fraction), axis=-1).reshape(-1, 2) + cell
    return t * codec.input_size / codec.heatmap_size - codec.pixel_offset


@CODECS
@pytest.mark.parametrize("cell", [(30, 41), (0, 0), (63, 63), (1, 62)])
def test_round_trip_is_unbiased_over_all_fractions(codec: HIHCodec, cell: tuple[int, int]) -> None:
    errors = decode_cells(codec, grid_in_cell(codec, cell))
    assert np.abs(errors.mean(axis=0)).max() < 0.02
    assert np.abs(errors).max() < 0.15


@CODECS
def test_each_fraction_alone_is_within_bounds_on_random_points(codec: HIHCodec) -> None:
    points = np.random.default_rng(0).uniform(0, codec.input_size - 1, (500, 2))
    errors = decode_cells(codec, points)
    assert np.abs(errors).max() < 0.15


def test_compact_survives_noise_of_a_trained_map() -> None:
    points = np.random.default_rng(1).uniform(20, 230, (300, 2))
    integer, _ = COMPACT.encode(torch.from_numpy(points)[None])
    noisy = 0.6 * integer[0].numpy() + np.random.default_rng(2).normal(0, 0.01, integer[0].shape).astype(np.float32)
    peaks = COMPACT.decode(noisy)
    errors = (peaks.points - points) / 4
    assert np.abs(errors.mean(axis=0)).max() < 0.02
    assert np.hypot(*errors.T).mean() < 0.05
    np.testing.assert_allclose(peaks.height, 0.6, atol=0.1)
    np.testing.assert_allclose(np.nanmedian(peaks.width), COMPACT.sigma, rtol=0.05)


def test_integer_target_sits_on_the_cell_and_has_peak_one() -> None:
    integer, decimal = PAPER.encode(torch.tensor([[[100.0, 201.0]]], dtype=torch.float64))
    assert decimal is not None
    assert integer.shape == (1, 1, 128, 128) and decimal.shape == (1, 1, 4, 4)
    # (100 + 0.5) / 4 = 25.125, (201 + 0.5) / 4 = 50.375
    assert integer[0, 0, 50, 25] == 1.0 == integer.max()
    assert decimal[0, 0].flatten().argmax() == 2 * 4 + 0 or decimal[0, 0].flatten().argmax() == 1 * 4 + 0


@CODECS
def test_missing_and_outside_points_are_masked_and_blank(codec: HIHCodec) -> None:
    points = torch.tensor([[[float("nan"), 3.0], [-20.0, 40.0], [40.0, 600.0], [40.0, 50.0]]])
    assert codec.inside(points).tolist() == [[False, False, False, True]]
    integer, _ = codec.encode(points)
    assert integer[0, :3].abs().max() == 0 and integer[0, 3].max() > 0.8


def test_flat_map_gives_a_point_without_width_instead_of_failing() -> None:
    peaks = COMPACT.decode(np.zeros((2, 64, 64), dtype=np.float32))
    assert np.isfinite(peaks.points).all() and np.isnan(peaks.width).all() and (peaks.height == 0).all()


def test_a_maximum_on_the_border_of_two_cells_does_not_slip() -> None:
    point = np.array([[4 * 30.99 - 0.5, 4 * 41.5 - 0.5]])  # fraction 0.99: cell 30, nearly 31
    integer, decimal = PAPER.encode(torch.from_numpy(point)[None])
    neighbour, _ = PAPER.encode(torch.from_numpy(point + np.array([0.1, 0.0]))[None])
    assert decimal is not None
    for share in (0.49, 0.51):  # a trained network wavers between the two cells
        maps = (1 - share) * integer[0].numpy() + share * neighbour[0].numpy()
        found = PAPER.decode(maps, decimal[0].numpy()).points
        assert np.abs(found - point).max() < 0.2


def test_wrong_maps_are_refused() -> None:
    with pytest.raises(ValueError, match="decimal"):
        PAPER.decode(np.zeros((1, 128, 128), dtype=np.float32))
