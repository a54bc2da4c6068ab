"""Undo and redo."""

from __future__ import annotations

from FootDeformityLib.case.history import History


def test_there_and_back() -> None:
    history = History(0).do(1).do(2)
    assert history.undo().present == 1
    assert history.undo().undo().present == 0
    assert history.undo().undo().undo().present == 0
    assert history.undo().redo() == history
    assert history.redo() is history


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = History(0).do(1).undo().do(2)
    assert not history.can_redo
    assert history.undo().present == 0


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    assert not History(0).do(0).can_undo


def test_the_past_is_bounded() -> None:
    history = History(0, limit=3)
    for value in range(1, 10):
        history = history.do(value)
    assert history.past == (6, 7, 8)
