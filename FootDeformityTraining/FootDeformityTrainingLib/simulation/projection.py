"""Cone-beam projection of closed surfaces: how much of the body each ray passes through.

Every triangle adds the distance from the source at which a ray leaves through it and takes off the one at which it
enters. Over a closed surface the sum is the length of the chord, whatever the order of the triangles
(signed depth accumulation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: pixel candidates handled at once: bounds the memory
_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class Camera:
    """A point source and a flat detector.

    source: (3,) mm. corner: (3,) mm, centre of the first pixel. right, down: (3,) orthogonal unit vectors in which
    columns and rows run. spacing: mm a pixel on the detector. width, height: pixels.
    """

    source: Array
    corner: Array
    right: Array
    down: Array
    spacing: float
    width: int
    height: int

    @cached_property
    def inward(self) -> Array:
        """(3,) unit normal of the detector, away from the source."""
        normal = np.cross(self.right, self.down)
        return np.asarray(normal if normal @ (self.corner - self.source) > 0 else -normal)

    @cached_property
    def distance(self) -> float:
        """Source to detector in mm, perpendicular."""
        return float(self.inward @ (self.corner - self.source))

    def project(self, points: ArrayLike) -> Array:
        """Map points (..., 3) in mm to pixels (..., 2): x right, y down, centre of the first pixel (0, 0)."""
        away = np.asarray(points, dtype=np.float64) - self.source
        hit = away * (self.distance / (away @ self.inward))[..., None] + (self.source - self.corner)
        return np.stack([hit @ self.right, hit @ self.down], axis=-1) / self.spacing

    def depth(self, points: ArrayLike) -> Array:
        """Perpendicular distance from the source in mm of points (..., 3)."""
        return np.asarray((np.asarray(points, dtype=np.float64) - self.source) @ self.inward)

    def slant(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Length along the ray to pixel x, y per perpendicular mm: 1 on the central ray."""
        u = np.asarray(x, dtype=np.float64) * self.spacing + (self.corner - self.source) @ self.right
        v = np.asarray(y, dtype=np.float64) * self.spacing + (self.corner - self.source) @ self.down
        return np.asarray(np.sqrt(u * u + v * v + self.distance**2) / self.distance)

    def rays(self, x: ArrayLike, y: ArrayLike) -> Array:
        """(..., 3) vectors from the source towards pixels, one perpendicular mm long."""
        across = np.asarray(x, dtype=np.float64)[..., None] * self.spacing * self.right
        along = np.asarray(y, dtype=np.float64)[..., None] * self.spacing * self.down
        return np.asarray((self.corner - self.source + across + along) / self.distance)

    def window(self, x0: int, y0: int, width: int, height: int) -> Camera:
        """The part of the detector that starts at pixel x0, y0."""
        corner = self.corner + self.spacing * (x0 * self.right + y0 * self.down)
        return replace(self, corner=corner, width=width, height=height)

    def part(self, window: tuple[slice, slice]) -> Camera:
        """The part of the detector in these rows and columns, as ``around`` gives them."""
        rows, columns = window
        return self.window(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)

    def around(self, mesh: Mesh) -> tuple[slice, slice] | None:
        """Rows and columns of the detector that a body can shade, None if it lies beside the detector."""
        points = self.project(mesh.vertices)
        x0, y0 = np.maximum(np.floor(points.min(axis=0)), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(points.max(axis=0)) + 1, [self.width, self.height]).astype(int)
        return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def aimed(
    source: ArrayLike, right: ArrayLike, down: ArrayLike, through: ArrayLike, spacing: float, size: tuple[int, int],
    pixel: tuple[float, float], distance: float,
) -> Camera:  # fmt: skip
    """A camera ``distance`` mm in front of its detector that shows the point ``through`` at ``pixel``."""
    place, across, along = (np.asarray(each, dtype=np.float64) for each in (source, right, down))
    target = np.asarray(through, dtype=np.float64) - place
    inward = np.cross(across, along)
    inward = inward if inward @ target > 0 else -inward
    hit = place + target * (distance / float(inward @ target))
    corner = hit - spacing * (pixel[0] * across + pixel[1] * along)
    return Camera(place, corner, across, along, spacing, *size)


def passage(mesh: Mesh, camera: Camera) -> tuple[Array, Array]:
    """What the ray to each pixel has inside a closed surface.

    Returns its length in mm (H, W) and the perpendicular distance in mm of its middle from the source (H, W), which
    means nothing where the length is 0.
    """
    length = np.zeros(camera.height * camera.width)
    moment = np.zeros_like(length)
    points, depths = camera.project(mesh.vertices), camera.depth(mesh.vertices)
    # counted from the middle of the body the sums stay exact
    middle = float(depths.mean())
    for pixel, depth, sign in crossings(points, depths, mesh.triangles, (camera.width, camera.height)):
        relative = depth - middle
        length += np.bincount(pixel, weights=sign * relative, minlength=length.size)
        moment += np.bincount(pixel, weights=sign * relative**2 / 2, minlength=length.size)
    # outward triangles of far walls turn one way in the image, which one depends on how rows and columns run
    handed = float(np.sign(np.cross(camera.right, camera.down) @ camera.inward))
    rows, columns = np.mgrid[: camera.height, : camera.width]
    shape = camera.height, camera.width
    centre = moment / np.where(np.abs(length) > 1e-9, length, 1.0) + middle
    return (handed * length).reshape(shape) * camera.slant(columns, rows), centre.reshape(shape)


def chords(mesh: Mesh, camera: Camera) -> Array:
    """Length in mm inside a closed surface along the ray to each pixel: (H, W)."""
    return passage(mesh, camera)[0]


def crossings(
    points: Array, depths: Array, triangles: Index, size: tuple[int, int], perspective: bool = True
) -> Iterator[tuple[Index, Array, Array]]:
    """Yield where pixel centres lie in triangles: flat pixel index, depth of the surface there, +1 or -1 by side.

    points: (V, 2) pixels. depths: (V,). perspective: depths vary as their inverse across the image.
    Scan conversion: rows and columns are half open, and both triangles of an edge compute the very same number where
    it crosses a row, so that a centre on an edge belongs to one of them only and closed surfaces stay closed.
    """
    width = size[0]
    values = 1.0 / depths if perspective else depths
    spans = _spans(points, values, triangles, size)
    ends = np.cumsum(spans.number)
    start = 0
    while start < len(ends):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        chosen = slice(start, stop)
        count = spans.number[chosen]
        which = np.repeat(np.arange(start, stop), count)
        x = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + spans.first[which]
        value = spans.value[which] + spans.slope[which] * (x - spans.left[which])
        yield spans.row[which] * width + x, 1.0 / value if perspective else value, spans.side[which]
        start = stop


class _Spans(NamedTuple):
    """Pixel centres of a row inside a triangle: the first column and how many; value at ``left`` and its slope."""

    row: Index
    first: Index
    number: Index
    left: Array
    value: Array
    slope: Array
    side: Array


def _spans(points: Array, values: Array, triangles: Index, size: tuple[int, int]) -> _Spans:
    width, height = size
    corners = points[triangles]
    (ax, ay), (bx, by), (cx, cy) = (corners[:, k].T for k in range(3))
    side = np.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    low = np.maximum(np.ceil(corners[..., 1].min(axis=1)), 0).astype(np.int64)
    high = np.minimum(np.ceil(corners[..., 1].max(axis=1)), height).astype(np.int64)
    beside = (corners[..., 0].max(axis=1) < 0) | (corners[..., 0].min(axis=1) > width - 1)
    rows = np.where((side == 0) | beside, 0, np.maximum(high - low, 0))
    which = np.repeat(np.arange(len(triangles)), rows)
    row = np.arange(len(which)) - np.repeat(np.cumsum(rows) - rows, rows) + low[which]
    left, right = np.full(len(which), np.inf), np.full(len(which), -np.inf)
    at_left, at_right = np.zeros(len(which)), np.zeros(len(which))
    for k in range(3):
        first, second = triangles[:, k], triangles[:, (k + 1) % 3]
        turned = first > second
        first, second = np.where(turned, second, first), np.where(turned, first, second)
        p, q = points[first], points[second]
        rise = np.where(q[:, 1] == p[:, 1], 1.0, q[:, 1] - p[:, 1])
        course = (q[:, 0] - p[:, 0]) / rise
        change = (values[second] - values[first]) / rise
        crossed = (row >= np.ceil(np.minimum(p[:, 1], q[:, 1]))[which]) & (
            row < np.ceil(np.maximum(p[:, 1], q[:, 1]))[which]
        )
        down = row - p[which, 1]
        x = p[which, 0] + down * course[which]
        value = values[first][which] + down * change[which]
        at_left = np.where(crossed & (x < left), value, at_left)
        left = np.where(crossed, np.minimum(left, x), left)
        at_right = np.where(crossed & (x > right), value, at_right)
        right = np.where(crossed, np.maximum(right, x), right)
    first_column = np.ceil(np.clip(left, 0, width)).astype(np.int64)
    count = np.ceil(np.clip(right, 0, width)).astype(np.int64) - first_column
    kept = np.flatnonzero(count > 0)
    slope = (at_right[kept] - at_left[kept]) / (right[kept] - left[kept])
    return _Spans(row[kept], first_column[kept], count[kept], left[kept], at_left[kept], slope, side[which[kept]])
