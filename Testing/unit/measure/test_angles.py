"""The seven angles: by hand, invariant, and related to each other as geometry demands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_foot import GOLDEN_AP, GOLDEN_LATERAL, ap_foot, lateral_foot, moved, without

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES, angle_in_words, ap_angles, lateral_angles
from FootDeformityLib.measure.extra import extra_measurements


def triangle(opposite: float, adjacent: float) -> float:
    return math.degrees(math.atan2(opposite, adjacent))


def test_golden_feet() -> None:
    """Worked out by hand from the midpoints.

    AP: T = (0,-20) - (0,0) = (0,-20); M = (18,-108) - (4,-60) = (14,-48); H = (46,-160) - (26,-130) = (20,-30);
    C = (34,-4) - (24,20) = (10,-24); cT = (26,0); cN = (24,7). Lateral is right and distal is up, so h = +1.
    APTC: T to C turns right by atan(10/24). TN: cT to cN turns right by atan(7/24). MT: T lies left of M by
    atan(14/48) = atan(7/24): negative, abducted. HA: cross(M,H) = 14*-30 + 48*20 = 540, dot = 280 + 1440 = 1720.
    Lateral: T falls by atan(7/24), M by atan(9/40), C rises by atan(20/48) over a level floor.
    """
    ap = ap_angles(GOLDEN_AP)
    assert ap["ap_talocalcaneal"] == pytest.approx(triangle(10, 24))  # 22.62
    assert ap["talonavicular"] == pytest.approx(triangle(7, 24))  # 16.26
    assert ap["mt1_talar"] == pytest.approx(-triangle(7, 24))
    assert ap["hallux_abductus"] == pytest.approx(triangle(540, 1720))  # 17.43
    lateral = lateral_angles(GOLDEN_LATERAL)
    assert lateral["meary"] == pytest.approx(triangle(7, 24) - triangle(9, 40))  # 3.58
    assert lateral["calcaneal_pitch"] == pytest.approx(triangle(20, 48))  # 22.62
    assert lateral["lateral_talocalcaneal"] == pytest.approx(triangle(20, 48) + triangle(7, 24))  # 38.88


def test_order_of_angles() -> None:
    assert (*ap_angles(GOLDEN_AP), *lateral_angles(GOLDEN_LATERAL)) == ANGLES


def test_random_feet_are_recovered_wherever_they_lie() -> None:
    """Neither side, mirroring, rotation, scale nor translation changes an angle (300 feet)."""
    rng = np.random.default_rng(27)
    for _ in range(300):
        ap = {"aptc": rng.uniform(0, 60), "tn": rng.uniform(-25, 60), "mt": rng.uniform(-45, 30)}
        ap |= {"ha": rng.uniform(-20, 60), "talus": rng.uniform(-40, 10)}
        lateral = {"me": rng.uniform(-30, 50), "cp": rng.uniform(-10, 40), "td": rng.uniform(5, 60)}
        place = {"rotation": rng.uniform(-180, 180), "scale": rng.uniform(0.2, 9), "mirror": bool(rng.integers(2))}
        shift = tuple(rng.normal(0, 400, 2))
        measured = ap_angles(moved(ap_foot(**ap), shift=shift, **place))
        measured |= lateral_angles(moved(lateral_foot(**lateral), shift=shift, **place))
        expected = [
            ap["aptc"],
            ap["tn"],
            ap["mt"],
            ap["ha"],
            lateral["me"],
            lateral["cp"],
            lateral["cp"] + lateral["td"],
        ]
        np.testing.assert_allclose([measured[name] for name in ANGLES], expected, atol=1e-9)


def test_identities() -> None:
    """LTC = CP + TD and ME = TD - MD, for any points."""
    rng = np.random.default_rng(3)
    points = lateral_foot() + rng.normal(0, 2, (500, 11, 2))
    angles, extra = lateral_angles(points), extra_measurements(None, points)
    pitch, declination = angles["calcaneal_pitch"], extra["talar_declination"]
    np.testing.assert_allclose(angles["lateral_talocalcaneal"], pitch + declination, atol=1e-9)
    np.testing.assert_allclose(angles["meary"], declination - extra["mt1_declination"], atol=1e-9)


def test_signs_of_a_flat_abducted_foot_with_bunion() -> None:
    ap, lateral = ap_angles(ap_foot(aptc=27, tn=20, mt=-11, ha=13)), lateral_angles(lateral_foot(me=7, cp=15, td=20))
    assert ap["mt1_talar"] < 0
    assert min(*(ap[k] for k in ap if k != "mt1_talar"), *lateral.values()) > 0


def test_batches_of_any_shape_equal_single_feet() -> None:
    rng = np.random.default_rng(5)
    batch = ap_foot() + rng.normal(0, 1, (3, 4, 16, 2))
    batch[1, 2, 6] = np.nan
    for name, values in ap_angles(batch).items():
        assert values.shape == (3, 4)
        np.testing.assert_array_equal(values[1, 2], ap_angles(batch[1, 2])[name])
        np.testing.assert_array_equal(values[2, 3], ap_angles(batch[2, 3])[name])


def test_infinite_points_and_half_points_are_missing() -> None:
    points = GOLDEN_LATERAL.copy()
    points[9] = np.inf, -np.inf
    points[1, 0] = np.nan
    assert np.isnan(list(lateral_angles(points).values())).all()


def test_an_axis_without_length_gives_no_angle() -> None:
    points = GOLDEN_LATERAL.copy()
    points[9] = points[10]
    angles = lateral_angles(points)
    assert np.isnan(angles["calcaneal_pitch"]) and np.isnan(angles["lateral_talocalcaneal"])
    assert np.isfinite(angles["meary"])


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("rotation", [0, 7, -4, 180])
def test_image_floor_depends_on_rotation_only(rotation: float, mirror: bool) -> None:
    """Turning the image clockwise on screen lowers the toes of a foot that points right, raises those of its mirror."""
    points = moved(lateral_foot(cp=20), rotation=rotation, mirror=mirror)
    lean = 0 if rotation == 180 else (rotation if mirror else -rotation)
    image, landmark = lateral_angles(points, floor="image"), lateral_angles(points)
    assert image["calcaneal_pitch"] == pytest.approx(20 + lean)
    assert image["meary"] == pytest.approx(landmark["meary"])
    assert image["lateral_talocalcaneal"] == pytest.approx(landmark["lateral_talocalcaneal"])


def test_image_floor_does_not_need_the_floor_landmark() -> None:
    angles = lateral_angles(without(lateral_foot(cp=20), 0), floor="image")
    assert angles["calcaneal_pitch"] == pytest.approx(20)


def test_manual_floor_runs_either_way() -> None:
    heel_to_toe = np.array([[0.0, 5.0], [10.0, 5.0]])
    for line in (heel_to_toe, heel_to_toe[::-1]):
        angles = lateral_angles(lateral_foot(cp=20), floor="manual", floor_line=line)
        assert angles["calcaneal_pitch"] == pytest.approx(20)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(FootDeformityError, match=r"shape \(\.\.\., 16, 2\)"):
        ap_angles(GOLDEN_LATERAL)
    with pytest.raises(FootDeformityError, match="floor line"):
        lateral_angles(GOLDEN_LATERAL, floor="manual")
    with pytest.raises(FootDeformityError, match="Unknown floor"):
        lateral_angles(GOLDEN_LATERAL, floor="sky")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "degrees", "words"),
    [
        ("mt1_talar", -10.2, "10 degrees abducted"),
        ("mt1_talar", 10.2, "10 degrees adducted"),
        ("mt1_talar", -0.3, "0 degrees"),
        ("talonavicular", 12, "12 degrees abducted"),
        ("meary", -6, "6 degrees apex dorsal"),
        ("calcaneal_pitch", -3, "-3 degrees"),
        ("hallux_abductus", None, "not measurable"),
        ("hallux_abductus", math.nan, "not measurable"),
    ],
)
def test_angles_in_words(name: str, degrees: float | None, words: str) -> None:
    assert angle_in_words(name, degrees) == words
