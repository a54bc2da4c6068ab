"""A case: immutable, measured anew after every edit, one truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.history import History
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError


def meary(case: Case) -> float | None:
    return case.measurements.angles["meary"].value


def test_edits_return_new_cases(example_case: Case) -> None:
    before = meary(example_case)
    moved = example_case.move("lateral", "L2", (90.0, 180.0))
    assert meary(example_case) == before
    assert meary(moved) != before
    assert moved.views["lateral"].landmarks["L2"].state == "moved"
    assert moved.reset("lateral", "L2") == example_case


def test_undo_and_redo(example_case: Case) -> None:
    history = History(example_case)
    history = history.do(history.present.move("AP", "A5", (80.0, 130.0)))
    history = history.do(history.present.remove("AP", "A6"))
    assert history.undo().undo().present == example_case
    assert history.undo().redo().present == history.present
    assert history.do(history.present.remove("AP", "A6")) is history


def test_removing_a_point_takes_its_measurements_along(example_case: Case) -> None:
    case = example_case.remove("lateral", "L6")
    values = {name: angle.value for name, angle in case.measurements.angles.items()}
    assert values["meary"] is None
    assert values["lateral_talocalcaneal"] is None
    assert values["calcaneal_pitch"] == example_case.measurements.angles["calcaneal_pitch"].value


def test_a_case_is_reviewed_when_no_point_is_left_to_the_network(example_case: Case) -> None:
    assert not example_case.reviewed
    case = example_case.move("AP", "A1", (91.0, 60.0)).remove("lateral", "L1")
    case = case.confirm_all("AP").confirm_all("lateral")
    assert case.reviewed
    assert case.views["AP"].landmarks["A1"].state == "moved"
    assert case.views["lateral"].landmarks["L1"].state == "missing"
    assert not case.reset_all("AP").reviewed


def test_confirming_changes_no_number(example_case: Case) -> None:
    confirmed = example_case.confirm_all("AP").confirm_all("lateral")
    assert confirmed.measurements.angles == example_case.measurements.angles


def test_spacing_makes_pixels_square(example_case: Case) -> None:
    view = example_case.views["lateral"]
    stretched = replace(view.image, spacing_mm=(0.2, 0.1))
    landmarks = {
        name: replace(state, xy_px=(state.xy_px[0], 2 * state.xy_px[1]))
        for name, state in view.landmarks.items()
        if state.xy_px
    }
    case = example_case.with_view("lateral", CaseView(stretched, landmarks))
    assert meary(case) == pytest.approx(meary(example_case))
    assumed = replace(stretched, spacing_mm=None, pixel_aspect=0.5)
    assert meary(example_case.with_view("lateral", CaseView(assumed, landmarks))) == pytest.approx(meary(example_case))


def test_one_view_alone(example_case: Case) -> None:
    case = Case.from_views({"AP": example_case.views["AP"]}, Facts())
    assert meary(case) is None
    assert case.measurements.angles["hallux_abductus"].value is not None


def test_the_side_is_remembered_when_few_points_are_left(example_case: Case) -> None:
    case = example_case
    for name in ("A5", "A6", "A7", "A8", "A9", "A10", "A1", "A2", "A3", "A4", "A13"):
        case = case.remove("AP", name)
    assert case.chirality["AP"] == example_case.measurements.chirality["AP"]


def test_facts_and_criteria_change_the_labels_only(example_case: Case) -> None:
    case = example_case.with_facts(Facts("left", 5.0, "yes"))
    assert {finding.state for finding in case.measurements.findings.values()} == {"not_applicable"}
    other = example_case.with_criteria("lee2025-calibrated")
    assert other.measurements.criteria.name == "lee2025-calibrated"
    for changed in (case, other):
        np.testing.assert_equal(
            [a.value for a in changed.measurements.angles.values()],
            [a.value for a in example_case.measurements.angles.values()],
        )


def test_what_does_not_exist_is_named(example_case: Case) -> None:
    with pytest.raises(FootDeformityError, match="no landmark 'L1'"):
        example_case.move("AP", "L1", (0.0, 0.0))
    alone = Case.from_views({"AP": example_case.views["AP"]}, Facts())
    with pytest.raises(FootDeformityError, match="no lateral view"):
        alone.confirm_all("lateral")
    with pytest.raises(FootDeformityError, match="expected those of scheme"):
        Case({"lateral": example_case.views["AP"]})
