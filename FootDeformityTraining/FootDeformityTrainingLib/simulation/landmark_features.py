"""The 27 landmarks on the bones' surfaces, by the definitions of the clinical specification (sections 2 and 10).

Inflections: where the profile of a bone along its axis turns from shaft to flare; the two of a pair lie at one level.
Articular ends, corners and borders: extreme points. The foot is a right one and stands roughly as it should.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.bone_axes import navicular_axis, shaft_axis, talar_axis, upright_frame
from FootDeformityTrainingLib.simulation.bone_profile import knee, reach, section_points
from FootDeformityTrainingLib.simulation.foot_model import Feature
from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]

#: pairs on shafts: bone, landmarks (distal and proximal, first and second side), first side
_SHAFTS = (
    ("phalanx_proximal1", ("A1", "A3"), ("A2", "A4"), "medial"),
    ("metatarsal1", ("A5", "A7"), ("A6", "A8"), "medial"),
    ("metatarsal1", ("L2", "L4"), ("L3", "L5"), "dorsal"),
)
_UP = np.array([0.0, 0.0, 1.0])
#: the share of the talus, from behind, beyond which its head lies
_HEAD = 0.72
#: ends of joint surfaces and corners: how far the direction in which they stick out leans from sideways to distal,
#: degrees. What fits the annotators' labels best
CORNERS = {
    "A9": -60.0, "A10": -55.0, "A11": 30.0, "A12": 15.0, "A15": 30.0, "A16": -30.0, "L6": 38.0, "L7": 40.0,
    "L10": 55.0,
}  # fmt: skip
#: the neck is looked for so many widths of the head behind it, on its medial side
NECK = (0.45, 1.0)
#: a proximal pair lies at most this share of the bone from the joint
BASE_SHARE = {"A2": 0.32, "A6": 0.30, "L3": 0.24}


def landmark_features(bones: Mapping[str, Mesh]) -> dict[str, Feature]:
    """All 27 by id."""
    found: dict[str, Feature] = {}
    for bone, distal, proximal, side in _SHAFTS:
        found |= _shaft(bone, bones[bone], distal, proximal, side)
    return (
        found
        | _navicular(bones["navicular"])
        | _talus(bones["talus"])
        | _calcaneus(bones["calcaneus"])
        | _fifth(bones["metatarsal5"])
    )


def _point(bone: str, point: Array, along: Array, outwards: Array) -> Feature:
    return Feature(bone, np.atleast_2d(point), along, outwards)


def _shaft(bone: str, mesh: Mesh, distal: tuple[str, str], proximal: tuple[str, str], side: str) -> dict[str, Feature]:
    axis = shaft_axis(mesh, _lengthwise(mesh))
    frame = upright_frame(axis, np.zeros(3))[:3, :3]
    outwards = frame[:, 1] if side == "medial" else frame[:, 2]
    profiles = [reach(mesh, axis, way * outwards) for way in (1.0, -1.0)]
    count = len(profiles[0][0])
    middle = count // 2
    found = {}
    for names, half in ((distal, slice(middle, None)), (proximal, slice(middle, None, -1))):
        index = np.mean([np.arange(count)[half][knee(level[half], height[half])] for level, height, _ in profiles])
        index = min(float(index), BASE_SHARE.get(names[0], 1.0) * (count - 1))
        for name, way, (_, _, points) in zip(names, (1.0, -1.0), profiles, strict=True):
            found[name] = _point(bone, points[round(index)], axis, way * outwards)
    return found


def _navicular(mesh: Mesh) -> dict[str, Feature]:
    axis = navicular_axis(mesh)
    across = upright_frame(axis, np.zeros(3))[:3, 1]
    return {
        name: _point("navicular", _corner(name, mesh.vertices, axis, side), axis, side)
        for name, side in (("A9", across), ("A10", -across))
    }


def _talus(mesh: Mesh) -> dict[str, Feature]:
    axis = talar_axis(mesh)
    flat = axis * np.array([1.0, 1.0, 0.0])
    flat /= np.linalg.norm(flat)
    medial = np.cross(_UP, flat)
    dorsal = upright_frame(axis, np.zeros(3))[:3, 2]
    head = _part(mesh, axis, _HEAD, 1.0)
    found = {
        name: _point("talus", _corner(name, head, along, side), along, side)
        for name, along, side in (
            ("A11", flat, medial),
            ("A12", flat, -medial),
            ("L6", axis, -dorsal),
            ("L7", axis, dorsal),
        )
    }
    ends = [found[name].candidates[0] for name in ("A11", "A12")]
    level, inner, inner_points = reach(mesh, flat, medial)
    _, _, outer_points = reach(mesh, flat, -medial)
    behind = ((ends[0] + ends[1]) / 2 @ flat - level) / np.linalg.norm((ends[0] - ends[1])[:2])
    near = np.flatnonzero((behind > NECK[0]) & (behind < NECK[1]))
    waist = near[np.argmin(inner[near])]
    found["A13"] = _point("talus", inner_points[waist], flat, medial)
    found["A14"] = _point("talus", outer_points[waist], flat, -medial)
    top = mesh.vertices[np.argmax(mesh.vertices[:, 2])]
    ahead = np.array([1.0, 0.0, 0.0])
    section = section_points(mesh, ahead, float(top[0]))
    middle = (section[:, 1].min() + section[:, 1].max()) / 2
    facet = section[section[:, 2] < (section[:, 2].min() + section[:, 2].max()) / 2]
    found["L8"] = _point("talus", top, ahead, _UP)
    found["L9"] = _point("talus", facet[np.argmin(np.abs(facet[:, 1] - middle))], ahead, -_UP)
    return found


def _calcaneus(mesh: Mesh) -> dict[str, Feature]:
    axis = _lengthwise(mesh) * np.array([1.0, 1.0, 0.0])
    axis /= np.linalg.norm(axis)
    lateral = -np.cross(_UP, axis)
    front, heel = _part(mesh, axis, 0.75, 1.0), _part(mesh, axis, 0.0, 0.45)
    found = {
        name: _point("calcaneus", _corner(name, points, axis, side), axis, side)
        for name, points, side in (("A15", front, lateral), ("A16", heel, lateral), ("L10", front, -_UP))
    }
    return found | {"L11": Feature("calcaneus", heel, axis, -_UP)}


def _fifth(mesh: Mesh) -> dict[str, Feature]:
    axis = _lengthwise(mesh)
    return {"L1": Feature("metatarsal5", _part(mesh, axis, _HEAD, 1.0), axis, -_UP)}


def _corner(name: str, points: Array, along: Array, side: Array) -> Array:
    """(3,) the one of some points (N, 3) that reaches furthest towards ``side``, leaning as CORNERS says."""
    lean = np.radians(CORNERS[name])
    return np.asarray(points[np.argmax(points @ (np.cos(lean) * side + np.sin(lean) * along))])


def _part(mesh: Mesh, axis: Array, first: float, last: float) -> Array:
    """(N, 3) vertices between two shares of a bone's length along ``axis``."""
    along = mesh.vertices @ axis
    share = (along - along.min()) / np.ptp(along)
    return np.asarray(mesh.vertices[(share >= first) & (share <= last)])


def _lengthwise(mesh: Mesh) -> Array:
    """(3,) longest principal axis, towards the toes."""
    axis = np.linalg.svd(mesh.vertices - mesh.vertices.mean(axis=0), full_matrices=False)[2][0]
    return np.asarray(axis * np.sign(axis[0]))
