"""How deep bones go into each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np
from scipy.spatial import cKDTree

from FootDeformityTrainingLib.simulation.mesh import Mesh

#: a vertex behind a surface that is further away lies beside it, not in it
REACH_MM = 8.0


def deepest_overlap(bones: Mapping[str, Mesh]) -> tuple[tuple[str, str], float]:
    """The two bones that overlap most and by how many mm: depth of vertices below the other's nearest surface."""
    worst = ("", ""), 0.0
    trees = {name: cKDTree(mesh.vertices) for name, mesh in bones.items()}
    normals = {name: mesh.normals for name, mesh in bones.items()}
    for first, second in permutations(bones, 2):
        other = bones[second].vertices
        points = bones[first].vertices
        points = points[((points > other.min(axis=0)) & (points < other.max(axis=0))).all(axis=1)]
        if not len(points):
            continue
        distance, nearest = trees[second].query(points)
        depth = -((points - other[nearest]) * normals[second][nearest]).sum(axis=1)
        depth = float(np.where(distance < REACH_MM, depth, 0.0).max())
        if depth > worst[1]:
            worst = (first, second), depth
    return worst
