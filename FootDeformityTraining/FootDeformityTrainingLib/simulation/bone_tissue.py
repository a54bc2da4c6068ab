"""What a bone is made of: a cortical shell of varying thickness about a spongy inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, passage
from FootDeformityTrainingLib.simulation.sampling import Block

Array = NDArray[np.float64]

#: cortex in mm at the ends and in the middle of a shaft; other bones have the first one all over
_SHELL_MM = 0.45
_SHAFT_MM = {"metatarsal": 2.2, "phalanx_proximal": 1.7, "phalanx": 0.9, "tibia": 3.6, "fibula": 2.4}
#: length of the ankle end of the leg bones
_LEG_END_MM = 18.0
#: under a joint surface
_SUBCHONDRAL_MM = 0.95
_JOINT_MM = 4.5
#: edge of one sample of the sponge in mm, and how far it is drawn out along its grain
_SPONGE_MM, _STRETCH = 0.19, 5.0
#: short bones whose trabeculae run from joint to joint along the foot; those of long bones follow the shaft
_ALONG_FOOT = ("navicular", "cuneiform", "cuboid", "talus")
#: bones whose trabeculae spread like a fan from under a joint: the neighbour there, and the radius in mm at which they
#: are as wide as elsewhere
_FAN = {"calcaneus": ("talus", 34.0)}
#: spongy bone is denser by this share under a joint, and how deep that reaches, mm
_LOADED, _LOADED_MM = 0.9, 7.0
#: samples of the block in which the depth under the joints is kept, mm
_DEPTH_MM = 3.0
_SAMPLES = 7
#: mineral, relative to cortex, of sponge and of the trabeculae in it
_SPONGE, _TRABECULAE = 0.28, 0.95


@dataclass(frozen=True)
class Shaft:
    """Where a long bone begins along its axis, and its length, mm; ``None`` where the far end is not there."""

    start: float
    length: float | None

    def share(self, along: Array) -> Array:
        """How much of a shaft is at these places along the axis: 1 in its middle, 0 at its ends."""
        if self.length is None:
            return np.asarray(np.clip((along - self.start - _LEG_END_MM) / 70, 0, 1))
        return np.asarray(np.clip(1 - (((along - self.start) / self.length - 0.5) / 0.36) ** 2, 0, 1))


@dataclass(frozen=True, eq=False)
class BoneBody:
    """One bone, ready to be projected from anywhere.

    outer, inner: surfaces about the cortex. axes: (3, 3), the grain of the sponge first. fan: (3,) mm, where trabeculae
    come from, and the radius at which they are as wide as elsewhere; None where they are parallel. loaded: share by
    which the sponge is denser, in a block that starts at corner (3,) mm. long_axis: (3,) towards the toes or up.
    shaft: None for a short bone. density: 1 = healthy adult. offset: (3,) mm, which part of the sponge fills the bone.
    """

    name: str
    outer: Mesh
    inner: Mesh
    axes: Array
    fan: tuple[Array, float] | None
    loaded: Block
    corner: Array
    long_axis: Array
    shaft: Shaft | None
    density: float
    offset: Array


def bone_bodies(bones: Mapping[str, Mesh], generator: np.random.Generator, density: float = 1.0) -> dict[str, BoneBody]:
    """Give closed surfaces their inside."""
    size = _foot_size(bones)
    trees = {name: cKDTree(mesh.vertices) for name, mesh in bones.items()}
    normals = {name: mesh.normals for name, mesh in bones.items()}
    bodies = {}
    for name, mesh in bones.items():
        joint = _joint_surface(name, bones, trees, normals, _JOINT_MM * size)
        long_axis = _axes(mesh)[0]
        shaft = _shaft(name, mesh, long_axis)
        thickness = size * density**0.5 * _shell_thickness(name, mesh, joint >= 0, shaft, long_axis)
        loaded, corner = _loaded(mesh, joint >= 0, size)
        bodies[name] = BoneBody(
            name=name,
            outer=mesh,
            inner=Mesh(mesh.vertices - thickness[:, None] * normals[name], mesh.triangles),
            axes=_grain(name, mesh),
            fan=_fan(name, mesh, joint, list(bones), size),
            loaded=loaded,
            corner=corner,
            long_axis=long_axis,
            shaft=shaft,
            density=density * float(generator.uniform(0.93, 1.07)),
            offset=generator.uniform(0, 40, 3),
        )
    return bodies


def mineral(body: BoneBody, camera: Camera, sponge: Block) -> NDArray[np.float32]:
    """Mm of cortical bone (H, W) that would stop as much as this bone does. sponge: from ``sponge_block``."""
    total, middle = passage(body.outer, camera)
    total = np.maximum(total, 0.0)
    # where a bone is thinner than two shells the inner surface turns over
    spongy = np.clip(passage(body.inner, camera)[0], 0.0, 0.97 * total)
    result = total - spongy
    rows, columns = np.nonzero(total > 0.05)
    if len(rows):
        rays, slant = camera.rays(columns, rows), camera.slant(columns, rows)
        inside = spongy[rows, columns]
        centre = camera.source + rays * middle[rows, columns][:, None]
        along = centre @ body.long_axis
        filled = inside * (1 - 0.8 * _shaft_share(body.shaft, along))
        filled *= 1 + body.loaded.at(((centre - body.corner) / _DEPTH_MM).astype(np.float32))
        result[rows, columns] += _SPONGE * filled
        result[rows, columns] += _TRABECULAE * filled * _texture(body, centre, rays / slant[:, None], inside, sponge)
    return (body.density * np.maximum(result, 0.0)).astype(np.float32)


def sponge_block(generator: np.random.Generator, size: int = 96) -> Block:
    """A periodic block of plates and rods, mean 0: zero level sets of a smooth random field."""
    noise = generator.standard_normal((size, size, size), dtype=np.float32)
    field = gaussian_filter(noise, 1.2, mode="wrap", truncate=3.0) - gaussian_filter(
        noise, 2.4, mode="wrap", truncate=3.0
    )
    field /= field.std()
    plates = np.exp(-((field / 0.55) ** 2))
    # some regions are denser than others
    uneven = gaussian_filter(generator.standard_normal((size // 4,) * 3, dtype=np.float32), 1.6, mode="wrap")
    uneven = np.repeat(np.repeat(np.repeat(uneven / uneven.std(), 4, 0), 4, 1), 4, 2)
    plates *= 1 + 0.16 * gaussian_filter(uneven, 2.0, mode="wrap", truncate=2.0)
    return Block((plates - plates.mean()).astype(np.float32), periodic=True)


def _joint_surface(
    name: str, bones: Mapping[str, Mesh], trees: Mapping[str, cKDTree], normals: dict[str, Array], reach: float
) -> NDArray[np.int64]:
    """Which bone each vertex (V,) faces across a joint, by its place in ``bones``; -1 where there is none."""
    mesh = bones[name]
    facing = np.full(len(mesh.vertices), -1)
    low, high = mesh.vertices.min(axis=0) - reach, mesh.vertices.max(axis=0) + reach
    for number, (other, neighbour) in enumerate(bones.items()):
        there = neighbour.vertices.min(axis=0), neighbour.vertices.max(axis=0)
        if other == name or (there[0] > high).any() or (there[1] < low).any():
            continue
        near = np.flatnonzero(((mesh.vertices > there[0] - reach) & (mesh.vertices < there[1] + reach)).all(axis=1))
        if not len(near):
            continue
        gap, nearest = (
            np.atleast_1d(each) for each in trees[other].query(mesh.vertices[near], distance_upper_bound=reach)
        )
        found = np.isfinite(gap)
        close, partner = near[found], nearest[found]
        opposite = (normals[name][close] * normals[other][partner]).sum(axis=1) < -0.5
        facing[close[opposite]] = number
    return facing


def _shell_thickness(name: str, mesh: Mesh, joint: NDArray[np.bool_], shaft: Shaft | None, long_axis: Array) -> Array:
    """Thickness of an adult's cortex in mm at every vertex of a bone: (V,)."""
    thickness = np.full(len(mesh.vertices), _SHELL_MM)
    if shaft is not None:
        most = next(value for prefix, value in _SHAFT_MM.items() if name.startswith(prefix))
        thickness += (most - _SHELL_MM) * shaft.share(mesh.vertices @ long_axis)
    thickness[joint] = np.maximum(thickness[joint], _SUBCHONDRAL_MM)
    return thickness


def _loaded(mesh: Mesh, joint: NDArray[np.bool_], size: float) -> tuple[Block, Array]:
    """By which share the sponge is denser near the joint surfaces, on a coarse grid about the bone; its corner, mm."""
    corner = mesh.vertices.min(axis=0) - _DEPTH_MM
    shape = tuple(np.ceil((mesh.vertices.max(axis=0) - corner) / _DEPTH_MM).astype(int) + 1)
    if not joint.any():
        return Block(np.zeros((2, 2, 2), dtype=np.float32)), corner
    places = corner + _DEPTH_MM * np.argwhere(np.ones(shape, dtype=bool))
    depth = cKDTree(mesh.vertices[joint]).query(places)[0] / (_LOADED_MM * size)
    return Block((_LOADED * np.exp(-depth) - 0.25).astype(np.float32).reshape(shape)), corner


def _grain(name: str, mesh: Mesh) -> Array:
    """(3, 3) orthonormal rows, the direction of the trabeculae first."""
    axes = _axes(mesh)
    if not name.startswith(_ALONG_FOOT):
        return axes
    # the principal axis that runs most along the foot
    return np.asarray(np.roll(axes, -int(np.argmax(np.abs(axes[:, 0]))), axis=0))


def _fan(name: str, mesh: Mesh, joint: NDArray[np.int64], names: list[str], size: float) -> tuple[Array, float] | None:
    partner, radius = _FAN.get(name, ("", 0.0))
    surface = mesh.vertices[joint == names.index(partner)] if partner in names else mesh.vertices[:0]
    if not len(surface):
        return None
    # the joint surface itself is broad: lines meet beyond it
    centre = surface.mean(axis=0) + size * np.array([4.0, 0.0, 8.0])
    return centre, radius * size


def _shaft(name: str, mesh: Mesh, long_axis: Array) -> Shaft | None:
    if not name.startswith(tuple(_SHAFT_MM)):
        return None
    along = mesh.vertices @ long_axis
    return Shaft(float(along.min()), None if name.startswith(("tibia", "fibula")) else float(np.ptp(along)))


def _shaft_share(shaft: Shaft | None, along: Array) -> Array:
    return np.zeros_like(along) if shaft is None else shaft.share(along)


def _texture(body: BoneBody, centre: Array, towards: Array, inside: Array, sponge: Block) -> Array:
    """Trabeculae beyond, or short of, the mean. centre, towards: (N, 3) mm and unit vectors; inside: mm along them."""
    scale = body.axes / _SPONGE_MM
    scale[0] /= _STRETCH
    total = np.zeros(len(inside), dtype=np.float32)
    step = towards * inside[:, None]
    for part in (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5:
        place = centre + part * step
        if body.fan is None:
            total += sponge.at(((place + body.offset) @ scale.T).astype(np.float32))
            continue
        away = place - body.fan[0]
        distance = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1.0)
        shell = away / distance * (body.fan[1] + distance / _STRETCH)
        total += sponge.at(((shell + body.offset) / _SPONGE_MM).astype(np.float32))
    # independent trabeculae along the ray average out: the more of them than samples, the more
    crossed = np.maximum(inside / (4 * _SPONGE_MM), 1.0)
    return np.asarray(total / _SAMPLES * np.sqrt(np.minimum(_SAMPLES / crossed, 1.0)))


def _axes(mesh: Mesh) -> Array:
    """(3, 3) principal axes, longest first; that one points to the toes, or up where it is upright."""
    axes = np.asarray(np.linalg.svd(mesh.vertices - mesh.vertices.mean(axis=0), full_matrices=False)[2])
    main = axes[0]
    return axes if (main[2] if abs(main[2]) > 0.9 else main[0]) > 0 else -axes


def _foot_size(bones: Mapping[str, Mesh]) -> float:
    """Length of the foot relative to the adult foot of the constants here (240 mm)."""
    every = [mesh.vertices[:, 0] for name, mesh in bones.items() if not name.startswith(("tibia", "fibula"))]
    return float(max(part.max() for part in every) - min(part.min() for part in every)) / 240.0 if every else 1.0
