"""What a simulated foot is: closed bones in a normal standing pose, joints, landmarks, bone axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.kinematics import Chain
from FootDeformityTrainingLib.simulation.mesh import Mesh

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Deformity:
    """Degrees by which the angle that each one aims at differs from the normal adult foot; all 0 = normal.

    arch: Meary angle, + flat, - cavus; the calcaneal pitch goes the other way by ARCH_PITCH of it.
    hindfoot_valgus: AP talocalcaneal angle. abduction: talonavicular coverage angle. hallux_valgus: hallux abductus.
    """

    arch: float = 0.0
    hindfoot_valgus: float = 0.0
    abduction: float = 0.0
    hallux_valgus: float = 0.0


@dataclass(frozen=True, eq=False)
class Feature:
    """A landmark of a bone, mm in the neutral foot frame.

    candidates: (N, 3). One point stays where it is on the bone; of several the lowest one in the pose is meant.
    along, outwards: (3,) unit vectors: the bone's axis there and the side on whose outline the point lies.
    """

    bone: str
    candidates: Array
    along: Array
    outwards: Array

    def place(self, motion: Array) -> Array:
        """(3,) where the landmark is when the bone is moved by (4, 4)."""
        points = self.candidates @ motion[:3, :3].T + motion[:3, 3]
        return np.asarray(points[np.argmin(points[:, 2])])


@dataclass(frozen=True, eq=False)
class Stance:
    """What holds a foot together, mm in the neutral foot frame.

    ligaments: two bones, facing points (N, 3) on each, what one mm apart costs. joint_spaces: two bones, facing points
    (N, 3) on each, outward normals (N, 3) of the first, the least gap in mm. contacts: a bone, points (N, 3) of its
    underside, the height of the lowest one in the neutral pose, what one mm off costs.
    """

    ligaments: tuple[tuple[str, str, Array, Array, float], ...]
    joint_spaces: tuple[tuple[str, str, Array, Array, Array, float], ...]
    contacts: tuple[tuple[str, Array, float, float], ...]


@dataclass(frozen=True, eq=False)
class FootModel:
    """A right foot in its normal standing pose (foot frame, see the package's docstring).

    bones: closed surfaces. frames: (4, 4) of every bone: x distal along it, y medial, z dorsal, origin at its middle.
    features: by landmark id. axes: by name, a bone and the unit vector (3,) that its shape alone fixes to it.
    scale: size relative to an adult foot of 250 mm. age_years: of the person.
    """

    name: str
    bones: Mapping[str, Mesh]
    frames: Mapping[str, Array]
    features: Mapping[str, Feature]
    axes: Mapping[str, tuple[str, Array]]
    chain: Chain
    stance: Stance
    scale: float = 1.0
    age_years: float = 35.0


@dataclass(frozen=True, eq=False)
class PosedFoot:
    """A standing foot, right or left, in the foot frame; a left one is mirrored (y -> -y, medial is -y).

    bones: closed surfaces with triangles outwards. motions: (4, 4) by bone, from the model's neutral place; mirrored
    for a left foot. bone_frames: (4, 4), x distal, z dorsal; y is medial on the right, lateral on the left.
    landmarks3d: (3,) mm by id. joint_degrees: the joint angles that made the pose, by name.
    """

    model: FootModel
    bones: Mapping[str, Mesh]
    motions: Mapping[str, Array]
    deformity: Deformity
    side: str
    joint_degrees: Mapping[str, float]

    @property
    def age_years(self) -> float:
        """Of the person."""
        return self.model.age_years

    @cached_property
    def bone_frames(self) -> Mapping[str, Array]:
        """(4, 4) by bone."""
        return {name: self.motions[name] @ self._mirrored(frame) for name, frame in self.model.frames.items()}

    @cached_property
    def landmarks3d(self) -> Mapping[str, Array]:
        """(3,) mm by landmark id."""
        mirror = np.array([1.0, self.medial, 1.0])
        return {
            name: mirror * feature.place(self._mirrored(self.motions[feature.bone]))
            for name, feature in self.model.features.items()
        }

    @property
    def medial(self) -> float:
        """+1 where y is medial (right foot), -1 on the left."""
        return 1.0 if self.side == "right" else -1.0

    def direction(self, axis: str) -> Array:
        """(3,) where a bone axis of the model points in this foot."""
        bone, vector = self.model.axes[axis]
        mirror = np.array([1.0, self.medial, 1.0])
        return np.asarray(self.motions[bone][:3, :3] @ (mirror * vector))

    def _mirrored(self, matrix: Array) -> Array:
        mirror = np.diag([1.0, self.medial, 1.0, 1.0])
        return np.asarray(mirror @ matrix @ mirror)
