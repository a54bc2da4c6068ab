"""h: which way round the image shows the foot, also with missing points."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_foot import GOLDEN_AP, GOLDEN_LATERAL, moved, without

from FootDeformityLib.measure.angles import ap_angles, lateral_angles
from FootDeformityLib.measure.chirality import chirality
from FootDeformityLib.measure.extra import extra_measurements
from FootDeformityLib.measure.scheme import load_scheme


@pytest.mark.parametrize(("view", "points", "h"), [("AP", GOLDEN_AP, 1), ("lateral", GOLDEN_LATERAL, -1)])
def test_mirroring_changes_the_sign_and_rotation_does_not(view: str, points: np.ndarray, h: int) -> None:
    for rotation in range(-180, 180, 20):
        assert chirality(moved(points, rotation), view) == h
        assert chirality(moved(points, rotation, mirror=True), view) == -h


@pytest.mark.parametrize("landmark", load_scheme().all_landmarks, ids=lambda mark: mark.id)
def test_a_deleted_point_removes_exactly_what_names_it(landmark) -> None:  # type: ignore[no-untyped-def]
    """All 27 points alone; what remains keeps its value to the last bit. ids are written out, not read."""
    named = {
        "ap_talocalcaneal": "A11 A12 A13 A14 A15 A16",
        "talonavicular": "A9 A10 A11 A12",
        "mt1_talar": "A5 A6 A7 A8 A11 A12 A13 A14",
        "hallux_abductus": "A1 A2 A3 A4 A5 A6 A7 A8",
        "meary": "L2 L3 L4 L5 L6 L7 L8 L9",
        "calcaneal_pitch": "L1 L10 L11",
        "lateral_talocalcaneal": "L6 L7 L8 L9 L10 L11",
        "talar_declination": "L1 L6 L7 L8 L9 L11",
        "mt1_declination": "L1 L2 L3 L4 L5 L11",
        "calcaneal_mt1": "L2 L3 L4 L5 L10 L11",
        "talocalcaneal_index": "A11 A12 A13 A14 A15 A16 L6 L7 L8 L9 L10 L11",
        "talonavicular_uncoverage": "A9 A11 A12",
        "ap_calcaneus_mt1": "A5 A6 A7 A8 A15 A16",
        "naviculo_mt1": "A5 A6 A7 A8 A9 A10",
        "hallux_abductus_medial": "A1 A2 A5 A6",
        "mtp1_offset": "A2 A4 A5 A6 A7 A8",
        "talar_head_height": "L1 L6 L11",
        "calcaneocuboid_height": "L1 L10 L11",
        "talo_mt1_base": "A6 A8 A11 A12 A13 A14",
        "tmt_index": "A6 A8 A11 A12 A13 A14 L2 L3 L4 L5 L6 L7 L8 L9",
    }
    assert {name: set(ids.split()) for name, ids in named.items()} == load_scheme().measurement_ids
    ap, lateral = GOLDEN_AP.copy(), GOLDEN_LATERAL.copy()
    whole = ap_angles(ap) | lateral_angles(lateral) | extra_measurements(ap, lateral)
    (ap if landmark.view == "AP" else lateral)[load_scheme().index(landmark.view, landmark.id)] = np.nan
    rest = ap_angles(ap) | lateral_angles(lateral) | extra_measurements(ap, lateral)
    for name, ids in named.items():
        if landmark.id in ids.split():
            assert np.isnan(rest[name]), name
        else:
            assert rest[name] == whole[name], name


def test_one_pair_is_too_few_and_the_stored_value_stands_in() -> None:
    """Of the AP pairs only A11-A12 is complete."""
    few = without(GOLDEN_AP, 2, 3, 6, 7, 9, 13)
    assert np.isnan(chirality(few, "AP"))
    assert chirality(few, "AP", stored=-1) == -1
    assert chirality(few, "AP", stored=0) != 0  # only +1 and -1 are chiralities


def test_two_pairs_are_enough_and_outweigh_a_stored_value() -> None:
    two = without(GOLDEN_AP, 2, 3, 6, 7, 9)
    assert chirality(two, "AP") == 1
    assert chirality(two, "AP", stored=-1) == 1


def test_angles_of_a_view_with_too_few_pairs_need_the_stored_chirality() -> None:
    few = without(GOLDEN_LATERAL, 1, 2, 7)  # only L7-L6 is complete
    assert np.isnan(list(lateral_angles(few).values())).all()
    stored = lateral_angles(few, chirality=-1)
    assert stored["calcaneal_pitch"] == lateral_angles(GOLDEN_LATERAL)["calcaneal_pitch"]
    assert np.isnan(stored["meary"])


def test_contradictory_pairs_are_an_error_that_no_stored_value_mends() -> None:
    """Two bones, two equal pairs that point opposite ways: the sum of the cross products is 0."""
    points = np.full((16, 2), np.nan)
    points[[8, 9, 10, 11]] = [-5, -10], [5, -10], [5, 0], [-5, 0]
    assert np.isnan(chirality(points, "AP"))
    assert np.isnan(chirality(points, "AP", stored=1))


def test_distal_runs_between_the_outermost_bones_present() -> None:
    """The talus and the calcaneus alone still tell the side, so the angle between them stays."""
    rest = without(GOLDEN_AP, *range(10))
    assert chirality(rest, "AP") == 1
    assert ap_angles(rest)["ap_talocalcaneal"] == ap_angles(GOLDEN_AP)["ap_talocalcaneal"]


def test_batch_with_different_missing_points() -> None:
    batch = np.stack([GOLDEN_AP, without(GOLDEN_AP, 2, 3, 6, 7, 9, 13), moved(GOLDEN_AP, mirror=True)])
    np.testing.assert_array_equal(chirality(batch, "AP"), [1, np.nan, -1])
    np.testing.assert_array_equal(chirality(batch, "AP", stored=[-1, -1, np.nan]), [1, -1, -1])
