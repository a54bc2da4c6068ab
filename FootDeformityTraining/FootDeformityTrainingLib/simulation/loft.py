"""Closed bone surfaces drawn through cross sections: shafts with flared ends, domed heads, cupped bases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from FootDeformityTrainingLib.simulation.mesh import Mesh, outward

Array = NDArray[np.float64]

_ALONG, _AROUND, _RINGS = 34, 36, 5


@dataclass(frozen=True)
class Bump:
    """A process that stands out of the side of a bone.

    at: mm along the axis. direction: degrees about the axis, 0 = medial, 90 = dorsal. height: mm. length: mm and
    width: degrees, one standard deviation each.
    """

    at: float
    direction: float
    height: float
    length: float
    width: float


@dataclass(frozen=True)
class Loft:
    """Cross sections along x in a bone's own frame (x distal, y medial, z dorsal; mm).

    sections: rows of x, y, z of the centre; reach to medial, lateral, dorsal, plantar; exponent of the outline
    (2 = ellipse, more = boxier); tilt of the section in degrees (negative faces plantar).
    proximal, distal: how far the end stands out (a head) or, negative, is hollowed (a cup), mm.
    """

    sections: ArrayLike
    proximal: float = 1.0
    distal: float = 1.0
    bumps: tuple[Bump, ...] = field(default=())

    @property
    def table(self) -> Array:
        """(N, 9) sections."""
        return np.atleast_2d(np.asarray(self.sections, dtype=np.float64))

    def section(self, x: ArrayLike) -> Array:
        """(..., 9) smoothly interpolated sections; x is clipped to the bone."""
        table = self.table
        return np.asarray(PchipInterpolator(table[:, 0], table)(np.clip(x, table[0, 0], table[-1, 0])))

    def outline(self, x: ArrayLike, degrees: ArrayLike, share: ArrayLike = 1.0) -> Array:
        """(..., 3) points of the sections at x in a direction (0 = medial, 90 = dorsal, 180 = lateral).

        share: 1 on the surface, 0 on the axis.
        """
        rows = self.section(x)
        angle = np.radians(np.asarray(degrees, dtype=np.float64))
        cosine, sine = np.cos(angle), np.sin(angle)
        power = 2.0 / rows[..., 7]
        across = np.where(cosine > 0, rows[..., 3], rows[..., 4]) * np.sign(cosine) * np.abs(cosine) ** power
        up = np.where(sine > 0, rows[..., 5], rows[..., 6]) * np.sign(sine) * np.abs(sine) ** power
        for bump in self.bumps:
            turn = np.radians((np.asarray(degrees) - bump.direction + 180) % 360 - 180)
            height = bump.height * np.exp(
                -0.5 * ((rows[..., 0] - bump.at) / bump.length) ** 2 - 0.5 * (turn / np.radians(bump.width)) ** 2
            )
            across, up = across + height * cosine, up + height * sine
        tilt = np.radians(rows[..., 8])
        part = np.asarray(share, dtype=np.float64)
        offset = np.stack([-up * np.sin(tilt), across, up * np.cos(tilt)], axis=-1)
        return np.asarray(rows[..., :3] + part[..., None] * offset)

    def end(self, degrees: float, share: float) -> Array:
        """(3,) point of the distal end in a direction, at a share of the way from its middle to its rim."""
        last = self.table[-1, 0]
        return np.asarray(self.outline(last, degrees, share) + self._bulge(last, self.distal, 1.0, share))

    def _cap(self, x: float, depth: float, outwards: float) -> Array:
        """(_RINGS, _AROUND, 3) rings from the rim (left out) towards the middle of an end."""
        share = (
            np.cos(np.linspace(0, np.pi / 2, _RINGS + 2))[1:-1] if depth > 0 else np.linspace(1, 0, _RINGS + 2)[1:-1]
        )
        degrees = np.arange(_AROUND) * 360 / _AROUND
        rings = self.outline(np.full((_RINGS, _AROUND), x), degrees, share[:, None])
        return np.asarray(rings + self._bulge(x, depth, outwards, share)[:, None, :])

    def _bulge(self, x: float, depth: float, outwards: float, share: ArrayLike) -> Array:
        part = np.asarray(share, dtype=np.float64)
        height = depth * (np.sqrt(np.maximum(1 - part**2, 0)) if depth > 0 else 1 - part**2)
        tilt = np.radians(self.section(x)[8])
        return np.asarray(outwards * height[..., None] * np.array([np.cos(tilt), 0.0, np.sin(tilt)]))

    def mesh(self) -> Mesh:
        """The closed surface."""
        first, last = self.table[0, 0], self.table[-1, 0]
        # denser towards the ends, where bones flare
        along = first + (last - first) * (1 - np.cos(np.linspace(0, np.pi, _ALONG))) / 2
        degrees = np.arange(_AROUND) * 360 / _AROUND
        side = self.outline(np.repeat(along[:, None], _AROUND, axis=1), degrees)
        rings = np.concatenate([self._cap(first, self.proximal, -1.0)[::-1], side, self._cap(last, self.distal, 1.0)])
        poles = [
            self.section(x)[:3] + self._bulge(x, depth, way, 0.0)
            for x, depth, way in ((first, self.proximal, -1.0), (last, self.distal, 1.0))
        ]
        return _stitched(rings, poles[0], poles[1])


def _stitched(rings: Array, start: Array, end: Array) -> Mesh:
    """Join rings (R, N, 3) and the poles at either end by triangles."""
    count, around = rings.shape[:2]
    here = np.arange(around)
    after = (here + 1) % around
    row = np.arange(count - 1)[:, None] * around
    a, b, c, d = row + here, row + after, row + around + here, row + around + after
    walls = np.stack([np.stack([a, b, d], axis=-1), np.stack([a, d, c], axis=-1)]).reshape(-1, 3)
    low, high = count * around, count * around + 1
    top = (count - 1) * around
    caps = np.concatenate(
        [
            np.stack([np.full(around, low), after, here], axis=1),
            np.stack([np.full(around, high), top + here, top + after], axis=1),
        ]
    )
    vertices = np.concatenate([rings.reshape(-1, 3), start[None], end[None]])
    return outward(Mesh(vertices, np.concatenate([walls, caps]).astype(np.int64)))
