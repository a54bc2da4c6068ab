"""One simulated radiograph: camera, bodies in the beam, exposure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.analytic import box
from FootDeformityTrainingLib.simulation.bone_tissue import bone_shadow, sponge_block
from FootDeformityTrainingLib.simulation.exposure import (
    CORTEX,
    MUSCLE,
    SPONGE,
    TRABECULAE,
    Exposure,
    develop,
    expose,
)
from FootDeformityTrainingLib.simulation.foot import Foot
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, aimed, chords
from FootDeformityTrainingLib.simulation.soft_tissue import path_length, soft_tissue

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Setup:
    """A camera and what stands in its beam besides the foot: bodies with their attenuation per mm."""

    view: str
    camera: Camera
    exposure: Exposure = field(default_factory=Exposure)
    bodies: tuple[tuple[Mesh, float], ...] = ()


def ap_setup(spacing: float = 0.27, size: tuple[int, int] = (640, 1080)) -> Setup:
    """Weight-bearing AP: the tube above the foot, 15 degrees towards the heel, the detector under the sole."""
    angle = np.radians(15)
    aim = np.array([50.0, -2.0, 30.0])
    source = aim + 1000 * np.array([np.sin(angle), 0.0, np.cos(angle)])
    camera = aimed(source, (0, -1, 0), (-1, 0, 0), aim, spacing, size, (size[0] / 2, 0.515 * size[1]), source[2] + 25.0)
    return Setup("AP", camera, Exposure(white=96.5, compression=0.66, sharpening=0.9))


def lateral_setup(spacing: float = 0.27, size: tuple[int, int] = (1080, 900)) -> Setup:
    """Weight-bearing lateral: horizontal beam from the medial side, the foot on a block, the detector behind it."""
    aim = np.array([45.0, 0.0, 45.0])
    source = aim + np.array([0.0, 1100.0, 0.0])
    camera = aimed(source, (-1, 0, 0), (0, 0, -1), aim, spacing, size, (0.52 * size[0], 0.72 * size[1]), 1100.0 + 75.0)
    block = box((-190, -65, -60), (290, 75, 0))
    return Setup("lateral", camera, Exposure(), ((block, 0.017),))


def radiograph(foot: Foot, setup: Setup, seed: int) -> Array:
    """Take the picture: grey values 0..1 (H, W), bone bright."""
    generator = np.random.default_rng(seed)
    camera = setup.camera
    attenuation = MUSCLE * path_length(soft_tissue(foot.bones), camera)
    for mesh, per_mm in setup.bodies:
        attenuation += per_mm * np.maximum(chords(mesh, camera), 0.0)
    sponge = sponge_block(generator)
    for name in _shaded(foot, camera):
        rows, columns = camera.around(foot.bones[name]) or (slice(0), slice(0))
        part = camera.window(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        shadow = bone_shadow(name, foot.bones, part, sponge)
        attenuation[rows, columns] += CORTEX * shadow.cortex + SPONGE * shadow.sponge + TRABECULAE * shadow.trabeculae
    logarithm = expose(attenuation, camera.spacing, setup.exposure, generator)
    return develop(logarithm, camera.spacing, setup.exposure)


def _shaded(foot: Foot, camera: Camera) -> Iterable[str]:
    return [name for name, mesh in foot.bones.items() if camera.around(mesh) is not None]
