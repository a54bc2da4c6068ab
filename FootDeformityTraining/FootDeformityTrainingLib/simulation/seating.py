"""Set the bones of a foot so that its landmarks measure the angles of a normal standing adult."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from FootDeformityTrainingLib.simulation.assemble import rebased
from FootDeformityTrainingLib.simulation.foot_model import FootModel, Stance
from FootDeformityTrainingLib.simulation.stance import Wanted, solve
from FootDeformityTrainingLib.simulation.truth3d import bone_angles, landmark_angles, moved_directions

#: degrees: inside the normal ranges of the clinical specification, section 5.1, away from every adult cut-off
NORMAL = {
    "ap_talocalcaneal": 25.0, "talonavicular": 3.0, "mt1_talar": -5.0, "hallux_abductus": 10.0, "meary": 0.0,
    "calcaneal_pitch": 22.0,
}  # fmt: skip
#: what a child of 7 has more, fading out by _GROWN years: our choice between the sources of section 5.1
_CHILD = {"ap_talocalcaneal": 8.0, "talonavicular": 4.0, "hallux_abductus": -3.0, "meary": 2.0, "calcaneal_pitch": -3.0}
_YOUNG, _GROWN = 7.0, 16.0
_INTERMETATARSAL, _FOREFOOT = 8.0, -3.0
#: how high the lowest points of an adult's bones stand on the pads under them, mm, and what one mm off costs
_HEIGHTS = {
    "calcaneus": (13.0, 6.0), "sesamoid_medial": (10.5, 3.0), "metatarsal2": (11.5, 3.0), "metatarsal3": (11.5, 3.0),
    "metatarsal4": (11.0, 3.0), "metatarsal5": (10.0, 4.0),
}  # fmt: skip
_EXACT, _ABOUT = 12.0, 3.0
_ROUNDS = 4


def seated(model: FootModel, normal: Mapping[str, float] = NORMAL, leeway: float = 0.0) -> FootModel:
    """The same foot, its bones moved from roughly standing into the normal pose.

    leeway: degrees by which an angle may stay off the normal one if it was so before.
    """
    freedoms = np.zeros(len(model.chain.names))
    standing = replace(model, stance=_standing(model))
    before = landmark_angles({name: each.place(np.eye(4)) for name, each in model.features.items()})
    goal = {name: float(np.clip(before[name], value - leeway, value + leeway)) for name, value in normal.items()}
    for _ in range(_ROUNDS):
        motions = model.chain.forward(freedoms)
        measured = landmark_angles({name: each.place(motions[each.bone]) for name, each in model.features.items()})
        shape = bone_angles(moved_directions(model, motions))
        # what is measured on landmarks differs from what is measured on the bones' axes by what the shape makes of it
        aim = {name: float(shape[name]) + value - measured[name] for name, value in goal.items()}
        angles = {name: (value, _EXACT) for name, value in aim.items()}
        angles["forefoot"] = (_FOREFOOT, _ABOUT)
        angles["intermetatarsal"] = (_INTERMETATARSAL, _ABOUT)
        freedoms = solve(standing, Wanted(angles, {}), freedoms)
    return rebased(model, model.chain.forward(freedoms))


def normal_angles(age_years: float) -> dict[str, float]:
    """Degrees by angle of a normal foot of that age."""
    share = float(np.interp(age_years, (_YOUNG, _GROWN), (1.0, 0.0)))
    return {name: value + share * _CHILD.get(name, 0.0) for name, value in NORMAL.items()}


def _standing(model: FootModel) -> Stance:
    """The foot's stance with the heights above the floor that it should have."""
    contacts = []
    for bone, points, height, cost in model.stance.contacts:
        adult, dear = _HEIGHTS.get(bone, (height / model.scale, cost))
        contacts.append((bone, points, adult * model.scale, dear))
    return replace(model.stance, contacts=tuple(contacts))
