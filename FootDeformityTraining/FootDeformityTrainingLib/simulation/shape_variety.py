"""Other people's feet: size by age, slenderness, long and short rays, bent shafts; joint surfaces keep their shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.assemble import assembled
from FootDeformityTrainingLib.simulation.foot_model import Feature, FootModel
from FootDeformityTrainingLib.simulation.growth_plates import with_growth_plates
from FootDeformityTrainingLib.simulation.mesh import Mesh
from FootDeformityTrainingLib.simulation.seating import normal_angles, seated

Array = NDArray[np.float64]

#: mean foot length in mm by age, girls and boys together, and the adults' spread as a share; our choice from the usual
#: growth curves, remembered
_LENGTH_BY_AGE = ((6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0), (188.0, 205.0, 220.0, 236.0, 247.0, 251.0, 252.0))
_LENGTH_SPREAD, _OLDEST = 0.055, 110.0
_ADULT_MM = 250.0
#: standard deviations: shares of width and height of the foot, of the girth of a bone, of the length of a ray and
#: of a toe; bending of a shaft as a share of its length
_WIDTH, _HEIGHT, _GIRTH, _RAY, _TOE, _BEND = 0.04, 0.03, 0.05, 0.02, 0.06, 0.008
_LONG = ("metatarsal", "phalanx")


@dataclass(frozen=True)
class Variety:
    """One person's shape against the model's, all shares: 0 = the model itself.

    scale: of the whole foot, 1 = the model. width, height: of the foot against its length. girth, bend (two numbers,
    medial and dorsal, of the length): of bones by name. length: of rays ("ray1") and toes ("toe1").
    """

    scale: float = 1.0
    width: float = 0.0
    height: float = 0.0
    girth: Mapping[str, float] = field(default_factory=dict)
    bend: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    length: Mapping[str, float] = field(default_factory=dict)


def vary(model: FootModel, rng: np.random.Generator, age_years: float = 35.0) -> FootModel:
    """Another person's foot of that age, seated to the normal angles of the age; children have growth plates.

    Raises FootDeformityError for an age for which no size is known.
    """
    youngest = _LENGTH_BY_AGE[0][0]
    if not youngest <= age_years <= _OLDEST:
        raise FootDeformityError(
            f"An age of {age_years} years: simulated feet are {youngest:g} to {_OLDEST:g} years old."
        )
    changed = reshaped(model, random_variety(model, rng, age_years), age_years)
    standing = seated(changed, normal_angles(age_years))
    return replace(standing, bones=with_growth_plates(standing.bones, standing.frames, age_years, standing.scale))


def random_variety(model: FootModel, rng: np.random.Generator, age_years: float) -> Variety:
    """Draw a person of that age."""

    def spread(deviation: float) -> float:
        return float(np.clip(rng.normal(), -2.2, 2.2) * deviation)

    length = float(np.interp(age_years, *_LENGTH_BY_AGE)) * (1 + spread(_LENGTH_SPREAD))
    long = [name for name in model.bones if name.startswith(_LONG)]
    return Variety(
        length / _ADULT_MM,
        spread(_WIDTH),
        spread(_HEIGHT),
        {name: spread(_GIRTH) for name in long},
        {name: (spread(_BEND), spread(_BEND)) for name in long},
        {f"ray{ray}": spread(_RAY) for ray in range(1, 6)} | {f"toe{toe}": spread(_TOE) for toe in range(1, 6)},
    )


def reshaped(model: FootModel, variety: Variety, age_years: float) -> FootModel:
    """The same bones and landmarks, smoothly changed; joints are found anew."""
    shifts = _shifts(model, variety)
    stretch = variety.scale * np.array([1.0, 1 + variety.width, 1 + variety.height])

    def changed(bone: str, points: Array) -> Array:
        return np.asarray((_bone_changed(model, variety, bone, points) + shifts[bone]) * stretch)

    bones = {name: Mesh(changed(name, mesh.vertices), mesh.triangles) for name, mesh in model.bones.items()}
    features = {
        name: Feature(each.bone, changed(each.bone, each.candidates), each.along, each.outwards)
        for name, each in model.features.items()
    }
    return assembled(model.name, bones, features, model.scale * variety.scale, age_years)


def _ray_bones(ray: int) -> tuple[str, ...]:
    toe = ("proximal", "distal") if ray == 1 else ("proximal", "middle", "distal")
    return (f"metatarsal{ray}", *(f"phalanx_{part}{ray}" for part in toe))


def _lengthening(variety: Variety, bone: str) -> float:
    if not bone.startswith(_LONG):
        return 0.0
    return variety.length.get(("ray" if bone.startswith("metatarsal") else "toe") + bone[-1], 0.0)


def _span(model: FootModel, bone: str) -> tuple[float, float]:
    """Where a bone begins and ends along its own axis, mm from the origin of its frame."""
    frame = model.frames[bone]
    along = (model.bones[bone].vertices - frame[:3, 3]) @ frame[:3, 0]
    return float(along.min()), float(along.max())


def _shifts(model: FootModel, variety: Variety) -> dict[str, Array]:
    """(3,) by which every bone moves because those behind it became longer."""
    shifts = {name: np.zeros(3) for name in model.bones}
    for ray in range(1, 6):
        gone = np.zeros(3)
        for bone in _ray_bones(ray):
            shifts[bone] = gone
            low, high = _span(model, bone)
            gone = gone + _lengthening(variety, bone) * (high - low) * model.frames[bone][:3, 0]
            if bone == "metatarsal1":
                shifts |= {name: gone for name in model.bones if name.startswith("sesamoid")}
    return shifts


def _bone_changed(model: FootModel, variety: Variety, bone: str, points: Array) -> Array:
    """(N, 3) on a bone that is longer, thicker and bent, its proximal end where it was."""
    if not bone.startswith(_LONG):
        return points
    frame = model.frames[bone]
    local = (points - frame[:3, 3]) @ frame[:3, :3]
    low, high = _span(model, bone)
    share = np.clip((local[:, 0] - low) / (high - low), 0, 1)
    # nothing at the ends, all in the middle: joint surfaces keep their shape
    middle = 16 * share**2 * (1 - share) ** 2
    local[:, 1:] *= 1 + (variety.girth.get(bone, 0.0) * middle)[:, None]
    local[:, 1:] += middle[:, None] * (high - low) * np.array(variety.bend.get(bone, (0.0, 0.0)))
    local[:, 0] += _lengthening(variety, bone) * (local[:, 0] - low)
    return np.asarray(local @ frame[:3, :3].T + frame[:3, 3])
