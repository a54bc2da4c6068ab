"""Other people's feet: sizes, ages, shapes, growth plates, and the mixture of a clinic."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import deepest_overlap

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.foot import measure_foot
from FootDeformityTrainingLib.simulation.analytic import box
from FootDeformityTrainingLib.simulation.deformity import pose
from FootDeformityTrainingLib.simulation.foot_model import Deformity, PosedFoot
from FootDeformityTrainingLib.simulation.growth_plates import PLATES, halved, parted
from FootDeformityTrainingLib.simulation.mesh import boundary_loops
from FootDeformityTrainingLib.simulation.procedural_foot import procedural_foot
from FootDeformityTrainingLib.simulation.random_foot import random_age, random_deformity, random_foot
from FootDeformityTrainingLib.simulation.seating import normal_angles
from FootDeformityTrainingLib.simulation.shape_variety import Variety, reshaped, vary
from FootDeformityTrainingLib.simulation.truth3d import landmark_angles

X = np.array([1.0, 0.0, 0.0])


def length_mm(foot: PosedFoot) -> float:
    points = np.concatenate([foot.bones[name].vertices for name in ("calcaneus", "phalanx_distal1")])
    return float(np.ptp(points[:, 0]))


def parts(vertices: np.ndarray, triangles: np.ndarray) -> int:
    """How many separate surfaces there are."""
    label = np.arange(len(vertices))
    while True:
        least = label[triangles].min(axis=1)
        joined = label.copy()
        for corner in range(3):
            np.minimum.at(joined, triangles[:, corner], least)
        if (joined == label).all():
            return len(np.unique(label[triangles]))
        label = joined


def test_half_a_box_is_closed_and_has_half_the_volume() -> None:
    half = halved(box((0, 0, 0), (4, 2, 2)), X, 1.0)
    assert boundary_loops(half) == []
    assert half.volume == pytest.approx(12)
    assert half.vertices[:, 0].min() == pytest.approx(1)


def test_a_growth_plate_parts_a_bone_by_its_gap() -> None:
    cut = parted(box((0, 0, 0), (10, 2, 2)), X, 0.2, 1.0)
    assert boundary_loops(cut) == []
    assert cut.volume == pytest.approx(9 * 4)
    assert not ((cut.vertices[:, 0] > 1.51) & (cut.vertices[:, 0] < 2.49)).any()
    assert parts(cut.vertices, cut.triangles) == 2


def test_children_have_growth_plates_and_no_sesamoids_adults_the_contrary() -> None:
    child, adult = (vary(procedural_foot(), np.random.default_rng(3), age) for age in (8.0, 30.0))
    for name in PLATES:
        assert parts(child.bones[name].vertices, child.bones[name].triangles) == 2, name
        assert parts(adult.bones[name].vertices, adult.bones[name].triangles) == 1, name
    assert not any(name.startswith("sesamoid") for name in child.bones)
    assert "sesamoid_medial" in adult.bones


def test_no_landmark_of_a_child_lies_on_an_epiphysis() -> None:
    model = vary(procedural_foot(), np.random.default_rng(5), 9.0)
    for name in ("A2", "A4", "A6", "A8", "L3", "L5"):
        feature = model.features[name]
        frame = model.frames[feature.bone]
        along = (model.bones[feature.bone].vertices - frame[:3, 3]) @ frame[:3, 0]
        place = float((feature.candidates[0] - frame[:3, 3]) @ frame[:3, 0])
        assert (place - along.min()) / np.ptp(along) > PLATES[feature.bone].share + 0.02, name


@pytest.mark.parametrize(("age", "low", "high"), [(7.0, 175, 215), (12.0, 210, 260), (40.0, 220, 285)])
def test_feet_have_the_size_of_their_age(age: float, low: float, high: float) -> None:
    feet = [pose(vary(procedural_foot(), np.random.default_rng(seed), age)) for seed in range(2)]
    # bones reach about nine tenths of the length of the foot with its skin
    assert all(0.88 * low < length_mm(foot) < 0.96 * high for foot in feet)
    assert len({round(length_mm(foot), 1) for foot in feet}) == 2


@pytest.mark.parametrize("age", [7.0, 11.0, 45.0])
def test_a_varied_foot_measures_the_normal_angles_of_its_age_and_has_no_deformity(age: float) -> None:
    foot = pose(vary(procedural_foot(), np.random.default_rng(11), age))
    found = landmark_angles(foot.landmarks3d)
    for name, value in normal_angles(age).items():
        assert found[name] == pytest.approx(value, abs=1.0), name
    points = foot.landmarks3d
    above = [points[f"A{number}"][[1, 0]] for number in range(1, 17)]
    beside = [points[f"L{number}"][[0, 2]] for number in range(1, 12)]
    result = measure_foot(above, beside, age_years=age, weight_bearing="yes", criteria="literature")
    assert {finding.state for finding in result.findings.values()} == {"absent"}


@pytest.mark.parametrize("age", [float("nan"), 2.0, 400.0])
def test_an_age_without_a_known_size_is_refused(age: float) -> None:
    with pytest.raises(FootDeformityError, match="years old"):
        vary(procedural_foot(), np.random.default_rng(0), age)


def test_no_variety_changes_nothing() -> None:
    model = procedural_foot()
    same = reshaped(model, Variety(), 35.0)
    for name, mesh in model.bones.items():
        assert same.bones[name].vertices == pytest.approx(mesh.vertices), name


def test_a_longer_ray_moves_its_toe_and_no_other() -> None:
    model = procedural_foot()
    longer = reshaped(model, Variety(length={"ray2": 0.1}), 35.0)
    step = longer.bones["phalanx_distal2"].vertices - model.bones["phalanx_distal2"].vertices
    assert step == pytest.approx(np.broadcast_to(step[0], step.shape))
    assert 5 < step[0, 0] < 8
    assert longer.bones["phalanx_distal3"].vertices == pytest.approx(model.bones["phalanx_distal3"].vertices)


def test_girth_and_bending_leave_the_ends_of_a_bone_alone() -> None:
    model = procedural_foot()
    changed = reshaped(model, Variety(girth={"metatarsal3": 0.2}, bend={"metatarsal3": (0.03, 0.0)}), 35.0)
    before, after = model.bones["metatarsal3"].vertices, changed.bones["metatarsal3"].vertices
    moved = np.linalg.norm(after - before, axis=1)
    along = before @ model.frames["metatarsal3"][:3, 0]
    share = (along - along.min()) / np.ptp(along)
    assert moved[(share < 0.03) | (share > 0.97)].max() < 0.1
    assert moved[np.abs(share - 0.5) < 0.1].max() > 1.5


def test_the_same_seed_makes_the_same_foot() -> None:
    first, second = (random_foot(np.random.default_rng(4)) for _ in range(2))
    assert first.side == second.side
    assert first.deformity == second.deformity
    for name, mesh in first.bones.items():
        assert np.array_equal(mesh.vertices, second.bones[name].vertices), name


def test_random_feet_are_closed_right_and_left_and_hold_together() -> None:
    feet = [random_foot(np.random.default_rng(seed)) for seed in (0, 1, 3, 6)]
    assert {foot.side for foot in feet} == {"right", "left"}
    for foot in feet:
        for name, mesh in foot.bones.items():
            assert boundary_loops(mesh) == [], name
            assert mesh.volume > 0, name
        pair, depth = deepest_overlap(foot.bones)
        assert depth < 4.5, pair
        assert np.isfinite(np.array(list(foot.landmarks3d.values()))).all()


def test_the_mixture_is_that_of_a_clinic() -> None:
    """In the spirit of section 4.1: flat feet common, cavus rare, abduction commoner than valgus."""
    rng = np.random.default_rng(0)
    people = [(age, random_deformity(rng, age)) for age in (random_age(rng) for _ in range(4000))]
    adults = [deformity for age, deformity in people if age >= 18]
    assert 0.6 < len(adults) / len(people) < 0.7
    assert all(7 <= age <= 85 for age, _ in people)

    def share(chosen: list[bool]) -> float:
        return float(np.mean(chosen))

    assert 0.5 < share([each.arch > 4 for each in adults]) < 0.7  # Meary above 4
    assert 0.08 < share([each.arch < -4 for each in adults]) < 0.22
    assert 0.25 < share([each.hallux_valgus > 5 for each in adults]) < 0.55
    assert 0.15 < share([each.hindfoot_valgus > 5 for each in adults]) < 0.35
    assert 0.6 < share([each.abduction > 4 for each in adults]) < 0.85
    arch, abduction = (np.array([getattr(each, name) for each in adults]) for name in ("arch", "abduction"))
    assert 0.45 < np.corrcoef(arch, abduction)[0, 1] < 0.7
    assert isinstance(people[0][1], Deformity)
