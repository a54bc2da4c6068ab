"""What the user says goes before the tags; contradictions are said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from FootDeformityLib.case.facts import gather_facts
from FootDeformityLib.radiographs.radiograph import Radiograph


def image(**tags: Any) -> Radiograph:
    return Radiograph(Path("x.dcm"), np.zeros((40, 40), np.float32), "DICOM DX", 12, None, "unknown", **tags)


def test_tags_that_agree() -> None:
    tags = {"side": "left", "age_years": 12.0, "weight_bearing": "yes"}
    facts = gather_facts({"AP": image(view="AP", **tags), "lateral": image(view="lateral", **tags)})
    assert (facts.side, facts.age_years, facts.weight_bearing, facts.warnings) == ("left", 12.0, "yes", ())


def test_nothing_known() -> None:
    facts = gather_facts({"AP": image()})
    assert (facts.side, facts.age_years, facts.weight_bearing, facts.warnings) == ("unknown", None, "unknown", ())


def test_contradicting_sides() -> None:
    facts = gather_facts({"AP": image(side="left"), "lateral": image(side="right")})
    assert facts.side == "unknown"
    assert "contradict each other about the side" in facts.warnings[0]


def test_options_override_tags_and_say_so() -> None:
    facts = gather_facts({"AP": image(side="left", age_years=12.0, weight_bearing="no")}, "right", 40.0, "yes")
    assert (facts.side, facts.age_years, facts.weight_bearing) == ("right", 40.0, "yes")
    assert len(facts.warnings) == 3


def test_ages_years_apart() -> None:
    facts = gather_facts({"AP": image(age_years=12.0), "lateral": image(age_years=16.0)})
    assert facts.age_years == 16.0
    assert "two ages" in facts.warnings[0]


@pytest.mark.parametrize(
    ("ap", "lateral", "expected"),
    [
        ("yes", "yes", "yes"),
        ("no", "no", "no"),
        ("yes", "unknown", "unknown"),
        ("no", "unknown", "no"),
        ("yes", "no", "unknown"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_weight_bearing_of_two_images(ap: str, lateral: str, expected: str) -> None:
    facts = gather_facts({"AP": image(weight_bearing=ap), "lateral": image(weight_bearing=lateral)})
    assert facts.weight_bearing == expected
    assert bool(facts.warnings) == ({ap, lateral} == {"yes", "no"})


def test_wrong_views() -> None:
    assert "called lateral in its tags" in gather_facts({"AP": image(view="lateral")}).warnings[0]
    swapped = gather_facts({"AP": image(view="lateral"), "lateral": image(view="AP")})
    assert "swapped" in swapped.warnings[0]
