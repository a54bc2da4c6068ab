"""Invertible geometry between image pixels, network input and millimetres.

Frame everywhere: x right, y down, the centre of the first pixel is (0, 0); an image of width W thus
covers x from -0.5 to W - 0.5. Points are float64 arrays (..., 2); NaN passes through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Affine:
    """A map from source to target coordinates: ``target = matrix[:, :2] @ source + matrix[:, 2]``.

    matrix: (2, 3) float64, not writable. Raises ValueError when it has another shape, is not finite
    or cannot be inverted.
    """

    matrix: FloatArray

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (2, 3):
            raise ValueError(f"an affine map needs a (2, 3) matrix, got {matrix.shape}")
        if not np.isfinite(matrix).all() or np.linalg.det(matrix[:, :2]) == 0.0:
            raise ValueError("an affine map needs a finite matrix that can be inverted")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def identity(cls) -> Affine:
        """Return the map that leaves every point where it is."""
        return cls.scaling(1.0)

    @classmethod
    def translation(cls, dx: float, dy: float) -> Affine:
        """Return the map that adds (dx, dy)."""
        return cls(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]]))

    @classmethod
    def scaling(cls, x: float, y: float | None = None) -> Affine:
        """Return coordinates times (x, y), point (0, 0) fixed; e.g. pixels -> mm with the spacing."""
        return cls(np.array([[x, 0.0, 0.0], [0.0, x if y is None else y, 0.0]]))

    @classmethod
    def resizing(cls, x: float, y: float | None = None) -> Affine:
        """Return the map of an image resized by factors (x, y): its outer edge (-0.5, -0.5) is fixed."""
        factor_y = x if y is None else y
        return cls(np.array([[x, 0.0, 0.5 * x - 0.5], [0.0, factor_y, 0.5 * factor_y - 0.5]]))

    def apply(self, points: ArrayLike) -> FloatArray:
        """Map points (..., 2) from source to target coordinates."""
        source = np.asarray(points, dtype=np.float64)
        # not a matrix product: BLAS may turn one NaN point into NaN for its neighbours
        x, y = source[..., 0], source[..., 1]
        (a, b, c), (d, e, f) = self.matrix
        return np.stack([a * x + b * y + c, d * x + e * y + f], axis=-1)

    def inverse(self) -> Affine:
        """Return the map from target back to source."""
        linear = np.linalg.inv(self.matrix[:, :2])
        return Affine(np.column_stack([linear, -linear @ self.matrix[:, 2]]))

    def then(self, other: Affine) -> Affine:
        """Return the map that applies this one first and ``other`` on its result."""
        linear = other.matrix[:, :2] @ self.matrix[:, :2]
        return Affine(np.column_stack([linear, other.matrix[:, :2] @ self.matrix[:, 2] + other.matrix[:, 2]]))

    @property
    def scale(self) -> float:
        """Target pixels per source pixel (geometric mean over directions)."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))

    @property
    def mirrors(self) -> bool:
        """True when the map swaps left and right handedness."""
        return float(np.linalg.det(self.matrix[:, :2])) < 0.0


def letterbox(width: float, height: float, size: int) -> Affine:
    """Fit a width x height image into size x size: aspect kept, centred, the rest is padding.

    A square image maps x to (x + 0.5) / width * size - 0.5.
    """
    if not (width > 0 and height > 0 and size > 0):
        raise ValueError(f"letterbox needs positive sizes, got {width} x {height} into {size}")
    factor = size / max(width, height)
    padding_x, padding_y = (size - width * factor) / 2, (size - height * factor) / 2
    return Affine.resizing(factor).then(Affine.translation(padding_x, padding_y))


def crop_box(center_xy: ArrayLike, side: float, size: int, angle_degrees: float = 0.0, mirror: bool = False) -> Affine:
    """Cut a square of ``side`` source pixels around ``center_xy`` and resample it to size x size.

    angle_degrees: how far the square is turned against the image, clockwise as seen on the screen
    (from +x towards +y); what lies in it turns the other way in the target.
    mirror: flip the result left-right. The centre maps to ((size - 1) / 2, (size - 1) / 2).
    """
    if not (side > 0 and size > 0):
        raise ValueError(f"crop_box needs positive sizes, got {side} into {size}")
    x, y = np.asarray(center_xy, dtype=np.float64)
    factor = size / side
    cosine, sine = math.cos(math.radians(angle_degrees)), math.sin(math.radians(angle_degrees))
    turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0]])
    middle = (size - 1) / 2
    return (
        Affine.translation(-float(x), -float(y))
        .then(Affine(turn))
        .then(Affine.scaling(-factor if mirror else factor, factor))
        .then(Affine.translation(middle, middle))
    )


def resample(pixels: NDArray[np.float32], affine: Affine, size: int, fill: float = 0.0) -> NDArray[np.float32]:
    """Return the (size, size) float32 image whose point ``affine.apply(p)`` shows what ``pixels`` shows at p.

    pixels: (H, W) float32. Where it shrinks, every target pixel averages what it covers (triangle
    filter), so that thin trabeculae do not alias; where it enlarges, it is bilinear. Outside is ``fill``.
    """
    if pixels.ndim != 2:
        raise ValueError(f"resample needs (H, W) pixels, got {pixels.shape}")
    source = np.asarray(pixels, dtype=np.float32)
    if affine.matrix[0, 1] == 0.0 and affine.matrix[1, 0] == 0.0:
        return _resample_upright(source, affine, size, fill)
    return _resample_turned(source, affine, size, fill)


def _resample_upright(source: NDArray[np.float32], affine: Affine, size: int, fill: float) -> NDArray[np.float32]:
    """One separable pass: target columns and rows are whole boxes of the source."""
    height, width = source.shape
    target = np.full((size, size), fill, dtype=np.float32)
    columns = _covered(affine.matrix[0, 0], affine.matrix[0, 2], width, size)
    rows = _covered(affine.matrix[1, 1], affine.matrix[1, 2], height, size)
    if columns is None or rows is None:
        return target
    # Border pixels of the target may look beyond the source by less than one target pixel: pad there.
    x0, x1 = math.floor(columns.box[0]), math.ceil(columns.box[1])
    y0, y1 = math.floor(rows.box[0]), math.ceil(rows.box[1])
    patch = source[max(y0, 0) : y1, max(x0, 0) : x1]
    margins = ((max(-y0, 0), max(y1 - height, 0)), (max(-x0, 0), max(x1 - width, 0)))
    if any(before or after for before, after in margins):
        patch = np.pad(patch, margins, constant_values=fill)
    resized = Image.fromarray(np.ascontiguousarray(patch)).resize(
        (columns.stop - columns.start, rows.stop - rows.start),
        Image.Resampling.BILINEAR,
        box=(columns.box[0] - x0, rows.box[0] - y0, columns.box[1] - x0, rows.box[1] - y0),
        reducing_gap=2.0,
    )
    values = np.asarray(resized)
    if rows.flipped:
        values = values[::-1]
    if columns.flipped:
        values = values[:, ::-1]
    target[rows.start : rows.stop, columns.start : columns.stop] = values
    return target


@dataclass(frozen=True)
class _Covered:
    """Target pixels start..stop along one axis that see the source, and the source edges they span."""

    start: int
    stop: int
    box: tuple[float, float]
    flipped: bool


def _covered(factor: float, offset: float, length: int, size: int) -> _Covered | None:
    ends = sorted((factor * -0.5 + offset, factor * (length - 0.5) + offset))
    start = max(0, math.floor(ends[0] + 0.5 + 1e-9))
    stop = min(size, math.ceil(ends[1] + 0.5 - 1e-9))
    if start >= stop:
        return None
    # edge coordinates of the source: 0 is the outer edge of its first pixel
    edges = sorted((edge - 0.5 - offset) / factor + 0.5 for edge in (start, stop))
    # rounding must not ask for one more pixel of padding
    low, high = (round(edge) if abs(edge - round(edge)) < 1e-7 else edge for edge in edges)
    return _Covered(start, stop, (float(low), float(high)), factor < 0)


def _resample_turned(source: NDArray[np.float32], affine: Affine, size: int, fill: float) -> NDArray[np.float32]:
    """Shrink the needed part to the target's scale with an averaging filter, then turn it bilinearly."""
    height, width = source.shape
    corners = np.array([[-1.0, -1.0], [size, -1.0], [-1.0, size], [size, size]])
    seen = affine.inverse().apply(corners)
    x0, y0 = np.clip(np.floor(seen.min(axis=0)).astype(int) - 1, 0, [width, height])
    x1, y1 = np.clip(np.ceil(seen.max(axis=0)).astype(int) + 2, 0, [width, height])
    if x0 >= x1 or y0 >= y1:
        return np.full((size, size), fill, dtype=np.float32)
    patch = Image.fromarray(np.ascontiguousarray(source[y0:y1, x0:x1]))
    factor_x, factor_y = (min(1.0, float(np.linalg.norm(affine.matrix[:, axis]))) for axis in (0, 1))
    shrunk = (max(1, math.ceil(patch.width * factor_x)), max(1, math.ceil(patch.height * factor_y)))
    to_shrunk = Affine.translation(-float(x0), -float(y0)).then(
        Affine.resizing(shrunk[0] / patch.width, shrunk[1] / patch.height)
    )
    if shrunk != patch.size:
        patch = patch.resize(shrunk, Image.Resampling.BILINEAR, reducing_gap=2.0)
    (a, b, c), (d, e, f) = affine.inverse().then(to_shrunk).matrix
    # Pillow counts from the outer edge of the first pixel, we from its centre
    data = (a, b, c + 0.5 - 0.5 * (a + b), d, e, f + 0.5 - 0.5 * (d + e))
    turned = patch.transform(
        (size, size), Image.Transform.AFFINE, data, resample=Image.Resampling.BILINEAR, fillcolor=fill
    )
    return np.array(turned, dtype=np.float32)
