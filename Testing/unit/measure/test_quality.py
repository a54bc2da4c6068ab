"""What the plausibility checks reject, and that they leave good feet alone."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_foot import GOLDEN_AP, GOLDEN_LATERAL, ap_foot, lateral_foot, moved, without

from FootDeformityLib.measure.angles import ap_angles
from FootDeformityLib.measure.feet import measure_feet
from FootDeformityLib.measure.foot import FootMeasurements, measure_foot
from FootDeformityLib.measure.quality import check_quality
from FootDeformityLib.measure.scheme import load_scheme

FOOT = load_scheme()
AP_ANGLES = {"ap_talocalcaneal", "talonavicular", "mt1_talar", "hallux_abductus"}
LATERAL_ANGLES = {"meary", "calcaneal_pitch", "lateral_talocalcaneal"}


def swapped(points: np.ndarray, view: str, *pairs: int) -> np.ndarray:
    copy = points.copy()
    for a, b in [FOOT.pairs(view)[k] for k in pairs]:
        copy[[a, b]] = copy[[b, a]]
    return copy


def lost(foot: FootMeasurements) -> set[str]:
    return {name for name, angle in foot.angles.items() if angle.value is None}


def codes(foot: FootMeasurements) -> set[str]:
    return {flag.code for flag in foot.quality}


def test_plausible_feet_pass_however_deformed() -> None:
    rng = np.random.default_rng(11)
    for _ in range(300):
        ap = ap_foot(*(rng.uniform(*r) for r in [(0, 60), (-25, 60), (-45, 30), (-20, 60), (-40, 10)]))
        lateral = lateral_foot(*(rng.uniform(*r) for r in [(-30, 50), (-10, 40), (5, 49)]))  # LTC < 90
        place = {"rotation": rng.uniform(-180, 180), "mirror": bool(rng.integers(2))}
        assert not check_quality(moved(ap, **place), "AP")
        assert not check_quality(moved(lateral, **place), "lateral")


def test_a_hallux_at_80_degrees_is_legal() -> None:
    foot = measure_foot(ap_foot(ha=80))
    assert foot.angles["hallux_abductus"].value == pytest.approx(80)
    assert not foot.quality


@pytest.mark.parametrize("pair", range(7))
def test_each_swapped_ap_pair_is_caught(pair: int) -> None:
    points = swapped(GOLDEN_AP, "AP", pair)
    foot = measure_foot(points, GOLDEN_LATERAL)
    ids = {FOOT.ids("AP")[k] for k in FOOT.pairs("AP")[pair]}
    naming = {name for name in AP_ANGLES if FOOT.measurement_ids[name] & ids}
    assert naming <= lost(foot) <= naming | {"talonavicular"}
    assert any(flag.code == "pair_swapped" and ids <= set(flag.landmarks) for flag in foot.quality)
    reason = foot.angles[next(iter(naming))].reason
    assert all(i in reason for i in ids) and "swapped" in reason


@pytest.mark.parametrize("pair", range(4))
def test_each_swapped_lateral_pair_is_caught(pair: int) -> None:
    foot = measure_foot(GOLDEN_AP, swapped(GOLDEN_LATERAL, "lateral", pair))
    ids = {FOOT.ids("lateral")[k] for k in FOOT.pairs("lateral")[pair]}
    assert lost(foot) == {name for name in LATERAL_ANGLES if FOOT.measurement_ids[name] & ids}
    assert "pair_swapped" in codes(foot)


def test_a_whole_swapped_ap_set_is_caught_by_a15() -> None:
    """Every pair agrees with every other one, and the angles alone would come out negated."""
    points = swapped(GOLDEN_AP, "AP", *range(7))
    assert ap_angles(points)["ap_talocalcaneal"] == pytest.approx(-ap_angles(GOLDEN_AP)["ap_talocalcaneal"])
    foot = measure_foot(points, GOLDEN_LATERAL, age_years=30, weight_bearing="yes")
    assert lost(foot) == AP_ANGLES
    assert codes(foot) == {"wrong_side"}
    assert foot.findings["hindfoot_valgus"].state == "not_measurable"
    assert "A15 lies medial of the talus" in foot.angles["ap_talocalcaneal"].reason


def test_a_whole_swapped_lateral_set_is_caught_by_the_calcaneus() -> None:
    foot = measure_foot(GOLDEN_AP, swapped(GOLDEN_LATERAL, "lateral", *range(4)))
    assert lost(foot) == LATERAL_ANGLES
    assert {flag.landmarks[0] for flag in foot.quality if flag.code == "wrong_side"} == {"L10", "L11"}


def test_a_swapped_set_stays_caught_when_any_point_is_missing() -> None:
    ap, lateral = swapped(GOLDEN_AP, "AP", *range(7)), swapped(GOLDEN_LATERAL, "lateral", *range(4))
    for k in range(16):
        if FOOT.ids("AP")[k] != "A15":
            assert lost(measure_foot(without(ap, k), None)) >= AP_ANGLES
    for k in range(11):
        assert lost(measure_foot(None, without(lateral, k))) >= LATERAL_ANGLES


def test_without_a15_the_side_is_unverified_but_measured() -> None:
    foot = measure_foot(without(GOLDEN_AP, 14), None)
    flag = next(flag for flag in foot.quality if flag.code == "sides_unverified")
    assert not flag.blocks
    assert foot.angles["hallux_abductus"].value is not None


def test_an_axis_below_two_percent_of_the_extent_is_rejected() -> None:
    """The diagonal of the lateral landmarks' box is hypot(140, 62) = 153.1, so 2 % are 3.06."""
    for length, rejected in ((3.0, True), (3.1, False)):
        points = GOLDEN_LATERAL.copy()
        points[9] = length, 0.0  # L10 beside L11 on the floor
        foot = measure_foot(None, points)
        assert ("axis_too_short" in codes(foot)) is rejected
        assert (foot.angles["calcaneal_pitch"].value is None) is rejected
        assert foot.angles["meary"].value is not None


def test_a_short_floor_line_does_not_matter_to_the_image_horizontal() -> None:
    points = without(GOLDEN_LATERAL, 9)
    points[0] = 2.0, 0.0
    assert measure_foot(None, points).extra["talar_declination"].value is None
    foot = measure_foot(None, points, floor="image")
    assert foot.extra["talar_declination"].value == pytest.approx(16.26, abs=0.01)
    assert foot.extra["talar_head_height"].value is None


@pytest.mark.parametrize(("ha", "rejected"), [(89, False), (91, True)])
def test_angles_beyond_90_degrees_are_refused(ha: float, rejected: bool) -> None:
    foot = measure_foot(ap_foot(ha=ha), None)
    assert (foot.angles["hallux_abductus"].value is None) is rejected
    assert ("angle_too_large" in codes(foot)) is rejected
    assert foot.angles["mt1_talar"].value is not None


def test_a_refused_angle_enters_no_sum() -> None:
    foot = measure_foot(ap_foot(aptc=-100), lateral_foot())
    assert foot.angles["ap_talocalcaneal"].value is None
    assert foot.extra["talocalcaneal_index"].value is None
    assert foot.extra["talocalcaneal_index"].reason


def test_unknown_sides_make_the_view_not_measurable() -> None:
    few = without(GOLDEN_AP, 2, 3, 6, 7, 9, 13)
    foot = measure_foot(few, GOLDEN_LATERAL)
    flag = next(flag for flag in foot.quality if flag.code == "sides_unknown")
    assert flag.blocks >= AP_ANGLES
    assert "fewer than two pairs" in flag.message
    assert foot.chirality == {"AP": None, "lateral": -1}


def test_uncoverage_needs_known_sides_too() -> None:
    few = without(GOLDEN_AP, *range(8), 9, 12, 13)
    assert measure_foot(few, None).extra["talonavicular_uncoverage"].value is None
    stored = measure_foot(few, None, chirality={"AP": 1})
    assert stored.extra["talonavicular_uncoverage"].value == pytest.approx(100 / 26)


def test_contradictory_sides_say_so() -> None:
    points = np.full((16, 2), np.nan)
    points[[8, 9, 10, 11]] = [-5, -10], [5, -10], [5, 0], [-5, 0]
    assert "sides_contradict" in {flag.code for flag in check_quality(points, "AP", chirality=1)}


@pytest.mark.parametrize(("tilt", "flagged"), [(4.9, False), (5.1, True), (-5.1, True)])
def test_floor_far_from_a_trusted_horizontal_is_flagged_and_blocks_nothing(tilt: float, flagged: bool) -> None:
    points = moved(GOLDEN_LATERAL, tilt)
    foot = measure_foot(None, points, orientation_trusted=True)
    assert ("floor_tilted" in codes(foot)) is flagged
    assert foot.angles["calcaneal_pitch"].value is not None
    assert not measure_foot(None, points).quality
    assert [f.code for f in check_quality(points, "lateral", orientation_trusted=True)] == ["floor_tilted"] * flagged


def test_batches_reject_what_single_feet_reject() -> None:
    rng = np.random.default_rng(8)
    ap = ap_foot() + rng.normal(0, 9, (200, 16, 2))
    lateral = lateral_foot() + rng.normal(0, 9, (200, 11, 2))
    ap[rng.random((200, 16)) < 0.05] = np.nan
    feet = measure_feet(ap, lateral, age_years=rng.choice([8.0, 30.0, np.nan], 200), weight_bearing="yes")
    assert 20 < feet.rejected.sum() < 200
    for k in range(200):
        foot = measure_foot(ap[k], lateral[k])
        for name, measured in (foot.angles | foot.extra).items():
            value = (feet.angles | feet.extra)[name][k]
            assert np.isnan(value) if measured.value is None else value == measured.value, name
            assert bool(measured.reason) is (measured.value is None)
