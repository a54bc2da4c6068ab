"""Closed surfaces made of numbers: sesamoids, the floor plate, bodies with known chords for the tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityTrainingLib.simulation.mesh import Mesh


def box(low: ArrayLike, high: ArrayLike) -> Mesh:
    """The box between two opposite corners (3,) in mm."""
    corners = np.stack([np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)])
    vertices = np.array([[corners[i, 0], corners[j, 1], corners[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Mesh(vertices, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int64))


def ellipsoid(centre: ArrayLike, radii: ArrayLike, rings: int = 24) -> Mesh:
    """An ellipsoid with its axes along x, y and z. centre, radii: (3,) mm; vertices lie on the surface."""
    around = 2 * rings
    polar = np.pi * np.arange(1, rings) / rings
    azimuth = 2 * np.pi * np.arange(around) / around
    ring = np.stack([np.cos(azimuth), np.sin(azimuth)], axis=1)
    points = [np.array([[0.0, 0.0, 1.0]])]
    points += [np.column_stack([np.sin(angle) * ring, np.full(around, np.cos(angle))]) for angle in polar]
    points.append(np.array([[0.0, 0.0, -1.0]]))
    here = np.arange(around)
    after = (here + 1) % around
    triangles = [np.column_stack([np.zeros(around, int), 1 + here, 1 + after])]
    for row in range(rings - 2):
        top, bottom = 1 + row * around, 1 + (row + 1) * around
        triangles.append(np.column_stack([top + here, bottom + here, bottom + after]))
        triangles.append(np.column_stack([top + here, bottom + after, top + after]))
    last = 1 + (rings - 2) * around
    triangles.append(np.column_stack([last + here, np.full(around, last + around), last + after]))
    vertices = np.concatenate(points) * np.asarray(radii, dtype=np.float64) + np.asarray(centre, dtype=np.float64)
    return Mesh(vertices, np.concatenate(triangles).astype(np.int64))
