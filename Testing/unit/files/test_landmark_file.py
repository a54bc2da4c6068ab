"""Landmarks of one view: labels are ids, nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.landmark_file import landmark_view, load_landmarks
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import Scheme


def write(path: Path, points: dict[str, tuple[float, float]], **more: list[str]) -> Path:
    write_markups(path, list(points), list(points.values()), **more)
    return path


def test_points_come_in_the_schemes_order(tmp_path: Path, scheme: Scheme) -> None:
    path = write(tmp_path / "a.mrk.json", {"A3": (3, 30), " A1 ": (1, 10)}, descriptions=["uncertain", ""])
    loaded = load_landmarks(path, scheme, "AP")
    assert loaded.points.shape == (16, 2)
    assert loaded.points[0].tolist() == [1, 10]
    assert loaded.points[2].tolist() == [3, 30]
    assert np.isnan(loaded.points[[1, *range(3, 16)]]).all()
    assert loaded.uncertain.tolist() == [False, False, True] + [False] * 13
    assert loaded.descriptions[2] == "uncertain"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"A1": (1, 1), "A1 ": (2, 2)}, "'A1' occurs more than once"),
        ({"A1": (1, 1), "F-1": (2, 2)}, "'F-1' is not among the AP landmarks"),
        ({"A1": (1, 1), "L1": (2, 2)}, "'L1' is not among the AP landmarks"),
        ({"L1": (1, 1), "L2": (2, 2)}, "the landmarks of the lateral view, expected AP"),
        ({"F-1": (1, 1), "F-2": (2, 2)}, "called 'F-1', 'F-2', expected the AP landmarks A1 to A16"),
        ({}, "holds no points"),
    ],
)
def test_refusals(tmp_path: Path, scheme: Scheme, points: dict[str, tuple[float, float]], words: str) -> None:
    path = tmp_path / "a.mrk.json"
    write_markups(path, list(points), np.array(list(points.values()), float).reshape(-1, 2))
    with pytest.raises(FootDeformityError, match=words):
        load_landmarks(path, scheme, "AP")


def merged(folder: Path, *files: Path) -> Path:
    documents = [json.loads(file.read_text()) for file in files]
    documents[0]["markups"] = [node for document in documents for node in document["markups"]]
    path = folder / "both.mrk.json"
    path.write_text(json.dumps(documents[0]))
    return path


def test_the_views_own_list_is_taken_of_several(tmp_path: Path, scheme: Scheme) -> None:
    path = merged(
        tmp_path, write(tmp_path / "a.mrk.json", {"A1": (1, 1)}), write(tmp_path / "l.mrk.json", {"L2": (2, 2)})
    )
    assert load_landmarks(path, scheme, "AP").points[0].tolist() == [1, 1]
    assert load_landmarks(path, scheme, "lateral").points[1].tolist() == [2, 2]
    assert landmark_view(path, scheme) is None


def test_two_lists_of_one_view_are_refused(tmp_path: Path, scheme: Scheme) -> None:
    path = merged(
        tmp_path, write(tmp_path / "a.mrk.json", {"A1": (1, 1)}), write(tmp_path / "b.mrk.json", {"A2": (2, 2)})
    )
    with pytest.raises(FootDeformityError, match="2 point lists with AP landmarks"):
        load_landmarks(path, scheme, "AP")


def test_view_of_a_file(tmp_path: Path, scheme: Scheme) -> None:
    assert landmark_view(write(tmp_path / "l.mrk.json", {"L1": (1, 1)}), scheme) == "lateral"
