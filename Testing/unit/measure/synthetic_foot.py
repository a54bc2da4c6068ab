"""Feet made to measure: landmarks with chosen angles, and two feet that were worked out by hand.

Image coordinates, x right, y down. Lateral (AP) and distal (lateral view) point right, distal and dorsal up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

#: AP foot on whole numbers; each angle is that of a right-angled triangle, see test_golden_feet
GOLDEN_AP: Points = np.array(
    [
        [40, -164],  # A1  phalanx head, medial
        [20, -134],  # A2  phalanx base, medial
        [52, -156],  # A3  phalanx head, lateral
        [32, -126],  # A4  phalanx base, lateral
        [10, -110],  # A5  MT1 head, medial
        [-4, -62],  # A6  MT1 base, medial
        [26, -106],  # A7  MT1 head, lateral
        [12, -58],  # A8  MT1 base, lateral
        [-12, -30],  # A9  navicular, medial
        [12, -23],  # A10 navicular, lateral
        [-13, -20],  # A11 talar head, medial
        [13, -20],  # A12 talar head, lateral
        [-10, 0],  # A13 talar neck, medial
        [10, 0],  # A14 talar neck, lateral
        [34, -4],  # A15 calcaneus, distal
        [24, 20],  # A16 calcaneus, proximal
    ],
    dtype=np.float64,
)

#: lateral foot on whole numbers, floor = the x axis
GOLDEN_LATERAL: Points = np.array(
    [
        [140, 0],  # L1  fifth metatarsal head
        [132, -39],  # L2  MT1 head, dorsal
        [92, -48],  # L3  MT1 base, dorsal
        [128, -23],  # L4  MT1 head, plantar
        [88, -32],  # L5  MT1 base, plantar
        [61, -31],  # L6  talar head, plantar
        [67, -55],  # L7  talar head, dorsal
        [43, -62],  # L8  talar body, dorsal
        [37, -38],  # L9  talar body, plantar
        [48, -20],  # L10 calcaneus, plantar-distal
        [0, 0],  # L11 calcaneus, tuberosity
    ],
    dtype=np.float64,
)


def _ahead(degrees: float) -> Points:
    """Unit vector that lies so many degrees lateral of straight distal (up)."""
    angle = np.radians(degrees)
    return np.array([np.sin(angle), -np.cos(angle)])


def _rising(degrees: float) -> Points:
    """Unit vector that rises so many degrees above the floor."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), -np.sin(angle)])


def ap_foot(aptc: float = 22, tn: float = 10, mt: float = -8, ha: float = 14, talus: float = -12) -> Points:
    """AP landmarks (16, 2) in mm of a foot whose talus points ``talus`` degrees laterally."""
    axis, metatarsal, hallux = _ahead(talus), _ahead(talus - mt), _ahead(talus - mt + ha)
    head = 12 * axis
    navicular = head + 5 * axis
    mt_base = navicular + 40 * _ahead(talus / 2)
    mt_head = mt_base + 38 * metatarsal
    ph_base = mt_head + 18 * metatarsal + 5 * hallux
    ph_head = ph_base + 20 * hallux
    heel = np.array([27.0, 26.0])

    def pair(centre: Points, direction: float, half: float) -> tuple[Points, Points]:
        across = half * _ahead(direction + 90)
        return centre - across, centre + across

    a1, a3 = pair(ph_head, talus - mt + ha, 5.5)
    a2, a4 = pair(ph_base, talus - mt + ha, 6.5)
    a5, a7 = pair(mt_head, talus - mt, 7)
    a6, a8 = pair(mt_base, talus - mt, 8)
    a9, a10 = pair(navicular, talus + tn, 13)
    a11, a12 = pair(head, talus, 13)
    a13, a14 = pair(np.zeros(2), talus, 11)
    a15 = heel + 28 * _ahead(talus + aptc)
    return np.array([a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, heel])


def lateral_foot(me: float = 3, cp: float = 20, td: float = 22) -> Points:
    """Lateral landmarks (11, 2) in mm of a foot on a level floor; td is the talar declination."""
    talus, metatarsal = _rising(-td), _rising(me - td)
    body = np.array([40.0, -52.0])
    head = body + 30 * talus
    mt_base = head + np.array([44.0, 5.0])
    mt_head = mt_base + 40 * metatarsal
    up, up_mt = _rising(90 - td), _rising(90 + me - td)
    return np.array(
        [
            [142.0, 0.0],
            mt_head + 7 * up_mt,
            mt_base + 9 * up_mt,
            mt_head - 7 * up_mt,
            mt_base - 9 * up_mt,
            head - 12 * up,
            head + 12 * up,
            body + 14 * up,
            body - 14 * up,
            54 * _rising(cp),
            [0.0, 0.0],
        ]
    )


def moved(
    points: Points, rotation: float = 0, scale: float = 1, shift: tuple[float, float] = (0, 0), mirror: bool = False
) -> Points:
    """The same foot elsewhere in the image: mirrored first, then turned (degrees), scaled and shifted."""
    angle = np.radians(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flip = np.diag([-1.0 if mirror else 1.0, 1.0])
    return scale * points @ (turn @ flip).T + np.asarray(shift, dtype=np.float64)


def without(points: Points, *indices: int) -> Points:
    """A copy with some points missing."""
    copy = points.copy()
    copy[list(indices)] = np.nan
    return copy
