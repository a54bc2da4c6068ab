"""How weight-bearing radiographs are taken: tube, detector, what else lies in the beam, and how all that varies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.analytic import box
from FootDeformityTrainingLib.simulation.exposure import Exposure
from FootDeformityTrainingLib.simulation.marker import LeadLetters
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.projection import Camera, aimed
from FootDeformityTrainingLib.simulation.radiograph import Body, Setup

Array = NDArray[np.float64]
Bones = Mapping[str, Mesh]

_AP_TILT = 15.0
_LEG = ("tibia", "fibula")


def ap_setup(
    bones: Bones, side: str = "right", size: int = 1024, generator: np.random.Generator | None = None
) -> Setup:
    """Weight-bearing AP: the tube above the foot, 15 degrees towards the heel, the detector under the sole, toes up.

    size: pixels of the longer side. generator: varies everything as different people and rooms do; None: the protocol.
    """
    vary = _Variation(generator)
    low, high = _extent(bones)
    aim = np.array([*(low + high)[:2] / 2, 30.0]) + vary.spread((12.0, 8.0, 0.0))
    tilt, lean = np.radians([_AP_TILT + vary.normal(3.5, 9.0), vary.normal(2.0, 5.0)])
    source = aim + vary.range(1000, 1150) * np.array([np.sin(tilt), np.sin(lean), np.cos(tilt)])
    turn = np.radians(vary.normal(5.0, 14.0))
    right = np.array([-np.sin(turn), -np.cos(turn), 0.0])
    down = np.array([-np.cos(turn), np.sin(turn), 0.0])
    camera = aimed(source, right, down, aim, 1.0, (10, 10), (0, 0), source[2] + vary.range(15, 35))
    margins = [
        vary.range(14, 60),
        vary.range(20, 75),
        vary.range(14, 60),
        vary.range(14, 45),
    ]  # right, heel, left, toes
    other = None
    if vary.chance(0.12):  # the edge of the other foot; a whole one would be a picture of two feet
        gap = vary.range(8, 25)
        other = float(high[1] + gap / 2 if side == "right" else low[1] - gap / 2)
        margins[2 if side == "right" else 0] = gap + vary.range(8, 40)
    camera = _framed(camera, _shadow(camera, bones), margins, size)
    exposure = Exposure(
        photons=float(np.exp(vary.range(np.log(40_000), np.log(600_000), np.log(360_000)))),
        blur_mm=vary.range(0.09, 0.32, 0.13),
        scatter=vary.range(0.05, 0.25, 0.12),
        heel_effect=vary.range(-0.25, 0.25, 0.1),
        stripes=vary.range(0.0, 0.004) if vary.chance(0.25) else 0.0,
        compression=vary.range(0.3, 0.8, 0.66),
        surroundings=vary.range(3.0, 6.0, 5.0),
        shown=vary.range(4.0, 6.0, 5.5),
        sharpening=vary.range(0.1, 1.3, 0.9),
        sharpening_mm=vary.range(0.8, 2.0, 1.1),
        gamma=vary.range(0.85, 1.35, 1.05),
        black=vary.range(2.0, 45.0, 12.0),
        white=vary.range(94.0, 99.9, 98.5),
    )
    return _finished("AP", camera, exposure, (), bones, side, vary, other)


def lateral_setup(
    bones: Bones, side: str = "right", size: int = 1024, generator: np.random.Generator | None = None
) -> Setup:
    """Weight-bearing lateral: horizontal beam, the foot on a block, the detector behind it. Arguments: see ap_setup."""
    vary = _Variation(generator)
    low, high = _extent(bones)
    medial = 1.0 if side == "right" else -1.0
    towards = -medial if vary.chance(0.3) else medial  # the tube stands on the inner side, or on the outer one
    aim = np.array([(low[0] + high[0]) / 2 - 5, 0.0, 42.0]) + vary.spread((25.0, 0.0, 20.0))
    yaw, rise, roll = np.radians([vary.normal(3.5, 9.0), vary.normal(1.2, 3.0), vary.normal(1.5, 4.0)])
    away = np.array([np.sin(yaw), towards * np.cos(yaw), np.sin(rise)])
    source = aim + vary.range(1000, 1250, 1100) * away
    flat = np.array([-towards * np.cos(yaw), np.sin(yaw), 0.0])
    right = np.cos(roll) * flat + np.array([0.0, 0.0, np.sin(roll)])
    down = np.sin(roll) * flat - np.array([0.0, 0.0, np.cos(roll)])
    inward = -away * [1, 1, 0] / np.linalg.norm(away[:2])
    distance = float(inward @ (aim - source)) + vary.range(50, 100, 75)
    camera = aimed(source, right, down, aim, 1.0, (10, 10), (0, 0), distance)
    margins = [vary.range(8, 45, 22), vary.range(14, 60, 30), vary.range(8, 45, 22), vary.range(40, 190, 95)]
    camera = _framed(camera, _shadow(camera, bones), margins, size)
    exposure = Exposure(
        photons=float(np.exp(vary.range(np.log(40_000), np.log(600_000), np.log(360_000)))),
        blur_mm=vary.range(0.09, 0.32, 0.13),
        scatter=vary.range(0.05, 0.3, 0.12),
        heel_effect=vary.range(-0.25, 0.25, 0.1),
        compression=vary.range(0.15, 0.75, 0.40),
        sharpening=vary.range(0.1, 1.4, 0.45),
        sharpening_mm=vary.range(0.8, 2.0, 1.1),
        gamma=vary.range(0.6, 1.15, 0.85),
        black=vary.range(2.0, 35.0, 12.0),
        white=vary.range(98.0, 99.9, 99.6),
    )
    return _finished("lateral", camera, exposure, _block(low, high, vary), bones, side, vary, None)


SETUPS: dict[str, Callable[..., Setup]] = {"AP": ap_setup, "lateral": lateral_setup}


class _Variation:
    """Draws numbers, or gives the usual ones where there is no generator."""

    def __init__(self, generator: np.random.Generator | None) -> None:
        self._generator = generator

    def normal(self, deviation: float, limit: float) -> float:
        """About 0, never beyond the limit."""
        if self._generator is None:
            return 0.0
        return float(np.clip(self._generator.normal(0, deviation), -limit, limit))

    def range(self, low: float, high: float, usual: float | None = None) -> float:
        if self._generator is None:
            return (low + high) / 2 if usual is None else usual
        return float(self._generator.uniform(low, high))

    def spread(self, limits: tuple[float, ...]) -> Array:
        return np.array([self.range(-limit, limit) for limit in limits])

    def chance(self, probability: float, usual: bool = False) -> bool:
        return usual if self._generator is None else bool(self._generator.random() < probability)

    def choice(self, count: int) -> int:
        return 0 if self._generator is None else int(self._generator.integers(count))


def _extent(bones: Bones) -> tuple[Array, Array]:
    foot = np.concatenate([mesh.vertices for name, mesh in bones.items() if not name.startswith(_LEG)])
    return foot.min(axis=0), foot.max(axis=0)


def _shadow(camera: Camera, bones: Bones) -> Array:
    """(N, 2) pixels of the foot's vertices, without the leg."""
    return np.concatenate([camera.project(mesh.vertices) for name, mesh in bones.items() if not name.startswith(_LEG)])


def _framed(camera: Camera, shadow: Array, margins: list[float], size: int) -> Camera:
    """The part of a detector with 1 mm pixels that shows a shadow (N, 2) with margins right, below, left, above."""
    low = shadow.min(axis=0) - [margins[2], margins[3]]
    high = shadow.max(axis=0) + np.array(margins[:2])
    extent = high - low
    spacing = float(extent.max()) / size
    corner = camera.corner + low[0] * camera.right + low[1] * camera.down
    width, height = (max(1, round(float(mm) / spacing)) for mm in extent)
    return replace(camera, corner=corner, spacing=spacing, width=width, height=height)


def _block(low: Array, high: Array, vary: _Variation) -> tuple[Body, ...]:
    """What the person stands on: a block of wood or foam, often with a dense plate on top that shows as a line."""
    y = -75.0 - vary.range(0, 40), 75.0 + vary.range(0, 40)
    ends = low[0] - vary.range(30, 160), high[0] + vary.range(30, 160)
    deep = vary.range(12, 90, 60)
    grain = vary.range(0.0, 0.06, 0.02)
    bodies = [Body(box((ends[0], y[0], -deep), (ends[1], y[1], 0.0)), vary.range(0.15, 1.1, 0.8), grain)]
    if vary.chance(0.5):
        thick = vary.range(1.0, 5.0)
        bodies.append(Body(box((ends[0], y[0], -thick), (ends[1], y[1], 0.0)), vary.range(0.3, 1.2)))
    if vary.chance(0.25):
        rim = vary.range(2, 12)  # the board on which the detector stands rises before the sole
        bodies.append(Body(box((ends[0], y[0] - 30, -5.0), (ends[1], y[0] - 10, rim)), vary.range(0.3, 1.0)))
    return tuple(bodies)


def _finished(
    view: str,
    camera: Camera,
    exposure: Exposure,
    bodies: tuple[Body, ...],
    bones: Bones,
    side: str,
    vary: _Variation,
    other_foot: float | None,
) -> Setup:
    collimation = _collimation(camera, bones, vary) if vary.chance(0.3) else None
    shutter = collimation is not None and vary.chance(0.8)
    letters = _letters(camera, bones, side, collimation, vary) if vary.chance(0.75, usual=True) else None
    return Setup(view, camera, exposure, bodies, collimation, shutter, letters, other_foot)


def _collimation(camera: Camera, bones: Bones, vary: _Variation) -> Array:
    """Corners of a field a little inside the detector, which the foot does not leave."""
    foot = _shadow(camera, bones)
    spare = 8.0 / camera.spacing
    limits = np.array([0.0, 0.0]), np.array([camera.width - 1.0, camera.height - 1.0])
    low = np.maximum(np.minimum(foot.min(axis=0) - spare, limits[1]) * [vary.range(0, 0.8), vary.range(0, 0.8)], 0)
    room = np.maximum(limits[1] - foot.max(axis=0) - spare, 0)
    high = limits[1] - room * [vary.range(0, 0.8), vary.range(0, 0.8)]
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    angle = np.radians(vary.normal(0.8, 2.0))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = corners.mean(axis=0)
    return np.asarray((corners - centre) @ turn.T + centre)


def _letters(camera: Camera, bones: Bones, side: str, collimation: Array | None, vary: _Variation) -> LeadLetters:
    """The side, where most room is."""
    every = np.concatenate([camera.project(mesh.vertices[::7]) for mesh in bones.values()])
    low, high = np.zeros(2), np.array([camera.width, camera.height], dtype=float)
    if collimation is not None:
        low, high = np.maximum(low, collimation.min(axis=0)), np.minimum(high, collimation.max(axis=0))
    height = vary.range(9, 16) / camera.spacing
    edge = 1.3 * height
    grid = np.stack(
        np.meshgrid(*(np.linspace(low[k] + edge, max(high[k] - edge, low[k] + edge + 1), 7) for k in (0, 1))), axis=-1
    ).reshape(-1, 2)
    room = np.array([np.linalg.norm(every - place, axis=1).min() for place in grid])
    places = grid[np.argsort(-room, kind="stable")[:6]]
    place = places[vary.choice(len(places))]
    return LeadLetters(
        side[0].upper(), float(place[0]), float(place[1]), max(6, round(height)), vary.normal(8.0, 25.0),
        frame=vary.chance(0.3), strength=vary.range(0.75, 0.97),
    )  # fmt: skip
