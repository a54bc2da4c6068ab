"""One foot and many: the calls that hosts and evaluation make."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_foot import GOLDEN_AP, GOLDEN_LATERAL, without

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.feet import measure_feet
from FootDeformityLib.measure.foot import measure_foot
from FootDeformityLib.measure.foot_length import foot_length


def test_golden_foot_to_diagnosis() -> None:
    """TN 16.3 and HA 17.4 are beyond the adult cut-offs 7 and 15, not beyond the child's 20 and 20."""
    adult = measure_foot(GOLDEN_AP, GOLDEN_LATERAL, age_years=30, weight_bearing="yes")
    states = {name: (f.state, f.grey_zone) for name, f in adult.findings.items()}
    assert states == {
        "pes_planus": ("absent", True),  # Meary 3.58, cut-off 4
        "pes_cavus": ("absent", False),
        "hindfoot_valgus": ("absent", False),  # 22.62, cut-off 30
        "forefoot_abduction": ("present", False),
        "hallux_valgus": ("present", True),  # 17.43, cut-off 15, half width 2.85
    }
    assert adult.findings["hallux_valgus"].severity == "mild"
    assert tuple(adult.angles) == ANGLES
    assert adult.chirality == {"AP": 1, "lateral": -1}
    assert not adult.quality and not adult.warnings
    child = measure_foot(GOLDEN_AP, GOLDEN_LATERAL, age_years=10, weight_bearing="yes")
    assert {f.state for f in child.findings.values()} == {"absent"}


def test_one_view_alone() -> None:
    foot = measure_foot(GOLDEN_AP, None, age_years=30, weight_bearing="yes")
    assert foot.angles["meary"].value is None
    assert foot.angles["meary"].reason == "There are no landmarks of the lateral view."
    assert foot.extra["talocalcaneal_index"].reason == "There are no landmarks of the lateral view."
    assert foot.findings["pes_planus"].state == "not_measurable"
    assert foot.findings["hallux_valgus"].state == "present"


def test_no_points_at_all() -> None:
    foot = measure_foot()
    assert all(m.value is None and m.reason for m in (foot.angles | foot.extra).values())
    assert not foot.quality


def test_missing_points_are_named() -> None:
    foot = measure_foot(without(GOLDEN_AP, 4, 15), None)
    assert foot.angles["hallux_abductus"].reason == "A5 missing."
    assert foot.extra["ap_calcaneus_mt1"].reason == "A5, A16 missing."
    assert measure_foot(None, without(GOLDEN_LATERAL, 0), floor="image").angles["calcaneal_pitch"].value is not None


def test_spacing_makes_pixels_square() -> None:
    squeezed = GOLDEN_AP / (0.2, 0.1)
    right = measure_foot(squeezed, None, ap_spacing=(0.2, 0.1))
    for name in ("ap_talocalcaneal", "talonavicular", "mt1_talar", "hallux_abductus"):
        assert right.angles[name].value == pytest.approx(measure_foot(GOLDEN_AP).angles[name].value)
    assert measure_foot(squeezed).angles["ap_talocalcaneal"].value != pytest.approx(22.62, abs=1)


def test_unknown_aspect_ratio_makes_the_view_not_measurable() -> None:
    foot = measure_foot(GOLDEN_AP, GOLDEN_LATERAL, age_years=30, weight_bearing="yes", lateral_aspect_known=False)
    assert "aspect ratio" in foot.angles["meary"].reason
    assert foot.extra["tmt_index"].value is None
    assert foot.angles["hallux_abductus"].value is not None
    assert foot.findings["pes_planus"].state == "not_measurable"


def test_stored_chirality_stands_in() -> None:
    few = without(GOLDEN_LATERAL, 1, 2, 7)
    assert measure_foot(None, few).angles["calcaneal_pitch"].value is None
    stored = measure_foot(None, few, chirality={"AP": None, "lateral": -1})
    assert stored.angles["calcaneal_pitch"].value == pytest.approx(22.62, abs=0.01)


def test_warnings() -> None:
    foot = measure_foot(GOLDEN_AP, GOLDEN_LATERAL, criteria="lee2025-calibrated", floor="image")
    text = " ".join(foot.warnings)
    for words in ("Weight-bearing is unknown", "age is unknown", "not the authors' table", "never mix"):
        assert words in text
    assert foot.findings["hallux_valgus"].state in ("present", "absent", "not_measurable")
    young = measure_foot(GOLDEN_AP, GOLDEN_LATERAL, age_years=5, weight_bearing="no")
    assert "Not weight-bearing" in young.warnings[0] and "Under 7 years" in young.warnings[1]
    assert young.angles["meary"].value is not None


def test_values_in_words() -> None:
    foot = measure_foot(GOLDEN_AP, None)
    assert foot.angles["mt1_talar"].in_words() == "16.3 degrees abducted"
    assert foot.extra["mtp1_offset"].in_words() == "0.09 neck widths"
    assert foot.angles["meary"].in_words() == "not measurable"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ap_points": np.zeros((11, 2))},
        {"ap_points": np.zeros((2, 16, 2))},
        {"ap_points": GOLDEN_AP, "ap_spacing": (0.1, 0.0)},
        {"ap_points": GOLDEN_AP, "ap_spacing": (0.1, np.nan)},
        {"age_years": -3},
        {"weight_bearing": "perhaps"},
        {"criteria": "textbook"},
    ],
)
def test_wrong_input_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(FootDeformityError):
        measure_foot(**wrong)  # type: ignore[arg-type]


def test_feet_of_one_view() -> None:
    feet = measure_feet(None, np.stack([GOLDEN_LATERAL] * 3), age_years=[30, 10, 5], weight_bearing="yes")
    assert feet.angles["meary"].shape == (3,)
    assert np.isnan(feet.angles["hallux_abductus"]).all()
    assert feet.decisions.states("pes_planus").tolist() == ["absent", "absent", "not_applicable"]
    assert feet.decisions.states("hallux_valgus").tolist() == ["not_measurable", "not_measurable", "not_applicable"]


def test_foot_length() -> None:
    """AP from A16 (24, 20) to m(A1, A3) = (46, -160); lateral 140; the boxes are 65 x 164 without A16 and 140 x 62."""
    assert foot_length(GOLDEN_AP, "AP") == pytest.approx(np.hypot(22, 180))
    assert foot_length(GOLDEN_LATERAL, "lateral") == pytest.approx(140)
    assert foot_length(without(GOLDEN_AP, 15), "AP") == pytest.approx(np.hypot(65, 164))
    certain = np.ones(11, dtype=bool)
    certain[0] = False
    assert foot_length(GOLDEN_LATERAL, "lateral", certain) == pytest.approx(np.hypot(140, 62))
    assert np.isnan(foot_length(np.full((16, 2), np.nan), "AP"))
