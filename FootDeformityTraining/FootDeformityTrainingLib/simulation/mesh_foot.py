"""A foot from a folder of named bone surfaces: stood up, closed, seated to normal angles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.assemble import assembled
from FootDeformityTrainingLib.simulation.foot import STANDING_POSE, standing_foot
from FootDeformityTrainingLib.simulation.foot_model import FootModel
from FootDeformityTrainingLib.simulation.mesh import Mesh, boundary_loops
from FootDeformityTrainingLib.simulation.seating import seated

#: how often a foot is seated and its landmarks are found anew
_ROUNDS = 2


def mesh_foot(folder: str | Path, standing: str | Path = STANDING_POSE) -> FootModel:
    """Read a right adult foot, such as ../shared/meshes/vhf_right, and seat it.

    Raises FootDeformityError when a bone is missing, cannot be read or cannot be closed.
    """
    bones = standing_foot(folder, standing).bones
    for name, mesh in bones.items():
        check_closed(name, mesh, folder)
    model = assembled(Path(folder).name, bones)
    for _ in range(_ROUNDS):
        # corners and borders show better on a foot that stands well
        model = assembled(model.name, seated(model).bones)
    return seated(model)


def check_closed(name: str, mesh: Mesh, where: str | Path) -> None:
    """Raise FootDeformityError unless the surface is closed and faces outwards."""
    if not np.isfinite(mesh.vertices).all() or boundary_loops(mesh) or mesh.volume <= 0:
        raise FootDeformityError(
            f"{where}: the bone {name} is no closed surface facing outwards (volume {mesh.volume:.0f} mm3). "
            "Repair the mesh or take it out of the folder."
        )
