"""Joint angles that give a deformed foot: the angles aimed at are met, the columns of the foot stay together, the
heel and the metatarsal heads stay on the floor, and stiff joints move least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from FootDeformityTrainingLib.simulation.foot_model import FootModel, Stance
from FootDeformityTrainingLib.simulation.kinematics import Chain, facing, joint_table
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.truth3d import bone_angles, moved_directions

Array = NDArray[np.float64]

#: what one degree off a wanted angle costs, against one mm between bones that touch
_ANGLE = 12.0
#: what one mm above or below the floor costs, by bone
_FLOOR = {
    "calcaneus": 10.0, "sesamoid_medial": 5.0, "metatarsal2": 2.0, "metatarsal3": 2.0, "metatarsal4": 2.0,
    "metatarsal5": 4.0, "phalanx_distal1": 1.0, "phalanx_proximal1": 0.5, "phalanx_distal2": 0.5,
    "phalanx_distal3": 0.5, "phalanx_distal4": 0.5, "phalanx_distal5": 0.5,
}  # fmt: skip
#: toes may leave the floor at this share of the cost
_LIFTED = 0.3
_ATTACHMENTS = 4
#: bones are kept at least so far apart (adult foot) at so many places; what one mm less costs
_GAP_MM, _SPACERS, _SPACE = 0.9, 12, 5.0
_CONTACT_MM, _CONTACTS = 12.0, 48
_STEPS = 12
_STEP = 1e-4


def stance_of(bones: Mapping[str, Mesh], chain: Chain, scale: float = 1.0) -> Stance:
    """Find the places where the neutral foot's bones face each other and where they stand."""
    table = joint_table()["ligaments"]
    ligaments, joint_spaces = [], []
    for first, second, cost in table["pairs"]:
        rows, others = facing(bones[first], bones[second])
        here, there = bones[first].vertices[rows], bones[second].vertices[others]
        chosen = _spread(here, _ATTACHMENTS)
        ligaments.append((first, second, here[chosen], there[chosen], cost / np.sqrt(len(chosen))))
        chosen = _spread(here, _SPACERS)
        normals = bones[first].normals[rows[chosen]]
        joint_spaces.append((first, second, here[chosen], there[chosen], normals, _GAP_MM * scale))
    heads = {joint.parent: joint.centre for joint in chain.joints if joint.name.startswith("metatarsophalangeal")}
    for (first, second), cost in zip(pairwise(heads), table["transverse_metatarsal"], strict=True):
        # the deep transverse ligament: as if the heads were joined half-way
        middle = ((heads[first] + heads[second]) / 2)[None]
        ligaments.append((first, second, middle, middle, cost))
    contacts = []
    for bone, cost in _FLOOR.items():
        points = bones[bone].vertices
        low = points[:, 2].min()
        outer = points[ConvexHull(points).vertices]
        outer = outer[outer[:, 2] < low + _CONTACT_MM * scale]
        contacts.append((bone, outer[_spread(outer, _CONTACTS)], low, cost))
    return Stance(tuple(ligaments), tuple(joint_spaces), tuple(contacts))


def _spread(points: Array, count: int) -> NDArray[np.intp]:
    """Indices of so many points that lie far apart."""
    chosen = [int(np.argmax(np.linalg.norm(points - points.mean(axis=0), axis=1)))]
    away = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(np.argmax(away)))
        away = np.minimum(away, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return np.array(chosen, dtype=np.intp)


@dataclass(frozen=True)
class Wanted:
    """Angles in degrees with what one degree off costs, and joint angles at rest by degree of freedom."""

    angles: Mapping[str, tuple[float, float]]
    rest: Mapping[str, float]


def solve(model: FootModel, wanted: Wanted, start: Array | None = None) -> Array:
    """Degrees of freedom (D,) of the chain that meet what is wanted best (damped Gauss-Newton steps from ``start``)."""
    names = model.chain.names
    rest = np.array([wanted.rest.get(name, 0.0) for name in names])

    def residuals(freedoms: Array) -> Array:
        motions = model.chain.forward(freedoms)
        angles = bone_angles(moved_directions(model, motions))
        parts = [cost * (angles[name] - value)[..., None] for name, (value, cost) in wanted.angles.items()]
        for first, second, here, there, cost in model.stance.ligaments:
            apart = _moved(motions[first], here) - _moved(motions[second], there) - (here - there)
            parts.append((cost * apart).reshape(*apart.shape[:-2], -1))
        for first, second, here, there, normals, gap in model.stance.joint_spaces:
            between = _moved(motions[second], there) - _moved(motions[first], here)
            away = (between * (normals @ np.swapaxes(motions[first][..., :3, :3], -1, -2))).sum(axis=-1)
            parts.append(_SPACE * np.minimum(away - gap, 0.0))
        for bone, points, height, cost in model.stance.contacts:
            turned = points @ motions[bone][..., 2, :3, None] + motions[bone][..., 2, 3, None, None]
            above = turned.min(axis=-2) - height
            lifted = _LIFTED if bone.startswith("phalanx") else 1.0
            parts.append(cost * np.where(above > 0, lifted, 1.0) * above)
        parts.append(model.chain.stiffness * (freedoms - rest))
        return np.concatenate(parts, axis=-1)

    freedoms = rest.copy() if start is None else start
    value = residuals(freedoms)
    damping = 1e-3
    for _ in range(_STEPS):
        slopes = (residuals(freedoms + _STEP * np.eye(len(names))) - value).T / _STEP
        normal = slopes.T @ slopes
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-6), -slopes.T @ value)
        tried = residuals(freedoms + step)
        if tried @ tried < value @ value:
            gain = value @ value - tried @ tried
            freedoms, value, damping = freedoms + step, tried, damping / 5
            if gain < 1e-4 * (tried @ tried):
                break
        else:
            damping *= 10
    return freedoms


def _moved(motion: Array, points: Array) -> Array:
    """(..., N, 3) points (N, 3) moved by (..., 4, 4)."""
    return np.asarray(points @ np.swapaxes(motion[..., :3, :3], -1, -2) + motion[..., None, :3, 3])
