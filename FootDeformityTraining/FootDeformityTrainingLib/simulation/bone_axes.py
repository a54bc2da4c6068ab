"""Frames and axes of bones from their shape alone, independent of the landmarks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.bone_profile import section_points
from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]

_UP = np.array([0.0, 0.0, 1.0])
_SLICES = 9


def upright_frame(distal: Array, origin: Array) -> Array:
    """(4, 4) with x along ``distal``, y horizontal (medial where x points to the toes), z as dorsal as can be."""
    x = distal / np.linalg.norm(distal)
    y = np.cross(_UP, x)
    y /= np.linalg.norm(y)
    frame = np.eye(4)
    frame[:3, :3] = np.stack([x, y, np.cross(x, y)], axis=1)
    frame[:3, 3] = origin
    return frame


def shaft_axis(mesh: Mesh, distal: Array) -> Array:
    """(3,) through the middles of the cross sections between 30 and 70 % of a long bone, found in three rounds."""
    axis = distal / np.linalg.norm(distal)
    for _ in range(3):
        along = mesh.vertices @ axis
        low, high = along.min(), along.max()
        frame = upright_frame(axis, np.zeros(3))[:3, :3]
        middles = []
        for level in np.linspace(low + 0.3 * (high - low), low + 0.7 * (high - low), _SLICES):
            local = section_points(mesh, axis, float(level)) @ frame
            middles.append(frame @ ((local.min(axis=0) + local.max(axis=0)) / 2))
        line = np.linalg.svd(np.array(middles) - np.mean(middles, axis=0))[2][0]
        axis = line * np.sign(line @ axis)
    return np.asarray(axis)


def bone_axes(bones: Mapping[str, Mesh]) -> dict[str, tuple[str, Array]]:
    """The axes of truth3d.AXES: bone and unit vector (3,), for a right foot that stands roughly as it should."""
    return {
        "talus": ("talus", talar_axis(bones["talus"])),
        "talar_head": ("talus", _facing_axis(bones["talus"], talar_axis(bones["talus"]), 1.0, 0.72)),
        "navicular_cup": ("navicular", navicular_axis(bones["navicular"])),
        "calcaneal_wall": ("calcaneus", _wall(bones["calcaneus"])),
        "calcaneal_sole": ("calcaneus", _sole(bones["calcaneus"])),
        "metatarsal1": ("metatarsal1", shaft_axis(bones["metatarsal1"], _lengthwise(bones["metatarsal1"]))),
        "metatarsal2": ("metatarsal2", shaft_axis(bones["metatarsal2"], _lengthwise(bones["metatarsal2"]))),
        "phalanx1": (
            "phalanx_proximal1",
            shaft_axis(bones["phalanx_proximal1"], _lengthwise(bones["phalanx_proximal1"])),
        ),
    }


def bone_frames(bones: Mapping[str, Mesh]) -> dict[str, Array]:
    """(4, 4) of every bone: x distal, y medial, z dorsal, origin at the mean of its vertices."""
    frames = {}
    for name, mesh in bones.items():
        middle = mesh.vertices.mean(axis=0)
        if name.startswith(("metatarsal", "phalanx")):
            frames[name] = upright_frame(shaft_axis(mesh, _lengthwise(mesh)), middle)
        elif name == "talus":
            frames[name] = upright_frame(talar_axis(mesh), middle)
        elif name == "navicular":
            frames[name] = upright_frame(navicular_axis(mesh), middle)
        elif name == "calcaneus":
            frames[name] = upright_frame(_lengthwise(mesh), middle)
        elif name in ("tibia_distal", "fibula_distal"):
            frame = np.eye(4)
            frame[:3, :3] = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
            frame[:3, 3] = middle
            frames[name] = frame
        else:
            frames[name] = upright_frame(np.array([1.0, 0.0, 0.0]), middle)
    return frames


def _lengthwise(mesh: Mesh) -> Array:
    """(3,) longest principal axis, towards the toes."""
    axis = np.linalg.svd(mesh.vertices - mesh.vertices.mean(axis=0), full_matrices=False)[2][0]
    return np.asarray(axis * np.sign(axis[0]))


def talar_axis(mesh: Mesh) -> Array:
    """(3,) from the middle of the body to the middle of the head."""
    axis = _lengthwise(mesh)
    for _ in range(3):
        along = mesh.vertices @ axis
        low, high = along.min(), along.max()
        frame = upright_frame(axis, np.zeros(3))[:3, :3]
        middles = []
        for shares in ((0.25, 0.5), (0.78, 0.92)):
            rows = [
                section_points(mesh, axis, float(low + share * (high - low))) @ frame
                for share in np.linspace(*shares, 5)
            ]
            middles.append(frame @ np.mean([(row.min(axis=0) + row.max(axis=0)) / 2 for row in rows], axis=0))
        axis = middles[1] - middles[0]
        axis /= np.linalg.norm(axis)
    return np.asarray(axis)


def navicular_axis(mesh: Mesh) -> Array:
    """(3,) opposite to where the cup faces."""
    thin = np.linalg.svd(mesh.vertices - mesh.vertices.mean(axis=0), full_matrices=False)[2][2]
    return _facing_axis(mesh, thin * np.sign(thin[0]), -1.0, 0.0)


def _facing_axis(mesh: Mesh, axis: Array, way: float, beyond: float) -> Array:
    """(3,) along ``axis``: mean normal of what faces ``way`` along it, beyond a share of the bone's length."""
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles], 1, 0)
    area = np.cross(b - a, c - a)
    normal = area / np.maximum(np.linalg.norm(area, axis=1, keepdims=True), 1e-12)
    along = (mesh.vertices @ axis)[mesh.triangles].mean(axis=1)
    share = (along - along.min()) / (along.max() - along.min())
    found = axis
    for _ in range(3):
        chosen = (normal @ found * way > 0.7) & (share > beyond)
        mean = way * area[chosen].sum(axis=0)
        found = mean / np.linalg.norm(mean)
    return np.asarray(found)


def _wall(mesh: Mesh) -> Array:
    """(3,) horizontal direction of the lateral wall of the calcaneus."""
    axis = _lengthwise(mesh) * np.array([1.0, 1.0, 0.0])
    axis /= np.linalg.norm(axis)
    lateral = -np.cross(_UP, axis)
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles], 1, 0)
    area = np.cross(b - a, c - a)
    normal = area / np.maximum(np.linalg.norm(area, axis=1, keepdims=True), 1e-12)
    along = (mesh.vertices @ axis)[mesh.triangles].mean(axis=1)
    share = (along - along.min()) / (along.max() - along.min())
    chosen = (normal @ lateral > 0.85) & (share > 0.15) & (share < 0.95)
    outwards = (area[chosen].sum(axis=0)) * np.array([1.0, 1.0, 0.0])
    found = np.cross(outwards / np.linalg.norm(outwards), _UP)
    return np.asarray(found * np.sign(found @ axis))


def _sole(mesh: Mesh) -> Array:
    """(3,) direction from the lowest point of the heel to the lower edge of the calcaneus's front."""
    axis = _lengthwise(mesh) * np.array([1.0, 1.0, 0.0])
    axis /= np.linalg.norm(axis)
    along, height = mesh.vertices @ axis, mesh.vertices[:, 2]
    share = (along - along.min()) / (along.max() - along.min())
    heel = np.flatnonzero(share < 0.45)
    heel_low = heel[np.argmin(height[heel])]
    front = np.flatnonzero(share > 0.92)
    slope = (height[front] - height[heel_low]) / (along[front] - along[heel_low])
    least = front[np.argmin(slope)]
    step = mesh.vertices[least] - mesh.vertices[heel_low]
    found = axis * (along[least] - along[heel_low]) + _UP * step[2]
    return np.asarray(found / np.linalg.norm(found))
