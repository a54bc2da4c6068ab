"""A triangle surface and what is needed to make it closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Triangles = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mesh:
    """vertices: (V, 3) mm. triangles: (T, 3) vertex indices, counter-clockwise seen from outside."""

    vertices: Array
    triangles: Triangles

    @property
    def volume(self) -> float:
        """Signed volume in mm3: positive when the triangles face outwards; means nothing while there are holes."""
        a, b, c = np.moveaxis(self.vertices[self.triangles] - self.vertices.mean(axis=0), 1, 0)
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)

    @property
    def normals(self) -> Array:
        """(V, 3) outward unit normals of the vertices, triangles weighted by their area."""
        a, b, c = np.moveaxis(self.vertices[self.triangles], 1, 0)
        faces = np.cross(b - a, c - a)
        total = np.zeros_like(self.vertices)
        for corner in range(3):
            np.add.at(total, self.triangles[:, corner], faces)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.asarray(total / np.where(length > 0, length, 1.0))

    def moved(self, rotation: Array, translation: Array) -> Mesh:
        """Every vertex v becomes rotation @ v + translation."""
        return Mesh(self.vertices @ rotation.T + translation, self.triangles)


def outward(mesh: Mesh) -> Mesh:
    """The same surface with its triangles facing outwards."""
    return mesh if mesh.volume >= 0 else Mesh(mesh.vertices, mesh.triangles[:, ::-1].copy())


def welded(mesh: Mesh) -> Mesh:
    """Join vertices at the same place, so that edges are shared, and drop triangles without area."""
    _, first, index = np.unique(mesh.vertices.round(4), axis=0, return_index=True, return_inverse=True)
    triangles = index.reshape(-1)[mesh.triangles]
    a, b, c = triangles.T
    return Mesh(mesh.vertices[first], triangles[(a != b) & (b != c) & (a != c)])


def boundary_loops(mesh: Mesh) -> list[NDArray[np.int64]]:
    """Vertex indices round every hole, in the order in which triangles that close it have to run."""
    edges = np.concatenate([mesh.triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    count = len(mesh.vertices)
    forth, back = np.unique(edges[:, 0] * count + edges[:, 1]), edges[:, 1] * count + edges[:, 0]
    following: dict[int, list[int]] = {}
    for edge in np.setdiff1d(forth, back, assume_unique=False).tolist():
        following.setdefault(edge % count, []).append(edge // count)
    loops = []
    while following:
        start = min(following)
        loop = [start]
        here = start
        while True:
            ways = following[here]
            there = ways.pop()
            if not ways:
                del following[here]
            if there == start or there not in following:
                break
            loop.append(there)
            here = there
        if len(loop) >= 3:
            loops.append(np.array(loop, dtype=np.int64))
    return loops


def closed(mesh: Mesh) -> Mesh:
    """Close every hole by a fan of triangles to its centre."""
    vertices, triangles = [mesh.vertices], [mesh.triangles]
    count = len(mesh.vertices)
    for loop in boundary_loops(mesh):
        vertices.append(mesh.vertices[loop].mean(axis=0, keepdims=True))
        triangles.append(np.stack([loop, np.roll(loop, -1), np.full(len(loop), count)], axis=1))
        count += 1
    return Mesh(np.concatenate(vertices), np.concatenate(triangles))


def lengthened(mesh: Mesh, towards: Array, length: float) -> Mesh:
    """Draw the widest hole (a shaft that was cut off) out by ``length`` mm along ``towards``, still open there."""
    loops = boundary_loops(mesh)
    if not loops:
        return mesh
    loop = max(loops, key=lambda each: float(np.ptp(mesh.vertices[each], axis=0).max()))
    direction = towards / np.linalg.norm(towards)
    count, n = len(mesh.vertices), len(loop)
    far = np.arange(count, count + n)
    after, far_after = np.roll(loop, -1), np.roll(far, -1)
    wall = np.concatenate([np.stack([loop, after, far_after], axis=1), np.stack([loop, far_after, far], axis=1)])
    return Mesh(
        np.concatenate([mesh.vertices, mesh.vertices[loop] + length * direction]),
        np.concatenate([mesh.triangles, wall]),
    )
