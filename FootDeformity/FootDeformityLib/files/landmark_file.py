"""Landmarks of one view from a Slicer point file: labels are the scheme's ids, nothing is guessed."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.files.markups import MarkupsError, MarkupsPoints, read_all_markups
from FootDeformityLib.measure.scheme import Scheme


@dataclass(frozen=True, eq=False)
class LoadedLandmarks:
    """Landmarks in the order of ``scheme.ids(view)``.

    points: float64 (K, 2), LPS x, y in mm in the file's frame, NaN = missing; equal to image pixels
    (x right, y down, first pixel's centre at 0, 0) for images that Slicer loads with spacing 1.
    uncertain: bool (K,), marked by a person as an estimate. descriptions: one text a landmark.
    """

    points: NDArray[np.float64]
    uncertain: NDArray[np.bool_]
    descriptions: tuple[str, ...]


def load_landmarks(path: str | os.PathLike[str], scheme: Scheme, view: str) -> LoadedLandmarks:
    """Read the landmarks of ``view`` from a .mrk.json or .fcsv file.

    Of several point lists in the file, the one that carries the view's labels is taken. Landmarks that
    the file lacks are NaN. Raises MarkupsError for duplicate or unknown labels, another view's points,
    no points at all, and everything that read_all_markups refuses.
    """
    ids = scheme.ids(view)
    node = _choose(path, read_all_markups(path), scheme, view)
    labels = [label.strip() for label in node.labels]
    unknown = sorted({label for label in labels if label not in ids})
    if unknown:
        raise MarkupsError(
            f"{path}: {_list(unknown)} {'is' if len(unknown) == 1 else 'are'} not among the {view} landmarks of scheme "
            f"{scheme.name} ({ids[0]} to {ids[-1]}). Rename or remove these points."
        )
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise MarkupsError(f"{path}: {_list(twice)} occurs more than once. Keep one point of each name.")
    points = np.full((len(ids), 2), np.nan)
    uncertain = np.zeros(len(ids), dtype=np.bool_)
    descriptions = [""] * len(ids)
    for row, label in enumerate(labels):
        index = scheme.index(view, label)
        points[index] = node.positions[row, :2]
        uncertain[index] = node.uncertain[row]
        descriptions[index] = node.descriptions[row]
    return LoadedLandmarks(points, uncertain, tuple(descriptions))


def landmark_view(path: str | os.PathLike[str], scheme: Scheme) -> str | None:
    """Return the view whose labels the file carries, or None if that is not exactly one."""
    nodes = read_all_markups(path)
    found = [view for view in scheme.views if any(_matches(node, scheme, view) for node in nodes)]
    return found[0] if len(found) == 1 else None


def _matches(node: MarkupsPoints, scheme: Scheme, view: str) -> bool:
    return any(label.strip() in scheme.ids(view) for label in node.labels)


def _choose(path: str | os.PathLike[str], nodes: tuple[MarkupsPoints, ...], scheme: Scheme, view: str) -> MarkupsPoints:
    if not any(node.labels for node in nodes):
        raise MarkupsError(f"{path}: holds no points. Place the {view} landmarks in Slicer and save again.")
    fitting = [node for node in nodes if _matches(node, scheme, view)]
    if len(fitting) > 1:
        raise MarkupsError(
            f"{path}: holds {len(fitting)} point lists with {view} landmarks. Save the one that you need alone."
        )
    if fitting:
        return fitting[0]
    others = [other for other in scheme.views if any(_matches(node, scheme, other) for node in nodes)]
    if others:
        raise MarkupsError(
            f"{path}: holds the landmarks of the {others[0]} view, expected {view}. Give the file of the {view} view."
        )
    found = _list([label for node in nodes for label in node.labels])
    ids = scheme.ids(view)
    raise MarkupsError(
        f"{path}: the points are called {found}, expected the {view} landmarks {ids[0]} to {ids[-1]} of scheme "
        f"{scheme.name}. Name the points by their landmark."
    )


def _list(names: list[str], limit: int = 5) -> str:
    shown = ", ".join(repr(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
