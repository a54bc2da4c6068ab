"""A right foot that stands: bones read from a folder, each moved to its place as a rigid body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.analytic import ellipsoid
from FootDeformityTrainingLib.simulation.mesh import Mesh, closed, lengthened
from FootDeformityTrainingLib.simulation.mesh_folder import read_bones

STANDING_POSE = Path(__file__).with_name("standing_pose.json")

#: the leg bones of the meshes end above the ankle, those of a standing person do not
_LEG_MM = 260.0
_LEG_BONES = ("tibia_distal", "fibula_distal")
#: medial and lateral sesamoid: centre (x, y) relative to the lowest point and the middle of the first metatarsal head,
#: radii, mm
_SESAMOIDS = (((-3.0, 6.5), (6.0, 4.3, 3.4)), ((-2.0, -6.0), (5.5, 4.0, 3.3)))
_SESAMOID_GAP_MM = 0.4


@dataclass(frozen=True, eq=False)
class Foot:
    """Closed surfaces by bone name, in the foot frame (see the package's docstring)."""

    bones: dict[str, Mesh]


def standing_foot(folder: str | Path, pose: str | Path = STANDING_POSE) -> Foot:
    """Read the bones of the pose from ``folder`` and stand them up, with sesamoids and a longer leg.

    Raises FootDeformityError when a bone is missing or the pose cannot be read.
    """
    places = _places(Path(pose))
    shapes = read_bones(folder)
    missing = sorted(set(places) - set(shapes))
    if missing:
        raise FootDeformityError(
            f"{folder}: lacks {', '.join(missing)}, which the standing pose needs. Give the folder of the foot that "
            f"{Path(pose).name} was made for."
        )
    bones = {}
    for name, place in places.items():
        turn = Rotation.from_rotvec(place["rotation_vector"]).as_matrix()
        mesh = shapes[name].moved(place["scale"] * turn, np.asarray(place["translation_mm"]))
        if name in _LEG_BONES:
            mesh = lengthened(mesh, np.array([0.0, 0.0, 1.0]), _LEG_MM)
        bones[name] = closed(mesh)
    head = bones["metatarsal1"].vertices
    head = head[head[:, 0] > head[:, 0].max() - 20]
    lowest = head[np.argmin(head[:, 2])]
    for side, (shift, radii) in zip(("medial", "lateral"), _SESAMOIDS, strict=True):
        x, y = lowest[0] + shift[0], head[:, 1].mean() + shift[1]
        above = head[(np.abs(head[:, 0] - x) < radii[0] / 2) & (np.abs(head[:, 1] - y) < radii[1] / 2)]
        height = above[:, 2].min() if len(above) else lowest[2]
        bones[f"sesamoid_{side}"] = ellipsoid((x, y, height - radii[2] - _SESAMOID_GAP_MM), radii)
    return Foot(bones)


def _places(pose: Path) -> dict[str, dict[str, Any]]:
    try:
        bones: dict[str, dict[str, Any]] = json.loads(pose.read_text("utf-8"))["bones"]
        return bones
    except (OSError, KeyError, json.JSONDecodeError) as error:
        raise FootDeformityError(f"{pose}: is no pose file. Expected JSON with one place for each bone.") from error
