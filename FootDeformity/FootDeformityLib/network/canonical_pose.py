"""The pose in which the network sees the found foot: similarity transform onto the training set's mean shape."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.radiographs.geometry import Affine

Array = NDArray[np.float64]
#: of the mean shape's side: feet differ from the mean by less, points on the wrong bone by more
_OUTLIER = 0.1
_ROUNDS = 10


def align(source: Array, target: Array, weights: Array | None = None, reflect: bool | None = None) -> Affine:
    """Least-squares similarity (turn, scale, shift, mirror if it fits better) taking source to target points.

    source, target: (K, 2), NaN = missing; weights: (K,) >= 0. ``reflect`` forces or forbids the mirror.
    Raises ValueError with fewer than two usable points. Source: Umeyama 1991, with both determinants tried.
    """
    weight = np.ones(len(source)) if weights is None else np.asarray(weights, dtype=np.float64)
    usable = np.isfinite(source).all(axis=1) & np.isfinite(target).all(axis=1) & (weight > 0)
    if usable.sum() < 2:
        raise ValueError(f"{int(usable.sum())} usable points; a pose needs two")
    weight = weight[usable] / weight[usable].sum()
    centre_s, centre_t = weight @ source[usable], weight @ target[usable]
    s, t = source[usable] - centre_s, target[usable] - centre_t
    u, d, vt = np.linalg.svd((t * weight[:, None]).T @ s)
    proper = np.sign(np.linalg.det(u) * np.linalg.det(vt)) or 1.0
    spread = float(weight @ (s**2).sum(axis=1))
    # d[1] is what the second axis adds to the fit: with the mirror that comes for free it is added
    mirror = (proper < 0) if reflect is None else reflect
    sign = np.array([1.0, proper * (-1.0 if mirror else 1.0)])
    turn = u @ np.diag(sign) @ vt
    matrix = turn * (float(d @ sign) / max(spread, 1e-12))
    return Affine(np.column_stack([matrix, centre_t - matrix @ centre_s]))


def align_robustly(source: Array, target: Array, weights: Array, scale: float) -> Affine:
    """As `align`, but points on the wrong bone neither turn nor mirror the foot.

    Cauchy weights ``1 / (1 + (residual / scale)^2)``, iterated, for both handednesses; the cheaper one is taken.
    scale: in target units, what a right point may differ. A single misplaced point can make plain least squares
    prefer the wrong mirror image.
    """
    best_cost, best = math.inf, None
    for reflect in (False, True):
        weight = weights
        for _ in range(_ROUNDS):
            pose = align(source, target, weight, reflect)
            residual = np.linalg.norm(pose.apply(source) - target, axis=1) / scale
            weight = weights / (1 + np.nan_to_num(residual) ** 2)
        cost = float(np.nansum(weights * np.log1p(residual**2)))
        if best is None or cost < best_cost:
            best_cost, best = cost, pose
    assert best is not None
    return best


def mean_shape(shapes: list[Array], iterations: int = 5) -> Array:
    """Generalised Procrustes mean of (K, 2) shapes, NaN = missing; as turned as the first complete shape.

    Returned in a unit square: the bounding box is centred on (0.5, 0.5), its longer side is 1.
    """
    mean = max(shapes, key=lambda shape: int(np.isfinite(shape).all(axis=1).sum()))
    for _ in range(iterations):
        aligned = np.stack([align(shape, mean).apply(shape) for shape in shapes])
        mean = _to_unit_square(np.nanmean(aligned, axis=0))
    return mean


def _to_unit_square(shape: Array) -> Array:
    low, high = np.nanmin(shape, axis=0), np.nanmax(shape, axis=0)
    return np.asarray((shape - (low + high) / 2) / (high - low).max() + 0.5)


def pose_of(points: Array, shape: Array, size: int, extent: float) -> Affine:
    """Image pixels -> a size x size network input in which the mean shape fills ``extent`` of the side.

    points: (K, 2) as a person marked them, NaN = missing.
    """
    return align(points, input_shape(shape, size, extent))


def found_pose(points: Array, shape: Array, size: int, extent: float, weights: Array) -> Affine:
    """`pose_of` for points that a network found, some perhaps on the wrong bone."""
    return align_robustly(points, input_shape(shape, size, extent), weights, _OUTLIER * extent * size)


def input_shape(shape: Array, size: int, extent: float) -> Array:
    """The mean shape (K, 2) in pixels of a size x size input of which it fills ``extent``."""
    return ((shape - 0.5) * extent + 0.5) * size - 0.5
