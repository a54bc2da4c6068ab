"""The foot as a chain of joints: from joint angles to where every bone lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]

JOINTS = Path(__file__).with_name("joints.json")

#: how much further apart than at the closest place two bones may be and still count as facing each other, mm
_FACING_MM = 2.0


@dataclass(frozen=True, eq=False)
class Joint:
    """children follow the bone ``parent`` and turn about the axes through ``centre``.

    centre: (3,) mm in the neutral foot frame, NaN before the joint is fitted to a foot. axes: (A, 3) unit vectors.
    stiffness: (A,). between: the two bones whose joint space has the centre; inside_mm: then into the first of them.
    """

    name: str
    parent: str
    children: tuple[str, ...]
    between: tuple[str, str]
    inside_mm: float
    axis_names: tuple[str, ...]
    axes: Array
    stiffness: Array
    centre: Array


@dataclass(frozen=True, eq=False)
class Chain:
    """Joints in order from the leg to the toes.

    The first four degrees of freedom place the leg: mm along x, y, z and degrees about the vertical. Then follow
    the axes of all joints, in degrees; a joint with several axes turns by the sum of its rotation vectors.
    """

    root: tuple[str, ...]
    joints: tuple[Joint, ...]
    leg_stiffness: Array
    pivot: Array

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every degree of freedom, e.g. "talonavicular abduction"."""
        stance = ("leg x", "leg y", "leg z", "leg turn")
        return stance + tuple(f"{joint.name} {axis}" for joint in self.joints for axis in joint.axis_names)

    @property
    def stiffness(self) -> Array:
        """(D,) of every degree of freedom."""
        return np.concatenate([self.leg_stiffness, *[joint.stiffness for joint in self.joints]])

    def forward(self, freedoms: ArrayLike) -> dict[str, Array]:
        """Map degrees of freedom (..., D) to what moves each bone from its neutral place: (..., 4, 4) by name."""
        values = np.asarray(freedoms, dtype=np.float64)
        stance = turned_about(values[..., 3:4] * np.array([0.0, 0.0, 1.0]), self.pivot)
        stance[..., :3, 3] += values[..., :3]
        found = dict.fromkeys(self.root, stance)
        start = 4
        for joint in self.joints:
            stop = start + len(joint.axes)
            moved = found[joint.parent] @ turned_about(values[..., start:stop] @ joint.axes, joint.centre)
            start = stop
            found |= dict.fromkeys(joint.children, moved)
        return found


def turned_about(degrees: Array, centre: Array) -> Array:
    """(..., 4, 4) rotations by rotation vectors (..., 3) in degrees about a point (3,)."""
    vector = np.radians(degrees)
    angle = np.sqrt((vector**2).sum(axis=-1))[..., None, None]
    safe = np.where(angle > 1e-12, angle, 1.0)
    k = np.zeros((*vector.shape[:-1], 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -vector[..., 2], vector[..., 1], -vector[..., 0]
    k -= np.swapaxes(k, -1, -2)
    k /= safe
    turn = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
    moved = np.zeros((*vector.shape[:-1], 4, 4))
    moved[..., :3, :3] = turn
    moved[..., :3, 3] = centre - turn @ centre
    moved[..., 3, 3] = 1.0
    return moved


def moved_mesh(mesh: Mesh, matrix: Array) -> Mesh:
    """Apply a (4, 4) rigid motion."""
    return mesh.moved(matrix[:3, :3], matrix[:3, 3])


def facing(first: Mesh, second: Mesh) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where two bones face each other: indices (N,) of vertices of the first and of the nearest ones of the second."""
    found = cKDTree(second.vertices).query(first.vertices)
    distance, index = np.asarray(found[0]), np.asarray(found[1])
    close = np.flatnonzero(distance <= distance.min() + _FACING_MM)
    return close, index[close]


@lru_cache(maxsize=1)
def joint_table() -> dict[str, Any]:
    """What joints.json says."""
    table: dict[str, Any] = json.loads(JOINTS.read_text("utf-8"))
    return table


def fitted_chain(bones: Mapping[str, Mesh], scale: float = 1.0) -> Chain:
    """Put the joints of joints.json where the bones of a foot in its neutral pose face each other.

    scale: size relative to an adult foot, for the radii of the heads.
    """
    table = joint_table()
    joints = []
    for entry in table["joints"]:
        first, second = (bones[name] for name in entry["between"])
        here, there = facing(first, second)
        middle = (first.vertices[here].mean(axis=0) + second.vertices[there].mean(axis=0)) / 2
        target = first if entry["inside_mm"] > 0 else second
        inwards = target.vertices.mean(axis=0) - middle
        centre = middle + scale * abs(entry["inside_mm"]) * inwards / np.linalg.norm(inwards)
        axes = np.array([axis["direction"] for axis in entry["axes"]], dtype=np.float64)
        joints.append(
            Joint(
                entry["name"],
                entry["parent"],
                tuple(entry["children"]),
                (entry["between"][0], entry["between"][1]),
                entry["inside_mm"],
                tuple(axis["name"] for axis in entry["axes"]),
                axes / np.linalg.norm(axes, axis=1, keepdims=True),
                np.array([axis["stiffness"] for axis in entry["axes"]], dtype=np.float64),
                centre,
            )
        )
    root = table["root"]
    pivot = bones[root["bones"][0]].vertices.mean(axis=0)
    return Chain(tuple(root["bones"]), tuple(joints), np.array(root["stiffness"]), pivot)
