"""The foot of real bone surfaces (make test-meshes).

MESHES: a folder that holds vhf_right, lenz_cc0 and bodyparts3d_forefoot.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from closeness import deepest_overlap

from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.foot import measure_foot
from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.foot_model import Deformity, FootModel, PosedFoot
from FootDeformityTrainingLib.simulation.mesh import boundary_loops
from FootDeformityTrainingLib.simulation.mesh_foot import mesh_foot
from FootDeformityTrainingLib.simulation.random_foot import random_foot
from FootDeformityTrainingLib.simulation.seating import NORMAL
from FootDeformityTrainingLib.simulation.shape_swap import family
from FootDeformityTrainingLib.simulation.truth3d import angles3d, landmark_angles

MESHES = os.environ.get("MESHES", "")
pytestmark = pytest.mark.skipif(not MESHES, reason="needs bone meshes: make test-meshes MESHES=folder")

SLOPE_TOLERANCE = 0.1
SWEEPS = {
    "arch": ("meary", (-24.0, -12.0, 0.0, 12.0, 24.0, 32.0)),
    "hindfoot_valgus": ("ap_talocalcaneal", (-12.0, 0.0, 10.0, 20.0)),
    "abduction": ("talonavicular", (-10.0, 0.0, 15.0, 30.0)),
    "hallux_valgus": ("hallux_abductus", (-12.0, 0.0, 15.0, 30.0, 45.0)),
}
SEVERE = {
    "pes_planus": Deformity(arch=22.0),
    "pes_cavus": Deformity(arch=-18.0),
    "hindfoot_valgus": Deformity(hindfoot_valgus=18.0),
    "forefoot_abduction": Deformity(abduction=25.0),
    "hallux_valgus": Deformity(hallux_valgus=30.0),
}


@pytest.fixture(scope="module")
def model() -> FootModel:
    return mesh_foot(Path(MESHES) / "vhf_right")


def states(foot: PosedFoot) -> dict[str, str]:
    points = foot.landmarks3d
    above = [points[f"A{number}"][[1, 0]] for number in range(1, 17)]
    beside = [points[f"L{number}"][[0, 2]] for number in range(1, 12)]
    result = measure_foot(above, beside, age_years=35, weight_bearing="yes", criteria="literature")
    return {name: finding.state for name, finding in result.findings.items()}


def test_every_bone_is_closed_and_the_foot_stands(model: FootModel) -> None:
    assert len(model.bones) == 30
    for name, mesh in model.bones.items():
        assert boundary_loops(mesh) == [], name
        assert mesh.volume > 100, name
    assert model.bones["calcaneus"].vertices[:, 2].min() == pytest.approx(13, abs=1.3)
    assert deepest_overlap(model.bones)[1] < 2.5


def test_the_normal_foot_measures_normal_angles_and_has_no_deformity(model: FootModel) -> None:
    foot = pose(model)
    found = landmark_angles(foot.landmarks3d)
    print({name: f"{found[name]:.1f} from landmarks, {angles3d(foot)[name]:.1f} from bones" for name in ANGLES})
    for name, value in NORMAL.items():
        assert found[name] == pytest.approx(value, abs=0.7), name
    assert set(states(foot).values()) == {"absent"}


@pytest.mark.parametrize("parameter", SWEEPS)
def test_a_measured_angle_follows_its_deformity(model: FootModel, parameter: str) -> None:
    name, values = SWEEPS[parameter]
    angles = [landmark_angles(pose(model, Deformity(**{parameter: each})).landmarks3d)[name] for each in values]
    slope = float(np.polyfit(values, angles, 1)[0])
    print(f"{parameter}: {name} {np.round(angles, 1).tolist()}, slope {slope:.2f}")
    assert np.all(np.diff(angles) > 0)
    assert slope == pytest.approx(1, abs=SLOPE_TOLERANCE)


@pytest.mark.parametrize("deformity", SEVERE)
def test_a_severe_deformity_is_present_and_bones_stay_apart(model: FootModel, deformity: str) -> None:
    foot = pose(model, SEVERE[deformity])
    assert states(foot)[deformity] == "present"
    pair, depth = deepest_overlap(foot.bones)
    print(f"{deformity}: {pair} overlap by {depth:.1f} mm")
    assert depth < 3.5, pair


def test_random_feet_of_real_bones_are_closed(model: FootModel) -> None:
    for seed in range(4):
        foot = random_foot(np.random.default_rng(seed), [model])
        for name, mesh in foot.bones.items():
            assert boundary_loops(mesh) == [], name
            assert mesh.volume > 0, name


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "count"), [("lenz_cc0", 39), ("bodyparts3d_forefoot", 4)])
def test_other_peoples_bones_fit_in(model: FootModel, folder: str, count: int) -> None:
    feet = family(model, Path(MESHES) / folder)
    print(f"{folder}: {len(feet)} feet, {sorted({each.name for each in feet})}")
    assert len(feet) == count
    for each in feet:
        found = landmark_angles(pose(each).landmarks3d)
        for name, value in NORMAL.items():
            assert found[name] == pytest.approx(value, abs=4), (each.name, name)
