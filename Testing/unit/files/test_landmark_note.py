"""What the description of a Slicer point remembers."""

from __future__ import annotations

import pytest

from FootDeformityLib.files.landmark_note import LandmarkNote, parse_note

NOTES = [
    (LandmarkNote(), ""),
    (LandmarkNote(uncertain=True), "uncertain"),
    (LandmarkNote(confidence=0.87, ai_lps=(12.5, -3.0)), "AI 0.870 at 12.500 -3.000"),
    (LandmarkNote(ai_lps=(1.0, 2.0)), "AI at 1.000 2.000"),
    (LandmarkNote(True, True, 0.5, (1.0, 2.0)), "confirmed; uncertain; AI 0.500 at 1.000 2.000"),
]


@pytest.mark.parametrize(("note", "text"), NOTES)
def test_round_trip(note: LandmarkNote, text: str) -> None:
    assert note.text() == text
    assert parse_note(text) == note


def test_other_words_are_ignored() -> None:
    assert parse_note("please check, AI was odd here") == LandmarkNote()


def test_a_drag_is_told_from_rounding() -> None:
    note = parse_note("AI 0.9 at 10.000 20.000")
    assert note.is_at(10.0004, 19.9996)
    assert not note.is_at(10.01, 20.0)
