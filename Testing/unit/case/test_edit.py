"""Every edit says who made it and when; files and documents keep that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import from_document, to_document
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.history import History
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import untouched_by_people, write_case_landmarks
from FootDeformityLib.files.markups import read_markups
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.geometry import Affine

FIRST = Edit("AB", "2026-01-31T09:05:00Z")
SECOND = Edit("CD", "2026-01-31T09:06:00Z")
AI = LandmarkState.detected((10.0, 20.0), 0.3)


def stamp(state: LandmarkState) -> tuple[str | None, str | None]:
    return state.reader, state.edited_at


def test_every_edit_is_signed() -> None:
    for edited in (AI.moved_to((1.0, 2.0), FIRST), AI.confirmed(FIRST), AI.removed(FIRST)):
        assert stamp(edited) == ("AB", FIRST.time)
        assert stamp(edited.marked_uncertain(True, SECOND)) == ("CD", SECOND.time)
        assert edited.marked_uncertain(True, SECOND).reset() == AI


def test_marking_as_uncertain_is_no_confirmation() -> None:
    marked = AI.marked_uncertain(True, FIRST)
    assert (marked.state, marked.uncertain, marked.reviewed) == ("ai", True, False)
    assert not marked.marked_uncertain(False, FIRST).uncertain


def test_saying_the_same_again_is_no_edit() -> None:
    confirmed = AI.confirmed(FIRST)
    assert confirmed.confirmed(Edit("AB", SECOND.time)) is confirmed
    assert confirmed.confirmed() is confirmed
    assert stamp(confirmed.confirmed(SECOND)) == ("CD", SECOND.time)


def test_undo_brings_back_who_it_was(example_case: Case) -> None:
    history = History(example_case).do(example_case.move("AP", "A1", (80.0, 60.0), FIRST))
    history = history.do(history.present.move("AP", "A1", (81.0, 60.0), SECOND))
    assert stamp(history.present.views["AP"].landmarks["A1"]) == ("CD", SECOND.time)
    assert stamp(history.undo().present.views["AP"].landmarks["A1"]) == ("AB", FIRST.time)
    assert history.undo().undo().present == example_case


def test_a_point_that_nobody_placed_is_not_answered_for() -> None:
    assert not LandmarkState().answered
    assert LandmarkState().removed(FIRST).answered
    assert LandmarkState.placed((1.0, 2.0)).answered
    assert not AI.answered
    assert AI.removed().answered


def test_being_done_signs_what_was_never_placed(example_case: Case) -> None:
    case = example_case.remove("AP", "A3", FIRST).remove_unplaced("AP", SECOND)
    assert stamp(case.views["AP"].landmarks["A3"]) == ("CD", SECOND.time)
    assert case.views["AP"].landmarks["A1"] == example_case.views["AP"].landmarks["A1"]


@pytest.mark.parametrize("reader", ["A B", "../x", "A.B", "A/B", "123456789", "confirmed", "A_B"])
def test_only_plain_initials_sign(reader: str) -> None:
    with pytest.raises(FootDeformityError, match="expected initials"):
        Edit(reader, FIRST.time)


def test_initials_of_any_script_and_none_at_all() -> None:
    assert Edit.now("김영").reader == "김영"
    assert Edit.now("").reader is None
    with pytest.raises(FootDeformityError, match="must be like"):
        Edit("AB", "yesterday")


def signed_case(case: Case) -> Case:
    case = case.move("AP", "A1", (95.0, 60.0), FIRST).confirm("AP", "A2", Edit("김영", SECOND.time))
    case = case.remove("AP", "A3", FIRST).mark_uncertain("AP", "A4", True, SECOND)
    case = case.mark_uncertain("AP", "A1", True, SECOND).confirm("AP", "A5", Edit(None, FIRST.time))
    return case.move("AP", "A6", (90.0, 220.0), FIRST)  # where it was


def test_case_json_keeps_it(example_case: Case) -> None:
    case = signed_case(example_case)
    assert from_document(json.loads(json.dumps(to_document(case)))) == case


def test_older_case_files_are_read(example_case: Case) -> None:
    document: dict[str, Any] = to_document(example_case)
    for marks in document["landmarks"].values():
        for mark in marks.values():
            del mark["reader"], mark["edited_at"]
    document["schema_version"] = "1.0"
    assert from_document(document) == example_case


@pytest.mark.parametrize("name", ["ap.mrk.json", "ap.fcsv"])
def test_slicer_files_keep_it(tmp_path: Path, example_case: Case, scheme: Scheme, name: str) -> None:
    marks = signed_case(example_case).views["AP"].landmarks
    frame = Affine.scaling(0.15, 0.2)
    case = signed_case(example_case)
    write_case_landmarks(tmp_path / name, case.views["AP"].landmarks_document(), frame)
    read = view_from_landmark_file(tmp_path / name, "AP", scheme, lps_from_pixels=frame).landmarks
    for key, state in marks.items():
        expected = "confirmed" if key == "A6" else state.state  # moved back by hand: a person looked at it
        assert (read[key].state, read[key].uncertain, stamp(read[key])) == (expected, state.uncertain, stamp(state))
        assert read[key].xy_px == (None if state.xy_px is None else pytest.approx(state.xy_px))
    assert "edited 2026-01-31T09:06:00Z by 김영" in read_markups(tmp_path / name).descriptions[1]


def test_any_signed_point_is_a_persons_work(tmp_path: Path, example_case: Case) -> None:
    path = tmp_path / "ap.mrk.json"
    for case in (
        example_case.mark_uncertain("AP", "A4", True, FIRST),
        example_case.mark_uncertain("AP", "A4", True, FIRST).mark_uncertain("AP", "A4", False, FIRST),
        example_case.move("AP", "A6", (90.0, 220.0)),
    ):
        write_case_landmarks(path, case.views["AP"].landmarks_document(), Affine.identity())
        assert not untouched_by_people(path)
        write_case_landmarks(path, case.reset_all("AP").views["AP"].landmarks_document(), Affine.identity())
        assert untouched_by_people(path)
