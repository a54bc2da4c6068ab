"""What edits do to one landmark."""

from __future__ import annotations

import math

import pytest

from FootDeformityLib.case.landmark import LandmarkState

AI = LandmarkState.detected((10.0, 20.0), 0.8)


def test_edits_keep_what_the_network_said() -> None:
    moved = AI.moved_to((13.0, 24.0))
    assert moved == LandmarkState((13.0, 24.0), (10.0, 20.0), 0.8, "moved")
    assert moved.moved_by_px == 5.0
    assert moved.confirmed().state == "confirmed"
    assert AI.confirmed().xy_px == AI.ai_xy_px
    assert AI.removed() == LandmarkState(None, (10.0, 20.0), 0.8, "missing")
    for edited in (moved, AI.confirmed(), AI.removed()):
        assert edited.reset() == AI


def test_a_point_without_a_network() -> None:
    placed = LandmarkState.placed((1.0, 2.0))
    assert placed.state == "confirmed"
    assert placed.moved_to((3.0, 4.0)).state == "confirmed"
    assert placed.moved_by_px is None
    assert placed.reset().state == "missing"


def test_missing_points() -> None:
    assert LandmarkState.detected(None, 0.1).state == "missing"
    assert LandmarkState.placed(None).state == "missing"
    assert LandmarkState().confirmed() == LandmarkState()
    assert LandmarkState().moved_to((1.0, 2.0)).state == "confirmed"


def test_only_untouched_points_need_review() -> None:
    assert not AI.reviewed
    assert all(state.reviewed for state in (AI.confirmed(), AI.moved_to((0.0, 0.0)), AI.removed()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"xy_px": (1.0, 2.0), "state": "missing"},
        {"xy_px": None, "state": "ai"},
        {"xy_px": (math.nan, 2.0), "state": "ai"},
        {"xy_px": (1.0, 2.0), "state": "ai", "confidence": 1.2},
    ],
)
def test_impossible_states_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"landmark|finite|confidence"):
        LandmarkState(**wrong)  # type: ignore[arg-type]
