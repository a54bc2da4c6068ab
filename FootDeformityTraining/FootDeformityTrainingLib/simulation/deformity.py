"""From a deformity in degrees to a standing foot."""

from __future__ import annotations

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.foot_model import Deformity, FootModel, PosedFoot
from FootDeformityTrainingLib.simulation.kinematics import moved_mesh
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.stance import Wanted, solve
from FootDeformityTrainingLib.simulation.truth3d import bone_angles, moved_directions

#: by how much the calcaneal pitch falls for every degree that the Meary angle rises
ARCH_PITCH = 0.6
#: by how much the first metatarsal turns medially for every degree of hallux valgus, and what is aimed at exactly
_INTERMETATARSAL = 0.3
#: by how much an abducted forefoot shows in where the second metatarsal points; the rest turns the hindfoot
_FOREFOOT = 0.3
_EXACT, _ABOUT = 12.0, 2.0


#: what the joints can do, degrees (lowest, highest)
LIMITS = {
    "arch": (-35.0, 45.0), "hindfoot_valgus": (-20.0, 30.0), "abduction": (-20.0, 40.0), "hallux_valgus": (-25.0, 60.0),
}  # fmt: skip


def pose(model: FootModel, deformity: Deformity | None = None, side: str = "right") -> PosedFoot:
    """Let a foot stand with a deformity.

    Raises FootDeformityError for a side other than right or left and for a deformity outside LIMITS.
    """
    if side not in ("right", "left"):
        raise FootDeformityError(f"The side of a foot is right or left, not {side!r}.")
    deformity = deformity or Deformity()
    for name, (lowest, highest) in LIMITS.items():
        if not lowest <= getattr(deformity, name) <= highest:
            raise FootDeformityError(
                f"A deformity {name} of {getattr(deformity, name)} degrees is none that the simulated joints can make: "
                f"give {lowest:g} to {highest:g}."
            )
    freedoms = np.zeros(len(model.chain.names))
    if deformity != Deformity():
        freedoms = solve(model, wanted(model, deformity))
    motions = model.chain.forward(freedoms)
    bones = {name: moved_mesh(mesh, motions[name]) for name, mesh in model.bones.items()}
    if side == "left":
        mirror = np.diag([1.0, -1.0, 1.0, 1.0])
        motions = {name: mirror @ motion @ mirror for name, motion in motions.items()}
        bones = {name: _mirrored(mesh) for name, mesh in bones.items()}
    degrees = dict(zip(model.chain.names, freedoms.tolist(), strict=True))
    return PosedFoot(model, bones, motions, deformity, side, degrees)


def wanted(model: FootModel, deformity: Deformity) -> Wanted:
    """The bone angles to aim at: those of the neutral foot, changed by the deformity."""
    still = model.chain.forward(np.zeros(len(model.chain.names)))
    normal = {name: float(value) for name, value in bone_angles(moved_directions(model, still)).items()}
    change = {
        "meary": (deformity.arch, _EXACT),
        "calcaneal_pitch": (-ARCH_PITCH * deformity.arch, _EXACT),
        "ap_talocalcaneal": (deformity.hindfoot_valgus, _EXACT),
        "talonavicular": (deformity.abduction, _EXACT),
        "hallux_abductus": (deformity.hallux_valgus, _EXACT),
        "forefoot": (-_FOREFOOT * deformity.abduction, _ABOUT),
        "intermetatarsal": (_INTERMETATARSAL * deformity.hallux_valgus, _ABOUT),
    }
    pushed = max(deformity.hallux_valgus, 0.0)
    rest = {
        "metatarsosesamoid lateral shift": 0.6 * deformity.hallux_valgus,
        "metatarsophalangeal1 pronation": 0.3 * deformity.hallux_valgus,
        # the hallux pushes the second toe aside, then up
        "metatarsophalangeal2 abduction": 0.3 * pushed,
        "metatarsophalangeal3 abduction": 0.1 * pushed,
        "metatarsophalangeal2 plantarflexion": -0.8 * max(pushed - 12.0, 0.0),
    }
    return Wanted({name: (normal[name] + value, cost) for name, (value, cost) in change.items()}, rest)


def _mirrored(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices * np.array([1.0, -1.0, 1.0]), mesh.triangles[:, ::-1].copy())
