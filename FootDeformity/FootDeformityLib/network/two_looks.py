"""Label-free way from an image to landmarks: find the foot in the whole image, then look at it closely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.canonical_pose import found_pose, input_shape
from FootDeformityLib.network.codec import HeatmapPeaks
from FootDeformityLib.radiographs.geometry import Affine, letterbox, resample

Array = NDArray[np.float64]
#: network inputs (N, S, S) float32 -> peaks of each
Look = Callable[[NDArray[np.float32]], list[HeatmapPeaks]]

#: the mean shape's longer side fills this part of the close look's side: toes and heel stay in view
EXTENT = 0.7
#: turn in degrees and scale of the further close looks: within what the network was trained on
_CHANGES = ((-5.0, 1.06), (5.0, 0.95))
#: sureness by which the best quarter turn must lead for the second to be left out
_CLOSE_CALL = 0.06
#: looks that differ by less on average, in parts of the landmarks' extent, show the same foot in the same way
_SAME_FOOT = 0.1


@dataclass(frozen=True, eq=False)
class Sight:
    """Landmarks of one look in image pixels.

    points: (K, 2); height, width: see HeatmapPeaks; affine: image -> network input.
    """

    points: Array
    height: Array
    width: Array
    affine: Affine


def about_centre(size: int, degrees: float, scale: float = 1.0) -> Affine:
    """Turn (clockwise on the screen) and scale a size x size input about its centre."""
    angle, middle = np.radians(degrees), (size - 1) / 2
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    turn = Affine(np.array([[c, -s, 0.0], [s, c, 0.0]]))
    return Affine.translation(-middle, -middle).then(turn).then(Affine.translation(middle, middle))


def see(look: Look, pixels: NDArray[np.float32], affines: Sequence[Affine], size: int) -> list[Sight]:
    """Look at ``pixels`` (H, W) through each affine (image -> input); one Sight each."""
    crops = np.stack([resample(pixels, affine, size) for affine in affines])
    return [
        Sight(affine.inverse().apply(peaks.points), peaks.height, peaks.width, affine)
        for affine, peaks in zip(affines, look(crops), strict=True)
    ]


def sureness(sight: Sight) -> float:
    """Mean root of the peaks' heights: one number to compare looks by."""
    return float(np.sqrt(np.clip(sight.height, 0, 1)).mean())


def first_looks(
    look: Look, pixels: NDArray[np.float32], size: int, quarters: Sequence[int] = (0, 1, 2, 3)
) -> list[Sight]:
    """The whole image, upright and turned by 90, 180, 270 degrees, the surest first."""
    height, width = pixels.shape
    whole = letterbox(width, height, size)
    sights = see(look, pixels, [whole.then(about_centre(size, 90.0 * q)) for q in quarters], size)
    return sorted(sights, key=sureness, reverse=True)


def close_pose(sight: Sight, shape: Array, size: int) -> Affine:
    """Image -> input in which the seen foot has the mean shape's pose.

    Points in a heap or scattered beyond the image (nothing like a foot was seen) give the sight's own view back.
    """
    try:
        pose = found_pose(sight.points, shape, size, EXTENT, np.clip(sight.height, 0.02, 1.0) ** 2)
    except ValueError:
        return sight.affine
    # more than tenfold magnification of what the first look saw, or less than half of it, is no foot
    return pose if 0.5 < pose.scale / sight.affine.scale < 10.0 else sight.affine


def close_look(look: Look, pixels: NDArray[np.float32], size: int, coarse: Sight, shape: Array) -> Sight:
    """The found foot in the mean shape's pose, at the network's full resolution."""
    return see(look, pixels, [close_pose(coarse, shape, size)], size)[0]


def plausibility(sight: Sight, shape: Array, size: int) -> float:
    """Sureness less the mean distance from the mean shape in parts of its side: sure of a foot of a foot's shape."""
    expected = input_shape(shape, size, EXTENT)
    distance = np.linalg.norm(close_pose(sight, shape, size).apply(sight.points) - expected, axis=1).mean()
    return sureness(sight) - float(distance) / (EXTENT * size)


def same_foot(one: Sight, other: Sight) -> bool:
    """Whether two looks found the landmarks in about the same places."""
    return float(np.linalg.norm(one.points - other.points, axis=1).mean()) < _SAME_FOOT * _extent(one.points)


def between(one: Sight, other: Sight, share: float) -> Sight:
    """The looks' weighted mean, ``share`` of it the other's; seen as the one is."""
    return replace(
        one,
        points=(1 - share) * one.points + share * other.points,
        height=(1 - share) * one.height + share * other.height,
        width=(1 - share) * one.width + share * other.width,
    )


def _extent(points: Array) -> float:
    return max(float(np.linalg.norm(points.max(axis=0) - points.min(axis=0))), 1e-6)


@dataclass(frozen=True, eq=False)
class Looks:
    """The looks' common result: points (K, 2) in image pixels, ``first`` those of the first look alone; per
    point the mean peak height and width in cells, and how far the looks differ, in parts of the landmarks' extent."""

    points: Array
    first: Array
    height: Array
    width: Array
    disagreement: Array


def combine(sights: Sequence[Sight], first: Sight) -> Looks:
    """Average the close looks; the disagreement is the distance from the mean, the first look included."""
    stack = np.stack([sight.points for sight in sights])
    points = stack.mean(axis=0)
    spread = np.linalg.norm(np.concatenate([stack, first.points[None]]) - points, axis=-1).mean(axis=0)
    return Looks(
        points,
        first.points,
        np.mean([sight.height for sight in sights], axis=0),
        np.mean([sight.width for sight in sights], axis=0),
        spread / _extent(points),
    )


def single_look(look: Look, pixels: NDArray[np.float32], size: int) -> Looks:
    """For networks trained on whole upright images only."""
    sight = first_looks(look, pixels, size, quarters=(0,))[0]
    return combine([sight], sight)


def look_thoroughly(
    look: Look,
    pixels: NDArray[np.float32],
    size: int,
    shape: Array,
    progress: Callable[[float, str], None] = lambda part, word: None,
) -> Looks:
    """Find the foot, look closely, then twice more from the improved pose, slightly turned and scaled.

    Where two quarter turns look alike from afar, both get their close look, see `_closer_of_two`.
    """
    progress(0.0, "looking for the foot")
    best, second, *_ = first_looks(look, pixels, size)
    progress(0.5, "looking closely")
    coarse, close = best, close_look(look, pixels, size, best, shape)
    doubt = 1 - (sureness(best) - sureness(second)) / _CLOSE_CALL
    if doubt > 0:
        coarse, close = _closer_of_two(look, pixels, size, shape, (best, close), second, doubt)
    progress(0.7, "checking")
    pose = close_pose(close, shape, size)
    again = see(look, pixels, [pose.then(about_centre(size, *change)) for change in _CHANGES], size)
    return combine([close, *again], coarse)


def _closer_of_two(
    look: Look,
    pixels: NDArray[np.float32],
    size: int,
    shape: Array,
    best: tuple[Sight, Sight],
    second: Sight,
    doubt: float,
) -> tuple[Sight, Sight]:
    """First and close look to go on with, from those of the best turn and the first look of the second.

    Between two turns a foot lies askew: both lead to it, and rounding decides which is the surer. Their mean is taken
    then, half and half at a tie (``doubt`` 1) and all of the best where the second would be left out (0), so that
    the result does not jump. Where they lead to different places, each looks once more from its improved pose and
    the more plausible one is right.
    """
    coarse, close = best
    other = close_look(look, pixels, size, second, shape)
    if same_foot(close, other):
        return between(coarse, second, doubt / 2), between(close, other, doubt / 2)
    pairs = [(first, close_look(look, pixels, size, found, shape)) for first, found in (best, (second, other))]
    return max(pairs, key=lambda pair: plausibility(pair[1], shape, size))
