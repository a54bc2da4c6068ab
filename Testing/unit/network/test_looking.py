"""Pose, looks and grey values, with an eye that knows where the points are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from FootDeformityLib.network.canonical_pose import align, found_pose, mean_shape, pose_of
from FootDeformityLib.network.codec import HeatmapPeaks
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.two_looks import (
    Sight,
    about_centre,
    close_look,
    first_looks,
    look_thoroughly,
    plausibility,
    see,
    single_look,
)
from FootDeformityLib.radiographs.geometry import Affine, letterbox

SHAPE = np.array([[0.2, 0.1], [0.8, 0.15], [0.3, 0.5], [0.9, 0.9], [0.1, 0.8]])
SIZE = 64


def similarity(rng: np.random.Generator, mirror: bool) -> Affine:
    angle, scale = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 300)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return Affine(np.column_stack([turn @ np.diag([-1.0 if mirror else 1.0, 1.0]), rng.uniform(-100, 100, 2)]))


@pytest.mark.parametrize("mirror", [False, True])
def test_align_finds_turn_scale_shift_and_mirror(mirror: bool) -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        truth = similarity(rng, mirror)
        found = align(truth.apply(SHAPE), SHAPE)
        np.testing.assert_allclose(found.then(truth).matrix, Affine.identity().matrix, atol=1e-6)
        assert found.mirrors == mirror


def test_align_ignores_missing_and_unweighted_points() -> None:
    target = SHAPE.copy()
    target[0] = np.nan
    source = SHAPE * 10
    source[4] += 500
    found = align(source, target, weights=np.array([1.0, 1, 1, 1, 0]))
    np.testing.assert_allclose(found.apply(SHAPE * 10), SHAPE, atol=1e-9)


def test_align_can_forbid_the_mirror() -> None:
    assert not align(SHAPE * [-1, 1], SHAPE, reflect=False).mirrors


def test_align_needs_two_points() -> None:
    with pytest.raises(ValueError, match="1 usable"):
        align(np.array([[1.0, 2.0], [np.nan, 0]]), np.array([[1.0, 2.0], [3, 4]]))


def test_mean_shape_of_moved_and_mirrored_copies_is_the_shape() -> None:
    rng = np.random.default_rng(1)
    copies = [SHAPE, *(similarity(rng, mirror).apply(SHAPE) for mirror in (True, False, True))]
    copies[2][1] = np.nan
    shape = mean_shape(copies)
    assert np.isclose((shape.max(axis=0) - shape.min(axis=0)).max(), 1.0)
    np.testing.assert_allclose(align(shape, SHAPE, reflect=False).apply(shape), SHAPE, atol=1e-6)


def knowing_eye(truth: np.ndarray, affines: list[Affine]) -> object:
    """A look that answers with the true points in each crop's frame; heights tell upright from turned."""

    def look(crops: np.ndarray) -> list[HeatmapPeaks]:
        assert crops.shape == (len(affines), SIZE, SIZE)
        heights = [0.9 if a.matrix[0, 0] > 0 and abs(a.matrix[0, 1]) < 1e-9 else 0.4 for a in affines]
        return [
            HeatmapPeaks(a.apply(truth), np.full(len(truth), h), np.full(len(truth), 1.5))
            for a, h in zip(affines, heights, strict=True)
        ]

    return look


def test_points_come_back_in_image_pixels_through_every_view() -> None:
    pixels = np.random.default_rng(0).random((90, 140)).astype(np.float32)
    truth = np.random.default_rng(1).uniform(0, 90, (5, 2))
    affines = [letterbox(140, 90, SIZE).then(about_centre(SIZE, 90.0 * q)) for q in range(4)]
    for sight in see(knowing_eye(truth, affines), pixels, affines, SIZE):
        np.testing.assert_allclose(sight.points, truth, atol=1e-9)


def test_first_look_takes_the_turn_with_the_highest_peaks() -> None:
    pixels = np.ones((90, 140), dtype=np.float32)
    affines = [letterbox(140, 90, SIZE).then(about_centre(SIZE, 90.0 * q)) for q in range(4)]
    sight = first_looks(knowing_eye(np.zeros((5, 2)), affines), pixels, SIZE)[0]
    np.testing.assert_allclose(sight.affine.matrix, affines[0].matrix)


class Recorder:
    """An eye that always sees the shape in the mean pose and keeps the crops; of four turns it prefers one."""

    def __init__(self, others: float = 0.4) -> None:
        self.crops: list[np.ndarray] = []
        self.others = others

    def __call__(self, crops: np.ndarray) -> list[HeatmapPeaks]:
        self.crops.extend(crops)
        points = (SHAPE - 0.5) * 0.7 * SIZE + (SIZE - 1) / 2
        heights = [0.8, *[self.others if len(crops) == 4 else 0.8] * (len(crops) - 1)]
        return [HeatmapPeaks(points, np.full(5, height), np.full(5, 1.5)) for height in heights]


def test_thorough_look_is_one_in_four_turns_and_three_close_ones() -> None:
    eye, heard = Recorder(), []
    looks = look_thoroughly(eye, np.ones((80, 80), np.float32), SIZE, SHAPE, lambda part, word: heard.append(part))
    assert len(eye.crops) == 7 and heard == sorted(heard) and heard[0] == 0.0
    assert looks.points.shape == looks.first.shape == (5, 2) and (looks.disagreement < 0.05).all()


class Askew:
    """An eye for a foot between two quarter turns: each leads to points that differ a little from the other's.

    heights: of the four first looks. Points are wherever the crop came from, so that only the choice matters.
    """

    def __init__(self, heights: tuple[float, ...], apart: float = 1.0, later: tuple[float, ...] = ()) -> None:
        self.heights, self.apart, self.later, self.count = heights, apart, list(later), 0

    def __call__(self, crops: np.ndarray) -> list[HeatmapPeaks]:
        self.count += len(crops)
        points = (SHAPE - 0.5) * 0.7 * SIZE + (SIZE - 1) / 2
        if len(crops) == 4:
            quarter_turned = [about_centre(SIZE, 90.0 * q).apply(points) for q in range(4)]
            moved = [p + np.array([0.0, self.apart * q]) for q, p in enumerate(quarter_turned)]
            return [self.peaks(p, h) for p, h in zip(moved, self.heights, strict=True)]
        if len(crops) == 1 and self.later:
            return [self.peaks(points, self.later.pop(0))]
        return [self.peaks(points, 0.8)] * len(crops)

    @staticmethod
    def peaks(points: np.ndarray, height: float) -> HeatmapPeaks:
        return HeatmapPeaks(points, np.full(len(points), height), np.full(len(points), 1.5))


def test_rounding_does_not_decide_between_two_turns_that_lead_to_one_foot() -> None:
    def found(first: float, second: float) -> np.ndarray:
        return look_thoroughly(Askew((first, second, 0.2, 0.2)), np.ones((80, 80), np.float32), SIZE, SHAPE).points

    eye = Askew((0.8, 0.8, 0.2, 0.2))
    look_thoroughly(eye, np.ones((80, 80), np.float32), SIZE, SHAPE)
    assert eye.count == 4 + 2 + 2  # turns, close, checks
    one, other = found(0.8, 0.8 - 1e-6), found(0.8 - 1e-6, 0.8)
    np.testing.assert_allclose(one, other, atol=1e-3)
    # and where the second turn comes in: its share starts at nothing
    lead = (np.sqrt(0.8) - 0.06) ** 2
    np.testing.assert_allclose(found(0.8, lead - 1e-6), found(0.8, lead + 1e-6), atol=1e-3)


def test_of_two_turns_that_lead_to_different_places_the_more_plausible_one_is_right() -> None:
    eye = Askew((0.8, 0.79, 0.2, 0.2), apart=40.0, later=(0.7, 0.69, 0.5, 0.75))
    looks = look_thoroughly(eye, np.ones((80, 80), np.float32), SIZE, SHAPE)
    assert eye.count == 4 + 2 + 2 + 2  # turns, close, once more, checks
    alone = look_thoroughly(Askew((0.2, 0.8, 0.2, 0.2), apart=40.0), np.ones((80, 80), np.float32), SIZE, SHAPE)
    np.testing.assert_allclose(looks.points, alone.points, atol=0.5)


def test_a_foot_is_more_plausible_than_equally_sure_points_of_another_shape() -> None:
    foot = (SHAPE - 0.5) * 0.7 * SIZE + (SIZE - 1) / 2
    other = foot[[1, 0, 3, 4, 2]]
    sights = [Sight(points, np.full(5, 0.8), np.full(5, 1.5), Affine.identity()) for points in (foot, other)]
    values = [plausibility(sight, SHAPE, SIZE) for sight in sights]
    assert values[0] == pytest.approx(np.sqrt(0.8))
    assert values[1] < values[0] - 0.1


@pytest.mark.parametrize("mirror", [False, True])
def test_points_on_the_wrong_bone_do_not_mirror_the_foot(mirror: bool) -> None:
    rng, flips = np.random.default_rng(5), 0
    shape = rng.random((12, 2)) * [1.0, 0.4]
    for _ in range(40):
        truth = similarity(rng, mirror)
        seen = truth.apply(shape)
        wrong = rng.choice(12, 3, replace=False)
        seen[wrong] = truth.apply(shape[wrong] * [1, -1] + [0, 0.4])  # to the other side of the foot
        pose = found_pose(seen, shape, SIZE, 0.7, np.ones(12))
        flips += pose.mirrors != mirror
        np.testing.assert_allclose(pose.apply(truth.apply(shape)), ((shape - 0.5) * 0.7 + 0.5) * SIZE - 0.5, atol=4)
    assert flips == 0


def test_points_in_a_heap_give_the_same_view_again_instead_of_failing() -> None:
    def heap(crops: np.ndarray) -> list[HeatmapPeaks]:
        return [HeatmapPeaks(np.full((5, 2), 7.0), np.zeros(5), np.full(5, np.nan)) for _ in crops]

    pixels = np.zeros((50, 60), np.float32)
    coarse = first_looks(heap, pixels, SIZE)[0]
    close = close_look(heap, pixels, SIZE, coarse, SHAPE)
    np.testing.assert_array_equal(close.affine.matrix, coarse.affine.matrix)
    assert np.isfinite(look_thoroughly(heap, pixels, SIZE, SHAPE).points).all()


def test_single_look_sees_the_upright_image_only() -> None:
    eye = Recorder()
    assert (single_look(eye, np.ones((80, 80), np.float32), SIZE).disagreement == 0).all()
    assert len(eye.crops) == 1


def test_pose_puts_the_shape_in_the_middle_of_the_input() -> None:
    image_points = SHAPE * 500 + 40
    seen = pose_of(image_points, SHAPE, SIZE, extent=0.5).apply(image_points)
    np.testing.assert_allclose(seen, (SHAPE - 0.5) * 0.5 * SIZE + (SIZE - 1) / 2, atol=1e-9)


def test_normalise_is_blind_to_brightness_and_contrast_and_bounded() -> None:
    crops = torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    found = normalise(crops)
    torch.testing.assert_close(normalise(crops * 0.3 + 0.2), found, atol=1e-5, rtol=0)
    assert found.min() == 0 and found.max() == 1
    assert torch.isfinite(normalise(torch.full((1, 1, 64, 64), 0.4))).all()
