"""Skin, fat and muscle about the bones, as a coarse block of voxels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, zoom

from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, crossings
from FootDeformityTrainingLib.simulation.sampling import Block

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_VOXEL_MM = 2.0
#: distance of the places along a ray at which the voxels are read, in voxels
_PACE = 2.0
#: hollows are filled, and depth under the skin is counted, on a grid this many times coarser
_COARSE = 2
_MARGIN_MM = 26.0
#: from bone to skin in mm for a foot of 240 mm, by share of its length from heel to toes; and, for the leg, by z in mm
_THICKNESS_X = ((0, 0.14, 0.5, 0.72, 1.0), (8.5, 8.5, 8.5, 7.2, 4.6))
_THICKNESS_Z = ((70, 110, 260), (0, 1.5, 5))
#: how much more lies under a bone of the foot
_PAD_MM, _TOE_PAD_MM = 22.0, 9.0
#: bones of the outer border of the foot; of the heel bone only the front, the heel itself is round
_OUTER_BORDER = ("calcaneus", "cuboid", "metatarsal5")
#: hollows up to twice this are filled behind the toes, and above the ankle
_FILL_MM, _FILL_LEG_MM = 14.0, 30.0
#: from a metatarsal head's end to the web of the toes
_WEB_MM = 17.0
#: Achilles tendon and calf: x, z, radius along a chain, y = 0
_CALF = ((-50.0, 45.0, 7.0), (-46.0, 110.0, 9.0), (-40.0, 190.0, 20.0), (-34.0, 330.0, 34.0))
#: skin and fat under it: depth in mm and density relative to muscle
_SKIN = ((0.0, 1.2, 2.6, 5.5, 8.0), (1.0, 1.0, 0.86, 0.86, 1.0))


@dataclass(frozen=True, eq=False)
class Volume:
    """density: (X, Y, Z), 1 = muscle. origin: (3,) mm, centre of the first voxel. spacing: mm."""

    density: Array
    origin: Array
    spacing: float


def soft_tissue(bones: Mapping[str, Mesh], stoutness: float = 1.0) -> Volume:
    """Wrap the bones of a standing foot (foot frame). stoutness: thickness of what covers them, 1 = usual."""
    foot = np.concatenate([mesh.vertices for name, mesh in bones.items() if not _of_leg(name)])
    every = np.concatenate([mesh.vertices for mesh in bones.values()])
    size = float(np.ptp(foot[:, 0])) / 240.0
    stout = size * stoutness
    low = every.min(axis=0) - _MARGIN_MM
    low[2] = -1.5 * _VOXEL_MM  # a little below the floor: weight leaves no gap
    high = every.max(axis=0) + np.array([_MARGIN_MM, _MARGIN_MM, -8.0])  # the cut end of the leg stays outside
    shape = tuple(int(-(-n // _COARSE) * _COARSE) for n in np.ceil((high - low) / _VOXEL_MM))
    bone = np.zeros(shape, dtype=bool)
    for mesh in bones.values():
        bone |= voxels(mesh, low, _VOXEL_MM, shape)
    x, y, z = np.meshgrid(*(low[k] + _VOXEL_MM * np.arange(shape[k]) for k in range(3)), indexing="ij", sparse=True)
    web = _web(bones, size, y)
    # the pads under the bones are thicker than what covers them
    pads = bone & (z < 60 * size)
    for step in range(1, int(_PAD_MM * stout / _VOXEL_MM) + 1):
        bone[..., :-step] |= pads[..., step:] & ((x < web) | (step * _VOXEL_MM <= _TOE_PAD_MM * stout))
    # the outer border of the foot stands on the floor all along
    for name in _OUTER_BORDER:
        if name in bones:
            column = voxels(bones[name], low, _VOXEL_MM, shape) & (z < 60 * size)
            column &= x > np.quantile(bones[name].vertices[:, 0], 0.45 if name == "calcaneus" else 0.0)
            bone |= np.logical_or.accumulate(column[..., ::-1], axis=2)[..., ::-1]
    place = (x - foot[:, 0].min()) / np.ptp(foot[:, 0])
    thickness = stout * (np.interp(place, *_THICKNESS_X) + np.interp(z / size, *_THICKNESS_Z))
    away = distance_transform_edt(~bone) * _VOXEL_MM
    level = thickness - np.minimum(away, 3 * _MARGIN_MM)  # mm, positive inside
    level = np.maximum(level, _calf(x / size, y / size, z / size) * size)
    # one filter for both: toes keep their form because it is the level that is smoothed, not the body
    level = gaussian_filter(level.astype(np.float32), (1.0, 1.0, 0.8), mode="nearest", truncate=3.0)
    level = np.maximum(level, _filled(level, x < web, z > 85 * size, size))
    density = _skin(level) * np.clip(level / _VOXEL_MM + 0.5, 0, 1) * np.clip(z / _VOXEL_MM + 0.5, 0, 1)
    return Volume(np.asarray(density, dtype=np.float64), low, _VOXEL_MM)


def path_length(volume: Volume, camera: Camera) -> NDArray[np.float32]:
    """Muscle-equivalent mm along the ray to each pixel: (H, W). Computed about every millimetre."""
    step = max(1, round(1.0 / camera.spacing))
    rows, columns = (range(0, extent + step, step) for extent in (camera.height, camera.width))
    far = volume.origin + volume.spacing * (np.array(volume.density.shape) - 1)
    corners = np.array([[(volume.origin, far)[i >> k & 1][k] for k in range(3)] for i in range(8)])
    depths, shades = camera.depth(corners), camera.project(corners)
    x, y = np.meshgrid(columns, rows)
    lit = (shades.min(axis=0)[:, None] <= [x.ravel(), y.ravel()]) & (
        shades.max(axis=0)[:, None] >= [x.ravel(), y.ravel()]
    )
    chosen = np.flatnonzero(lit.all(axis=0))
    total = np.zeros(x.size, dtype=np.float32)
    if len(chosen):
        u, v = x.ravel()[chosen], y.ravel()[chosen]
        rays = camera.rays(u, v)
        block = Block(volume.density.astype(np.float32))
        start = ((camera.source - volume.origin) / volume.spacing).astype(np.float32)
        course = (rays / volume.spacing).astype(np.float32)
        found = np.zeros(len(chosen), dtype=np.float32)
        pace = _PACE * volume.spacing
        for depth in np.arange(depths.min(), depths.max(), pace):
            found += block.at(start + course * np.float32(depth))
        total[chosen] = found * pace * camera.slant(u, v)
    grid = torch.from_numpy(total.reshape(x.shape))[None, None]
    size = ((len(rows) - 1) * step + 1, (len(columns) - 1) * step + 1)
    fine = torch.nn.functional.interpolate(grid, size=size, mode="bicubic", align_corners=True)[0, 0].numpy()
    return np.asarray(np.maximum(fine[: camera.height, : camera.width], 0.0))


def voxels(mesh: Mesh, origin: Array, spacing: float, shape: tuple[int, ...]) -> Mask:
    """Which voxel centres lie inside a closed surface: crossings of the line up from each of them, counted by sign."""
    place = (mesh.vertices - origin) / spacing
    low = np.clip(np.floor(place.min(axis=0)).astype(int), 0, shape)
    high = np.clip(np.ceil(place.max(axis=0)).astype(int) + 1, low, shape)
    width, height, depth = high - low
    inside = np.zeros(shape, dtype=bool)
    if not width * height * depth:
        return inside
    place -= low
    turns = np.zeros(width * height * (depth + 1))
    # image columns are y and rows x, so that flat indices match; this mirrors, hence the minus
    for column, level, sign in crossings(place[:, [1, 0]], place[:, 2], mesh.triangles, (height, width), False):
        above = np.clip(np.floor(level).astype(int) + 1, 0, depth)
        turns += np.bincount(column * (depth + 1) + above, weights=-sign, minlength=len(turns))
    counted = turns.reshape(width, height, depth + 1)[..., ::-1].cumsum(axis=2)[..., ::-1][..., 1:]
    inside[low[0] : high[0], low[1] : high[1], low[2] : high[2]] = counted > 0.5
    return inside


def _web(bones: Mapping[str, Mesh], size: float, y: Array) -> Array:
    """Where the toes part, x in mm by y: a little before the metatarsal heads."""
    heads = [mesh.vertices[np.argmax(mesh.vertices[:, 0])] for name, mesh in bones.items() if "metatarsal" in name]
    if not heads:
        return np.full_like(y, np.inf)
    heads.sort(key=lambda head: float(head[1]))
    return np.asarray(np.interp(y, [head[1] for head in heads], [head[0] + _WEB_MM * size for head in heads]))


def _filled(level: NDArray[np.float32], behind_toes: Mask, leg: Mask, size: float) -> NDArray[np.float32]:
    """Level of the body with its hollows filled (morphological closing), mm."""
    mm = _VOXEL_MM * _COARSE
    coarse = level[::_COARSE, ::_COARSE, ::_COARSE]
    result = np.full(coarse.shape, -np.inf, dtype=np.float32)
    body = coarse > 0
    for reach, where in ((_FILL_MM * size, behind_toes), (_FILL_LEG_MM * size, leg)):
        # nothing lies beside the block, but the leg goes on above it
        edge = int(reach / mm) + 2
        padded = np.pad(np.pad(body, ((edge, edge), (edge, edge), (0, 0))), ((0, 0), (0, 0), (edge, edge)), mode="edge")
        near = _outside(padded, mm) < reach
        closed = _outside(~near, mm)[edge:-edge, edge:-edge, edge:-edge] - reach
        there = np.broadcast_to(where, level.shape)[::_COARSE, ::_COARSE, ::_COARSE]
        result = np.maximum(result, np.where(there, closed, -reach).astype(np.float32))
    smooth = gaussian_filter(result, 1.0, mode="nearest", truncate=3.0)
    return np.asarray(zoom(smooth, np.array(level.shape) / smooth.shape, order=1, mode="nearest", grid_mode=True))


def _skin(level: NDArray[np.float32]) -> Array:
    """Density by depth under the skin; depth is counted from where the level is 0, not from the floor."""
    inside = np.pad(level[::_COARSE, ::_COARSE, ::_COARSE] > 0, ((0, 0), (0, 0), (6, 6)), mode="edge")
    mm = _VOXEL_MM * _COARSE
    depth = _outside(~inside, mm)[..., 6:-6] - mm / 2
    fine = zoom(depth.astype(np.float32), np.array(level.shape) / depth.shape, order=1, mode="nearest", grid_mode=True)
    return np.asarray(np.interp(np.where(fine < mm, np.maximum(level, 0), fine), *_SKIN))


def _outside(mask: Mask, mm: float) -> Array:
    """Distance in mm from every voxel outside to the mask."""
    return np.asarray(distance_transform_edt(~mask)) * mm


def _calf(x: Array, y: Array, z: Array) -> Array:
    """Level of round cross sections about a line in the plane y = 0, given by height."""
    xs, zs, radii = (np.array(column) for column in zip(*_CALF, strict=True))
    radius = np.interp(z, zs, radii, left=-1000.0)
    return np.asarray(radius - np.hypot(x - np.interp(z, zs, xs), y))


def _of_leg(name: str) -> bool:
    return name.startswith(("tibia", "fibula"))
