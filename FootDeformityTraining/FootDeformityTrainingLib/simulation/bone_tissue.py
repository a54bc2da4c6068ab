"""What a bone is made of: a cortical shell of varying thickness about a spongy inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, passage

Array = NDArray[np.float64]

#: cortex in mm at the ends and in the middle of a shaft; other bones have the first one all over
_SHELL_MM = 0.45
_SHAFT_MM = {"metatarsal": 2.2, "phalanx_proximal": 1.7, "phalanx": 0.9, "tibia": 3.6, "fibula": 2.4}
#: under a joint surface
_SUBCHONDRAL_MM = 0.95
_JOINT_MM = 4.5
#: edge of one sample of the sponge in mm, and how far it is drawn out along the bone
_SPONGE_MM, _STRETCH = 0.24, 2.5
_SAMPLES = 7


@dataclass(frozen=True, eq=False)
class BoneShadow:
    """Per pixel, (H, W): mm of cortex, mm of spongy bone, mm of trabeculae within it beyond (or short of) the mean."""

    cortex: Array
    sponge: Array
    trabeculae: Array


def shell_thickness(name: str, bones: dict[str, Mesh]) -> Array:
    """Thickness of the cortex in mm at every vertex of a bone: (V,)."""
    mesh = bones[name]
    thickness = np.full(len(mesh.vertices), _SHELL_MM)
    shaft = next((value for prefix, value in _SHAFT_MM.items() if name.startswith(prefix)), None)
    if shaft is not None:
        thickness = thickness + (shaft - _SHELL_MM) * _shaft_share(name, mesh, mesh.vertices)
    normals = mesh.normals
    for other, neighbour in bones.items():
        if other == name:
            continue
        found = cKDTree(neighbour.vertices).query(mesh.vertices, distance_upper_bound=_JOINT_MM)
        gap, nearest = (np.atleast_1d(part) for part in found)
        close = np.flatnonzero(np.isfinite(gap))
        facing = (normals[close] * neighbour.normals[nearest[close]]).sum(axis=1) < -0.5
        close = close[facing]
        thickness[close] = np.maximum(thickness[close], _SUBCHONDRAL_MM)
    return np.asarray(thickness)


def _shaft_share(name: str, mesh: Mesh, points: Array) -> Array:
    """How much points (N, 3) belong to a shaft: 1 in its middle, 0 at its ends and in short bones."""
    if not name.startswith(tuple(_SHAFT_MM)):
        return np.zeros(len(points))
    if name.startswith(("tibia", "fibula")):  # the other end is not there
        return np.asarray(np.clip((points[:, 2] - mesh.vertices[:, 2].min() - 18) / 70, 0, 1))
    axis = _axes(mesh)[0]
    along = mesh.vertices @ axis
    place = (points @ axis - along.min()) / np.ptp(along)
    return np.asarray(np.clip(1 - ((place - 0.5) / 0.36) ** 2, 0, 1))


def bone_shadow(name: str, bones: dict[str, Mesh], camera: Camera, sponge: Array) -> BoneShadow:
    """Project one bone onto the whole detector. sponge: from ``sponge_block``."""
    mesh = bones[name]
    inside = Mesh(mesh.vertices - shell_thickness(name, bones)[:, None] * mesh.normals, mesh.triangles)
    total, middle = passage(mesh, camera)
    total = np.maximum(total, 0.0)
    # where a bone is thinner than two shells the inner surface turns over
    spongy = np.clip(passage(inside, camera)[0], 0.0, 0.97 * total)
    filling, trabeculae = _inside(name, mesh, camera, middle, spongy, sponge)
    return BoneShadow(total - spongy, filling, trabeculae)


def sponge_block(generator: np.random.Generator, size: int = 96) -> Array:
    """A periodic block of plates and rods (size, size, size), mean 0: zero level sets of a smooth random field."""
    noise = generator.standard_normal((size, size, size))
    field = gaussian_filter(noise, 1.3, mode="wrap") - gaussian_filter(noise, 2.6, mode="wrap")
    field /= field.std()
    plates = np.exp(-((field / 0.55) ** 2))
    return np.asarray(plates - plates.mean())


def _inside(name: str, mesh: Mesh, camera: Camera, middle: Array, length: Array, sponge: Array) -> tuple[Array, Array]:
    """Mm of spongy bone, less where the marrow cavity is, and its trabeculae (see BoneShadow)."""
    filling, trabeculae = length.copy(), np.zeros_like(length)
    rows, columns = np.nonzero(length > 0.3)
    if not len(rows):
        return filling, trabeculae
    inside = length[rows, columns]
    rays, slant = camera.rays(columns, rows), camera.slant(columns, rows)
    share = 1 - 0.8 * _shaft_share(name, mesh, camera.source + rays * middle[rows, columns][:, None])
    axes = _axes(mesh) / _SPONGE_MM
    axes[0] /= _STRETCH
    total = np.zeros(len(rows))
    for part in (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5:
        points = camera.source + rays * (middle[rows, columns] + part * inside / slant)[:, None]
        total += map_coordinates(sponge, (points @ axes.T).T, order=1, mode="grid-wrap")
    # independent trabeculae along the ray average out: the more of them than samples, the more
    crossed = np.maximum(inside / (4 * _SPONGE_MM), 1.0)
    filling[rows, columns] *= share
    trabeculae[rows, columns] = share * total / _SAMPLES * inside * np.sqrt(np.minimum(_SAMPLES / crossed, 1.0))
    return filling, trabeculae


def _axes(mesh: Mesh) -> Array:
    """(3, 3) principal axes, longest first."""
    return np.asarray(np.linalg.svd(mesh.vertices - mesh.vertices.mean(axis=0), full_matrices=False)[2])
