"""Deformities act on joints: angles follow them, the foot stays together and on the floor."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import deepest_overlap

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.foot import FootMeasurements, measure_foot
from FootDeformityTrainingLib.simulation.deformity import ARCH_PITCH, LIMITS, pose
from FootDeformityTrainingLib.simulation.foot_model import Deformity, PosedFoot
from FootDeformityTrainingLib.simulation.kinematics import turned_about
from FootDeformityTrainingLib.simulation.mesh import boundary_loops
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.seating import NORMAL
from FootDeformityTrainingLib.simulation.truth3d import angles3d, landmark_angles

#: how far the slope of a measured angle against its deformity may be from 1, and one angle from its straight line
SLOPE_TOLERANCE = 0.1
LINE_TOLERANCE_DEGREES = 2.0
#: the plantar-most point of the heel rolls backwards as the heel sinks: the measured pitch follows less than the bone
PITCH_SLOPE_TOLERANCE = 0.15
#: landmarks and the bones' own axes may differ by a fixed amount (definitions), not by more than this along the way
DRIFT_TOLERANCE_DEGREES = 2.5

SWEEPS = {
    "arch": ("meary", (-24.0, -16.0, -8.0, 0.0, 8.0, 16.0, 24.0, 32.0)),
    "hindfoot_valgus": ("ap_talocalcaneal", (-12.0, -6.0, 0.0, 6.0, 12.0, 20.0)),
    "abduction": ("talonavicular", (-10.0, 0.0, 10.0, 20.0, 30.0)),
    "hallux_valgus": ("hallux_abductus", (-12.0, 0.0, 10.0, 20.0, 30.0, 45.0)),
}
SEVERE = {
    "pes_planus": Deformity(arch=22.0),
    "pes_cavus": Deformity(arch=-18.0),
    "hindfoot_valgus": Deformity(hindfoot_valgus=18.0),
    "forefoot_abduction": Deformity(abduction=25.0),
    "hallux_valgus": Deformity(hallux_valgus=30.0),
}


def posed(**deformity: float) -> PosedFoot:
    return pose(procedural_foot(), Deformity(**deformity))


def measured(foot: PosedFoot, mirrored: bool = False) -> FootMeasurements:
    """What the product measures on the foot's landmarks, seen straight from above and from the medial side, in mm."""
    points = foot.landmarks3d
    flip = -1.0 if mirrored else 1.0
    above = [[flip * -points[f"A{number}"][1], -points[f"A{number}"][0]] for number in range(1, 17)]
    beside = [[flip * -points[f"L{number}"][0], -points[f"L{number}"][2]] for number in range(1, 12)]
    return measure_foot(above, beside, age_years=35, weight_bearing="yes", criteria="literature")


def states(foot: PosedFoot) -> dict[str, str]:
    return {name: finding.state for name, finding in measured(foot).findings.items()}


def test_a_turn_about_a_point_keeps_the_point_and_turns_by_the_angle() -> None:
    motion = turned_about(np.array([0.0, 0.0, 90.0]), np.array([1.0, 2.0, 3.0]))
    assert motion @ [1, 2, 3, 1] == pytest.approx([1, 2, 3, 1])
    assert motion @ [2, 2, 3, 1] == pytest.approx([1, 3, 3, 1])


def test_a_joint_moves_its_own_bones_and_all_beyond_it() -> None:
    chain = procedural_foot().chain
    freedoms = np.zeros(len(chain.names))
    freedoms[chain.names.index("talonavicular abduction")] = 10.0
    moved = {name for name, motion in chain.forward(freedoms).items() if not np.allclose(motion, np.eye(4))}
    assert {"navicular", "cuneiform_medial", "metatarsal1", "sesamoid_lateral", "phalanx_distal3"} <= moved
    assert not {"talus", "calcaneus", "cuboid", "metatarsal5"} & moved


def test_every_joint_of_the_foot_is_in_the_chain() -> None:
    names = {joint.name for joint in procedural_foot().chain.joints}
    assert {"talocrural", "subtalar", "talonavicular", "calcaneocuboid", "cuneonavicular"} <= names
    assert {f"{kind}{ray}" for kind in ("tarsometatarsal", "metatarsophalangeal") for ray in range(1, 6)} <= names


def test_the_normal_foot_measures_normal_angles() -> None:
    found = landmark_angles(posed().landmarks3d)
    for name, value in NORMAL.items():
        assert found[name] == pytest.approx(value, abs=0.5), name
    assert found["lateral_talocalcaneal"] == pytest.approx(40, abs=4)


def test_the_product_measures_what_the_simulation_says() -> None:
    foot = posed(arch=10.0, abduction=8.0)
    product = measured(foot)
    for name, value in landmark_angles(foot.landmarks3d).items():
        assert product.angles[name].degrees == pytest.approx(value), name


@pytest.mark.parametrize("parameter", SWEEPS)
def test_a_measured_angle_follows_its_deformity(parameter: str) -> None:
    name, values = SWEEPS[parameter]
    angles = [landmark_angles(posed(**{parameter: value}).landmarks3d)[name] for value in values]
    slope, start = np.polyfit(values, angles, 1)
    assert np.all(np.diff(angles) > 0)
    assert slope == pytest.approx(1, abs=SLOPE_TOLERANCE)
    assert angles == pytest.approx(start + slope * np.array(values), abs=LINE_TOLERANCE_DEGREES)


def test_the_calcaneal_pitch_falls_with_the_arch() -> None:
    values = SWEEPS["arch"][1]
    pitch = [landmark_angles(posed(arch=value).landmarks3d)["calcaneal_pitch"] for value in values]
    assert np.all(np.diff(pitch) < 0)
    assert np.polyfit(values, pitch, 1)[0] == pytest.approx(-ARCH_PITCH, abs=PITCH_SLOPE_TOLERANCE)


@pytest.mark.parametrize("parameter", SWEEPS)
def test_landmarks_and_bone_axes_change_alike(parameter: str) -> None:
    normal, changed = posed(), posed(**{parameter: SWEEPS[parameter][1][-2]})
    offset = {name: landmark_angles(normal.landmarks3d)[name] - angles3d(normal)[name] for name in ANGLES}
    for name in ANGLES:
        drift = landmark_angles(changed.landmarks3d)[name] - angles3d(changed)[name] - offset[name]
        allowed = DRIFT_TOLERANCE_DEGREES
        if name in ("calcaneal_pitch", "lateral_talocalcaneal"):
            allowed += PITCH_SLOPE_TOLERANCE * abs(SWEEPS[parameter][1][-2])
        assert abs(drift) < allowed, name


def test_a_foot_without_deformity_has_none_present() -> None:
    assert set(states(posed()).values()) == {"absent"}


@pytest.mark.parametrize("deformity", SEVERE)
def test_a_severe_deformity_is_present(deformity: str) -> None:
    found = states(pose(procedural_foot(), SEVERE[deformity]))
    assert found[deformity] == "present"


def test_angles_do_not_depend_on_the_side() -> None:
    deformity = Deformity(12.0, 6.0, 10.0, 15.0)
    right, left = pose(procedural_foot(), deformity), pose(procedural_foot(), deformity, "left")
    assert landmark_angles(left.landmarks3d) == pytest.approx(landmark_angles(right.landmarks3d))
    assert angles3d(left) == pytest.approx(angles3d(right))
    product = {name: angle.degrees for name, angle in measured(left, mirrored=True).angles.items()}
    assert product == pytest.approx({name: angle.degrees for name, angle in measured(right).angles.items()})


def test_a_left_foot_is_a_mirrored_right_one_with_its_surfaces_outwards() -> None:
    right, left = posed(), pose(procedural_foot(), side="left")
    for name, mesh in left.bones.items():
        assert mesh.vertices == pytest.approx(right.bones[name].vertices * [1, -1, 1]), name
        assert mesh.volume == pytest.approx(right.bones[name].volume), name
    for frame in left.bone_frames.values():
        assert np.linalg.det(frame[:3, :3]) == pytest.approx(1)
    with pytest.raises(FootDeformityError, match="right or left"):
        pose(procedural_foot(), side="both")


@pytest.mark.parametrize("degrees", [float("nan"), 90.0, -50.0])
def test_a_deformity_that_no_joint_can_make_is_refused(degrees: float) -> None:
    with pytest.raises(FootDeformityError, match=r"abduction of .* degrees"):
        posed(abduction=degrees)


@pytest.mark.parametrize("parameter", LIMITS)
def test_the_limits_of_each_deformity_are_reached(parameter: str) -> None:
    name = SWEEPS[parameter][0]
    for degrees in LIMITS[parameter]:
        change = angles3d(posed(**{parameter: degrees}))[name] - angles3d(posed())[name]
        assert change == pytest.approx(degrees, abs=3.5)  # ligaments give up the last degrees


@pytest.mark.parametrize("deformity", [Deformity(), *SEVERE.values(), Deformity(25.0, 15.0, 25.0, 20.0)], ids=str)
def test_the_foot_stays_plantigrade(deformity: Deformity) -> None:
    bones = pose(procedural_foot(), deformity).bones
    lowest = {name: float(mesh.vertices[:, 2].min()) for name, mesh in bones.items()}
    assert lowest["calcaneus"] == pytest.approx(13, abs=1)  # its pad is thicker than that of the forefoot
    assert lowest["sesamoid_medial"] == pytest.approx(10.5, abs=2)
    assert lowest["metatarsal5"] == pytest.approx(10, abs=1.5)
    assert all(7 < lowest[f"metatarsal{ray}"] < 18 for ray in range(2, 6)), lowest
    assert min(lowest.values()) > 4


@pytest.mark.parametrize("deformity", [Deformity(), *SEVERE.values(), Deformity(25.0, 15.0, 25.0, 20.0)], ids=str)
def test_bones_do_not_go_through_each_other(deformity: Deformity) -> None:
    pair, depth = deepest_overlap(pose(procedural_foot(), deformity).bones)
    assert depth < 3.5, pair
    for mesh in pose(procedural_foot(), deformity).bones.values():
        assert boundary_loops(mesh) == []


def test_the_columns_of_the_foot_stay_together() -> None:
    """Neighbouring metatarsal heads neither cross nor part."""
    for deformity in (Deformity(25.0, 15.0, 25.0, 0.0), Deformity(-20.0, -8.0, -6.0, 0.0)):
        bones = pose(procedural_foot(), deformity).bones
        heads = [bones[f"metatarsal{ray}"].vertices for ray in range(1, 6)]
        sides = [head[head[:, 0] > head[:, 0].max() - 12, 1].mean() for head in heads]
        assert np.all(np.diff(sides) < -7)
        assert np.all(np.diff(sides) > -30)


def test_a_hallux_valgus_takes_the_first_metatarsal_the_other_way_and_leaves_the_sesamoids() -> None:
    normal, valgus = posed(), posed(hallux_valgus=30.0)
    assert valgus.joint_degrees["tarsometatarsal1 abduction"] < -3
    aside = []
    for foot in (normal, valgus):
        head = foot.bones["metatarsal1"].vertices
        head = head[head[:, 0] > head[:, 0].max() - 12]
        aside.append(head[:, 1].mean() - foot.bones["sesamoid_medial"].vertices[:, 1].mean())
    assert aside[1] > aside[0] + 2
