"""Skin, fat and muscle about the bones, as a coarse block of voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, crossings

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_VOXEL_MM = 1.5
_MARGIN_MM = 30.0
#: from bone to skin in mm, by x (heel to toes) and, above the ankle, by z
_THICKNESS_X = ((-60, -20, 60, 110, 170), (8.5, 8.5, 8.5, 7.5, 4.8))
_THICKNESS_Z = ((70, 110, 260), (0, 1.5, 5))
#: how much more lies under a bone of the foot
_PAD_MM, _TOE_PAD_MM = 24.0, 10.5
#: hollows up to twice this are filled behind the toes, and above the ankle
_FILL_MM = 14.0
_FILL_LEG_MM = 30.0
_WEB_X = 126.0
#: Achilles tendon and calf: x, z, radius along a chain, y = 0
_CALF = ((-50.0, 45.0, 7.0), (-46.0, 110.0, 9.0), (-40.0, 190.0, 20.0), (-34.0, 330.0, 34.0))
#: skin and fat under it: depth in mm and density relative to muscle
_SKIN = ((0.0, 1.0, 2.5, 5.5, 8.0), (1.0, 1.0, 0.86, 0.86, 1.0))


@dataclass(frozen=True, eq=False)
class Volume:
    """density: (X, Y, Z), 1 = muscle. origin: (3,) mm, centre of the first voxel. spacing: mm."""

    density: Array
    origin: Array
    spacing: float


def soft_tissue(bones: dict[str, Mesh]) -> Volume:
    """Wrap the bones of a standing foot (foot frame)."""
    every = np.concatenate([mesh.vertices for mesh in bones.values()])
    low = every.min(axis=0) - _MARGIN_MM
    low[2] = -1.5 * _VOXEL_MM  # a little below the floor: weight leaves no gap
    high = every.max(axis=0) + np.array([_MARGIN_MM, _MARGIN_MM, -8.0])  # the cut end of the leg stays outside
    shape = np.ceil((high - low) / _VOXEL_MM).astype(int)
    bone = np.zeros(shape, dtype=bool)
    for mesh in bones.values():
        bone |= voxels(mesh, low, _VOXEL_MM, tuple(shape))
    x, y, z = np.meshgrid(*(low[k] + _VOXEL_MM * np.arange(shape[k]) for k in range(3)), indexing="ij", sparse=True)
    # the pads under the bones are thicker than what covers them
    pads = bone & (z < 60)
    for step in range(1, int(_PAD_MM / _VOXEL_MM) + 1):
        bone[..., :-step] |= pads[..., step:] & ((x < _WEB_X) | (step * _VOXEL_MM <= _TOE_PAD_MM))
    away = _outside(bone)
    thickness = np.interp(x, *_THICKNESS_X) + np.interp(z, *_THICKNESS_Z)
    body = away < thickness
    body |= _chain(x, y, z)
    body |= _filled(body, _FILL_MM) & (x < _WEB_X)
    body |= _filled(body, _FILL_LEG_MM) & (z > 85)
    # broad forms are smooth, toes are small
    padded = np.pad(body, ((0, 0), (0, 0), (8, 8)), mode="edge").astype(float)
    broad, fine = (gaussian_filter(padded, sigma)[..., 8:-8] > 0.5 for sigma in (3.2, 1.3))
    body = np.where(x < 100, broad, fine)
    # the sole is cut by the floor, not rounded towards it: depth is counted from the skin elsewhere
    depth = np.asarray(distance_transform_edt(np.pad(body, ((0, 0), (0, 0), (1, 12)), mode="edge"))[..., 1:-12])
    density = np.where(body, np.interp(depth * _VOXEL_MM, *_SKIN), 0.0)
    smooth = gaussian_filter(np.pad(density, ((0, 0), (0, 0), (4, 0)), mode="edge"), 0.6)[..., 4:]
    return Volume(smooth, low, _VOXEL_MM)


def path_length(volume: Volume, camera: Camera, coarseness: int = 3) -> Array:
    """Muscle-equivalent mm along the ray to each pixel: (H, W). Computed at every ``coarseness``-th pixel."""
    columns = np.arange(0, camera.width + coarseness, coarseness)
    rows = np.arange(0, camera.height + coarseness, coarseness)
    x, y = np.meshgrid(columns, rows)
    rays = camera.rays(x, y)
    far = volume.origin + volume.spacing * (np.array(volume.density.shape) - 1)
    corners = np.array([[(volume.origin, far)[i >> k & 1][k] for k in range(3)] for i in range(8)])
    depths = camera.depth(corners)
    total = np.zeros(x.shape)
    for depth in np.arange(depths.min(), depths.max(), volume.spacing):
        place = (camera.source + rays * depth - volume.origin) / volume.spacing
        total += map_coordinates(volume.density, np.moveaxis(place, -1, 0), order=1, mode="constant")
    total *= volume.spacing * camera.slant(x, y)
    grid = np.meshgrid(np.arange(camera.height) / coarseness, np.arange(camera.width) / coarseness, indexing="ij")
    return np.asarray(np.maximum(map_coordinates(total, grid, order=2, mode="nearest"), 0.0))


def voxels(mesh: Mesh, origin: Array, spacing: float, shape: tuple[int, ...]) -> Mask:
    """Which voxel centres lie inside a closed surface: crossings of the line up from each of them, counted by sign."""
    place = (mesh.vertices - origin) / spacing
    turns = np.zeros((shape[0] * shape[1], shape[2] + 1))
    # image columns are y and rows x, so that flat indices match; this mirrors, hence the minus
    for column, height, sign in crossings(place[:, [1, 0]], place[:, 2], mesh.triangles, (shape[1], shape[0]), False):
        level = np.clip(np.floor(height).astype(int) + 1, 0, shape[2])
        np.add.at(turns, (column, level), -sign)
    above = turns[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return np.asarray((above > 0.5).reshape(shape))


def _outside(mask: Mask) -> Array:
    """Distance in mm from every voxel outside to the mask."""
    return np.asarray(distance_transform_edt(~mask)) * _VOXEL_MM


def _filled(mask: Mask, reach: float) -> Mask:
    """Morphological closing with a ball of this radius in mm."""
    return np.asarray(_outside(~(_outside(mask) < reach)) > reach)


def _chain(x: Array, y: Array, z: Array) -> Mask:
    """Round cross sections about a line in the plane y = 0, given by height."""
    xs, zs, radii = (np.array(column) for column in zip(*_CALF, strict=True))
    radius = np.interp(z, zs, radii, left=0.0)
    return np.asarray((x - np.interp(z, zs, xs)) ** 2 + y**2 < radius**2)
