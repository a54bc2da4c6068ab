"""Further measurements of section 6, by hand on the golden feet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_foot import GOLDEN_AP, GOLDEN_LATERAL, moved

from FootDeformityLib.measure.extra import extra_measurements


def triangle(opposite: float, adjacent: float) -> float:
    return math.degrees(math.atan2(opposite, adjacent))


#: vectors as in test_golden_feet
BY_HAND = {
    "talar_declination": triangle(7, 24),
    "mt1_declination": triangle(9, 40),
    "calcaneal_mt1": 180 - triangle(9, 40) - triangle(20, 48),  # M falls, C rises
    "talocalcaneal_index": triangle(10, 24) + triangle(20, 48) + triangle(7, 24),
    "talonavicular_uncoverage": 100 / 26,  # A9 - A11 = (1,-10) along cT = (26,0)
    "ap_calcaneus_mt1": triangle(14, 48) - triangle(10, 24),  # C 22.6, M 16.3 right of straight ahead
    "naviculo_mt1": 0.0,  # the distal normal of (24,7) is (7,-24), parallel to M = (14,-48)
    "hallux_abductus_medial": triangle(540, 1720),  # A5-A6 = M, A1-A2 = H
    "mtp1_offset": 76 / 50 / math.hypot(16, 4),  # cross((14,-48),(8,-22)) = 76, |M| = 50, A7-A5 = (16,4)
    "talar_head_height": 31 / 140,
    "calcaneocuboid_height": 20 / 140,
    "talo_mt1_base": triangle(4, 40),  # B = (4,-60) - (0,-20)
    "tmt_index": triangle(7, 24) - triangle(9, 40) + triangle(4, 40),
}


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("rotation", [0, 33, -140])
def test_golden_feet_wherever_they_lie(rotation: float, mirror: bool) -> None:
    ap = moved(GOLDEN_AP, rotation, 3.5, (900, 40), mirror)
    lateral = moved(GOLDEN_LATERAL, rotation, 0.4, (-30, 7), mirror)
    extra = extra_measurements(ap, lateral)
    assert extra.keys() == BY_HAND.keys()
    for name, value in BY_HAND.items():
        assert extra[name] == pytest.approx(value, abs=1e-9), name


def test_uncoverage_stays_between_none_and_all() -> None:
    ap = GOLDEN_AP.copy()
    ap[8] = -40, -30
    assert extra_measurements(ap, None)["talonavicular_uncoverage"] == 0
    ap[8] = 40, -30
    assert extra_measurements(ap, None)["talonavicular_uncoverage"] == 100


def test_one_view_alone_leaves_the_other_out() -> None:
    extra = extra_measurements(GOLDEN_AP, None)
    lateral = {"talar_declination", "mt1_declination", "calcaneal_mt1", "talar_head_height", "calcaneocuboid_height"}
    lacking = {name for name, value in extra.items() if np.isnan(value)}
    assert lacking == lateral | {"talocalcaneal_index", "tmt_index"}
