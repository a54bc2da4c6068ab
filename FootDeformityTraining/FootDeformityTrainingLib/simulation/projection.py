"""Cone-beam projection of closed surfaces: how much of the body each ray passes through.

Every triangle adds the distance from the source at which a ray leaves through it and takes off the one at which it
enters. Over a closed surface the sum is the length of the chord, whatever the order of the triangles
(signed depth accumulation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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

    @property
    def inward(self) -> Array:
        """(3,) unit normal of the detector, away from the source."""
        normal = np.cross(self.right, self.down)
        return np.asarray(normal if normal @ (self.corner - self.source) > 0 else -normal)

    @property
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
    A centre exactly on an edge or corner belongs to one triangle only, so that closed surfaces stay closed.
    """
    width, height = size
    corners = points[triangles]
    low = np.maximum(np.ceil(corners.min(axis=1)), 0).astype(np.int64)
    high = np.minimum(np.floor(corners.max(axis=1)), [width - 1, height - 1]).astype(np.int64)
    spans = high - low + 1
    order = np.flatnonzero((spans > 0).all(axis=1))
    order = order[np.argsort(np.max(spans[order], axis=1), kind="stable")]
    start = 0
    while start < len(order):
        # sorted by size: a batch of neighbours wastes few candidates
        stop = start + max(1, min(len(order) - start, _CHUNK // int(spans[order[start]].max()) ** 2))
        while stop > start + 1 and (stop - start) * int(spans[order[start:stop]].max()) ** 2 > 2 * _CHUNK:
            stop = start + (stop - start + 1) // 2
        batch = order[start:stop]
        start = stop
        found = _inside(points, depths, triangles[batch], low[batch], high[batch], perspective)
        if found is not None:
            x, y, depth, sign = found
            yield y * width + x, depth, sign


def _inside(
    points: Array, depths: Array, triangles: Index, low: Index, high: Index, perspective: bool
) -> tuple[Index, Index, Array, Array] | None:
    columns, rows = (high - low + 1).max(axis=0)
    x = low[:, 0, None, None] + np.arange(columns)[None, None, :]
    y = low[:, 1, None, None] + np.arange(rows)[None, :, None]
    inside = (x <= high[:, 0, None, None]) & (y <= high[:, 1, None, None])
    a, b, c = np.moveaxis(points[triangles], 1, 0)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    side = np.sign(area)
    inside &= (side != 0)[:, None, None]
    weights = []
    for k in range(3):
        first, second = triangles[:, (k + 1) % 3], triangles[:, (k + 2) % 3]
        # both triangles of an edge compute the very same number: no centre is lost or counted twice
        turned = first > second
        p, q = points[np.where(turned, second, first)], points[np.where(turned, first, second)]
        dx, dy = (q - p).T[:, :, None, None]
        edge = dx * (y - p[:, 1, None, None]) - dy * (x - p[:, 0, None, None])
        towards = (np.where(turned, -1.0, 1.0) * side)[:, None, None]
        # a centre on an edge counts as if it lay a trifle further right, and a trifle of that further down
        tie = np.where(dy != 0, -dy, dx)
        inside &= (edge * towards > 0) | ((edge == 0) & (tie * towards > 0))
        weights.append(np.abs(edge))
    which, row, column = np.nonzero(inside)
    if not len(which):
        return None
    shares = np.stack([weight[which, row, column] for weight in weights], axis=1)
    shares /= shares.sum(axis=1, keepdims=True)
    corner_depths = depths[triangles[which]]
    depth = 1.0 / (shares / corner_depths).sum(axis=1) if perspective else (shares * corner_depths).sum(axis=1)
    return low[which, 0] + column, low[which, 1] + row, depth, side[which]
