"""How far a bone reaches to each side along its axis, and where its shaft turns into a flare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]

_LEVELS = 81


def section_points(mesh: Mesh, axis: Array, level: float) -> Array:
    """(N, 3) places where the edges of a surface cross the plane axis . p = level."""
    along = mesh.vertices @ axis - level
    edges = np.concatenate([mesh.triangles[:, [0, 1]], mesh.triangles[:, [1, 2]], mesh.triangles[:, [2, 0]]])
    edges = edges[edges[:, 0] < edges[:, 1]]
    start, end = along[edges[:, 0]], along[edges[:, 1]]
    crossed = (start < 0) != (end < 0)
    share = (start / np.where(crossed, start - end, 1.0))[crossed, None]
    first, second = mesh.vertices[edges[crossed, 0]], mesh.vertices[edges[crossed, 1]]
    return np.asarray(first + share * (second - first))


def levels(mesh: Mesh, axis: Array) -> Array:
    """(L,) evenly spaced levels along an axis, from just inside one end of a bone to the other."""
    along = mesh.vertices @ axis
    low, high = along.min(), along.max()
    return np.linspace(low + 0.005 * (high - low), high - 0.005 * (high - low), _LEVELS)


def reach(mesh: Mesh, axis: Array, side: Array) -> tuple[Array, Array, Array]:
    """Levels (L,), the furthest reach towards ``side`` there (L,) and the points that have it (L, 3)."""
    sections = [(level, section_points(mesh, axis, float(level))) for level in levels(mesh, axis)]
    sections = [(level, section) for level, section in sections if len(section)]  # nothing in a growth plate
    found = np.array([section[np.argmax(section @ side)] for _, section in sections])
    return np.array([level for level, _ in sections]), found @ side, found


def knee(level: Array, height: Array) -> int:
    """Index of the inflection where a profile (L,) that runs along a shaft starts to rise into a flare.

    The profile starts in the middle of the shaft. It is the point furthest below the straight line from the lowest
    place of the shaft to the highest of the flare.
    """
    top = int(np.argmax(height))
    bottom = int(np.argmin(height[: top + 1]))
    if top - bottom < 2:
        return bottom
    line = np.interp(level[bottom : top + 1], [level[bottom], level[top]], [height[bottom], height[top]])
    if level[top] < level[bottom]:
        line = np.interp(-level[bottom : top + 1], [-level[bottom], -level[top]], [height[bottom], height[top]])
    return bottom + int(np.argmax(line - height[bottom : top + 1]))
