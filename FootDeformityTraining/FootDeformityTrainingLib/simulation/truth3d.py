"""The seven angles of the bones themselves: from axes that each bone's shape gives, not from landmarks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.measure.angles import ANGLES, ap_angles, lateral_angles
from FootDeformityTrainingLib.simulation.foot_model import FootModel, PosedFoot

Array = NDArray[np.float64]

#: the axes that a model names
AXES = (
    "talus",
    "talar_head",
    "navicular_cup",
    "calcaneal_wall",
    "calcaneal_sole",
    "metatarsal1",
    "metatarsal2",
    "phalanx1",
)


def angles3d(posed: PosedFoot) -> dict[str, float]:
    """Degrees by the names of measure.angles.ANGLES, with their signs, seen straight from above and from the side.

    The floor of the calcaneal pitch is the floor itself (z = 0).
    """
    mirror = np.array([1.0, posed.medial, 1.0])
    found = bone_angles({name: mirror * posed.direction(name) for name in posed.model.axes})
    return {name: float(value) for name, value in found.items() if name in ANGLES}


def bone_angles(directions: Mapping[str, Array]) -> dict[str, Array]:
    """Degrees (...) from directions (..., 3) of a right foot; also the intermetatarsal angle 1-2 and
    where the second metatarsal points (+ medially)."""
    medial = {name: np.arctan2(vector[..., 1], vector[..., 0]) for name, vector in directions.items()}
    dorsal = {name: np.arctan2(vector[..., 2], vector[..., 0]) for name, vector in directions.items()}
    radians = {
        "forefoot": medial["metatarsal2"],
        "ap_talocalcaneal": medial["talus"] - medial["calcaneal_wall"],
        "talonavicular": medial["talar_head"] - medial["navicular_cup"],
        "mt1_talar": medial["metatarsal1"] - medial["talus"],
        "hallux_abductus": medial["metatarsal1"] - medial["phalanx1"],
        "meary": dorsal["metatarsal1"] - dorsal["talus"],
        "calcaneal_pitch": dorsal["calcaneal_sole"],
        "lateral_talocalcaneal": dorsal["calcaneal_sole"] - dorsal["talus"],
        "intermetatarsal": medial["metatarsal1"] - medial["metatarsal2"],
    }
    return {name: np.degrees(value) for name, value in radians.items()}


def moved_directions(model: FootModel, motions: Mapping[str, Array]) -> dict[str, Array]:
    """(..., 3) where the model's axes point when bones are moved by (..., 4, 4)."""
    return {name: motions[bone][..., :3, :3] @ vector for name, (bone, vector) in model.axes.items()}


def landmark_angles(landmarks: Mapping[str, Array]) -> dict[str, float]:
    """Degrees by the names of measure.angles.ANGLES, as measured on landmarks (3,) seen straight from above and from
    the side; the floor is the line L11-L1."""
    above = np.array([landmarks[f"A{number}"][[1, 0]] for number in range(1, 17)])
    beside = np.array([landmarks[f"L{number}"][[0, 2]] for number in range(1, 12)])
    found = ap_angles(above) | lateral_angles(beside)
    return {name: float(found[name]) for name in ANGLES}
