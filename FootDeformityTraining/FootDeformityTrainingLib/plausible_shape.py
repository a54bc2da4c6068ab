"""Landmarks that cannot be where they are, told from the other images of the same view; any scheme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.network.canonical_pose import align_robustly, mean_shape

Array = NDArray[np.float64]
#: fewer images tell nothing about what is usual
_FEWEST = 6
_ROUNDS = 2
#: lengths from here on in parts of the usual shape's longer side
_OUTLIER = 0.1
_FAR = 0.45
#: two landmarks changed places if both fit each other's place so much better, and together come so much nearer
_SWAP_FITS = 0.35
_SWAP_GAIN = 0.2


@dataclass(frozen=True, eq=False)
class ShapeFindings:
    """Of one image: index pairs of landmarks in each other's place, and (K,) which others lie far from theirs."""

    swapped: tuple[tuple[int, int], ...]
    far: NDArray[np.bool_]


def compare_shapes(points: Array) -> list[ShapeFindings]:
    """Judge each image's landmarks by all of them. points: (N, K, 2) pixels, NaN = missing.

    A set that is mirrored as a whole is not told here: which side of a foot is medial, one image alone cannot say.
    """
    count, landmarks = points.shape[:2]
    if count < _FEWEST:
        return [ShapeFindings((), np.zeros(landmarks, dtype=np.bool_))] * count
    return [_judge(residuals) for residuals in _distances(points)]


def _judge(residuals: Array) -> ShapeFindings:
    own = np.diag(residuals)
    together = own[:, None] + own[None, :]
    crossed = residuals + residuals.T
    with np.errstate(invalid="ignore"):  # missing landmarks compare false
        swapped = (crossed < _SWAP_FITS * together) & (together - crossed > _SWAP_GAIN)
        far = own > _FAR
    i, j = np.nonzero(np.triu(swapped, 1))
    far[i] = far[j] = False
    return ShapeFindings(tuple(zip(i.tolist(), j.tolist(), strict=True)), far)


def _distances(points: Array) -> list[Array]:
    """For each image (K, K): distance of landmark i from the usual place of j, the image brought onto that shape."""
    usual = mean_shape(list(points))
    for _ in range(_ROUNDS):  # medians: a few spoilt images do not count
        usual = np.nanmedian(np.stack([_onto(shape, usual) for shape in points]), axis=0)
    return [np.linalg.norm(_onto(shape, usual)[:, None] - usual[None], axis=2) for shape in points]


def _onto(shape: Array, usual: Array) -> Array:
    return align_robustly(shape, usual, np.ones(len(shape)), _OUTLIER).apply(shape)
