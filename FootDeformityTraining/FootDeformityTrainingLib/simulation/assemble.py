"""From closed bones in a standing pose to a foot that can be posed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from FootDeformityTrainingLib.simulation.bone_axes import bone_axes, bone_frames
from FootDeformityTrainingLib.simulation.foot_model import Feature, FootModel, Stance
from FootDeformityTrainingLib.simulation.kinematics import fitted_chain, moved_mesh
from FootDeformityTrainingLib.simulation.landmark_features import landmark_features
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.stance import stance_of

Array = NDArray[np.float64]


def assembled(
    name: str,
    bones: Mapping[str, Mesh],
    features: Mapping[str, Feature] | None = None,
    scale: float = 1.0,
    age_years: float = 35.0,
) -> FootModel:
    """Find joints, frames, axes and, unless they are known, landmarks of a right foot that stands."""
    chain = fitted_chain(bones, scale)
    return FootModel(
        name,
        bones,
        bone_frames(bones),
        features or landmark_features(bones),
        bone_axes(bones),
        chain,
        stance_of(bones, chain, scale),
        scale,
        age_years,
    )


def rebased(model: FootModel, motions: Mapping[str, Array]) -> FootModel:
    """The model whose neutral pose is the one that these (4, 4) by bone lead to."""

    def moved(bone: str, points: Array) -> Array:
        return np.asarray(points @ motions[bone][:3, :3].T + motions[bone][:3, 3])

    bones = {name: moved_mesh(mesh, motions[name]) for name, mesh in model.bones.items()}
    features = {
        name: Feature(
            each.bone,
            moved(each.bone, each.candidates),
            motions[each.bone][:3, :3] @ each.along,
            motions[each.bone][:3, :3] @ each.outwards,
        )
        for name, each in model.features.items()
    }
    joints = tuple(replace(joint, centre=moved(joint.parent, joint.centre)) for joint in model.chain.joints)
    chain = replace(model.chain, joints=joints, pivot=moved(model.chain.root[0], model.chain.pivot))
    ligaments = tuple(
        (a, b, moved(a, here), moved(b, there), cost) for a, b, here, there, cost in model.stance.ligaments
    )
    joint_spaces = tuple(
        (a, b, moved(a, here), moved(b, there), normals @ motions[a][:3, :3].T, gap)
        for a, b, here, there, normals, gap in model.stance.joint_spaces
    )
    contacts = []
    for bone, points, _, cost in model.stance.contacts:
        place = moved(bone, points)
        contacts.append((bone, place, float(place[:, 2].min()), cost))
    return replace(
        model,
        bones=bones,
        frames={name: motions[name] @ frame for name, frame in model.frames.items()},
        features=features,
        axes={name: (bone, motions[bone][:3, :3] @ vector) for name, (bone, vector) in model.axes.items()},
        chain=chain,
        stance=Stance(ligaments, joint_spaces, tuple(contacts)),
    )
