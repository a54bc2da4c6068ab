"""One simulated radiograph: camera, bodies in the beam, exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.bone_tissue import BoneBody, bone_bodies, mineral, sponge_block
from FootDeformityTrainingLib.simulation.exposure import Exposure, blurred, develop, expose, transmission
from FootDeformityTrainingLib.simulation.marker import LeadLetters, shadow_of
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, chords
from FootDeformityTrainingLib.simulation.sampling import Block
from FootDeformityTrainingLib.simulation.soft_tissue import Volume, path_length, soft_tissue

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FootInBeam:
    """A foot with its inside, the same for every view: bones, sponge that fills them, soft tissue about them."""

    bones: dict[str, BoneBody]
    sponge: Block
    flesh: Volume


@dataclass(frozen=True, eq=False)
class Body:
    """Something in the beam. density: 1 = muscle. grain: share by which its density varies, as wood and foam do."""

    surface: Mesh
    density: float
    grain: float = 0.0


@dataclass(frozen=True, eq=False)
class Setup:
    """A camera and what stands in its beam besides the foot.

    bodies: such as the block on which the foot stands. collimation: pixels (4, 2), corners of the lit field, None for
    the whole detector; shutter: the viewer shows black outside it. letters: lead on the detector. other_foot: y in mm
    of the mirror plane between the two feet, None for a foot alone.
    """

    view: str
    camera: Camera
    exposure: Exposure = field(default_factory=Exposure)
    bodies: tuple[Body, ...] = ()
    collimation: NDArray[np.float64] | None = None
    shutter: bool = False
    letters: LeadLetters | None = None
    other_foot: float | None = None


def in_beam(
    bones: Mapping[str, Mesh], generator: np.random.Generator, density: float = 1.0, stoutness: float = 1.0
) -> FootInBeam:
    """Fill bones and wrap them: bone density and stoutness 1 = usual adult."""
    return FootInBeam(bone_bodies(bones, generator, density), sponge_block(generator), soft_tissue(bones, stoutness))


def radiograph(foot: FootInBeam, setup: Setup, generator: np.random.Generator) -> Array:
    """Take the picture: grey values 0..1 (H, W), bone bright."""
    camera = setup.camera
    cameras = [camera]
    if setup.other_foot is not None:
        cameras.append(mirrored(camera, setup.other_foot))
    flesh = np.zeros((camera.height, camera.width), dtype=np.float32)
    bone = np.zeros_like(flesh)
    for seen_from in cameras:
        flesh += path_length(foot.flesh, seen_from)
        for each in foot.bones.values():
            window = seen_from.around(each.outer)
            if window is not None:
                bone[window] += mineral(each, seen_from.part(window), foot.sponge)
    for body in setup.bodies:
        inside = body.density * np.maximum(chords(body.surface, camera), 0.0)
        if body.grain:
            inside *= 1 + body.grain * _grain(inside.shape, 1.2 / camera.spacing, generator)
        flesh += inside.astype(np.float32)
    primary = transmission(flesh, bone)
    if setup.letters is not None:
        primary *= 1 - shadow_of(setup.letters, primary.shape)
    lit = _lit(setup, primary.shape)
    logarithm = expose(primary, lit, camera.spacing, setup.exposure, generator)
    grey = develop(logarithm, camera.spacing, setup.exposure, lit)
    return np.asarray(np.where(lit > 0.5, grey, np.float32(0)) if setup.shutter else grey)


def _grain(shape: tuple[int, ...], sigma: float, generator: np.random.Generator) -> Array:
    """Smooth noise (H, W), mean 0, deviation 1, grains about 2 sigma pixels wide."""
    noise = blurred(generator.standard_normal(shape, dtype=np.float32), sigma)
    return np.asarray(noise / noise.std())


def mirrored(camera: Camera, y: float) -> Camera:
    """The camera that sees of a body what this one sees of its mirror image beyond the plane at y."""
    turn = np.array([1.0, -1.0, 1.0])
    shift = np.array([0.0, 2 * y, 0.0])
    return Camera(
        turn * camera.source + shift, turn * camera.corner + shift, turn * camera.right, turn * camera.down,
        camera.spacing, camera.width, camera.height,
    )  # fmt: skip


def _lit(setup: Setup, shape: tuple[int, int]) -> Array:
    """Share of the beam that passes the collimator (H, W): a convex field with a soft edge about 2 mm wide."""
    if setup.collimation is None:
        return np.ones(shape, dtype=np.float32)
    y, x = np.ogrid[: shape[0], : shape[1]]
    corners = setup.collimation
    centre = corners.mean(axis=0)
    inside = np.full(shape, np.inf, dtype=np.float32)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        normal = np.array([-along[1], along[0]])
        normal *= np.sign(normal @ (centre - start))
        inside = np.minimum(inside, (normal[0] * (x - start[0]) + normal[1] * (y - start[1])).astype(np.float32))
    edge = np.float32(1.0 / setup.camera.spacing)
    # leakage and scatter from the air reach what the leaves cover
    return np.asarray(np.clip(inside / edge + 0.5, 0.004, 1.0))
