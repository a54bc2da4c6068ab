"""The way through the points that nobody has looked at, AP before lateral, each in the scheme's order."""

from __future__ import annotations

from collections.abc import Collection

from FootDeformityLib.case.case import Case

#: view and id of a landmark
Place = tuple[str, str]


def unconfirmed(case: Case) -> tuple[Place, ...]:
    """Return the points that stand as the network placed them."""
    return tuple(place for place in _places(case) if not case.views[place[0]].landmarks[place[1]].reviewed)


def next_unconfirmed(case: Case, after: Place | None = None) -> Place | None:
    """Return the first unconfirmed point after a place, from the start again at the end; None if there is none."""
    return _first(case, after, 1, unconfirmed(case))


def previous_unconfirmed(case: Case, before: Place | None = None) -> Place | None:
    """Return the last unconfirmed point before a place, from the end again at the start; None if there is none."""
    return _first(case, before, -1, unconfirmed(case))


def unplaced(case: Case) -> tuple[Place, ...]:
    """Return the points without a position of which nobody has said that they cannot be seen."""
    found = [(place, case.views[place[0]].landmarks[place[1]]) for place in _places(case)]
    return tuple(place for place, mark in found if mark.xy_px is None and not mark.answered)


def next_unplaced(case: Case, after: Place | None = None) -> Place | None:
    """Return the first unplaced point after a place, from the start again at the end; None if there is none."""
    return _first(case, after, 1, unplaced(case))


def previous_unplaced(case: Case, before: Place | None = None) -> Place | None:
    """Return the last unplaced point before a place, from the end again at the start; None if there is none."""
    return _first(case, before, -1, unplaced(case))


def _first(case: Case, place: Place | None, step: int, left: Collection[Place]) -> Place | None:
    """Return the next of the places that are left; the place itself only where it is the single one."""
    places = list(_places(case))[::step]
    start = places.index(place) + 1 if place in places else 0
    return next((one for one in places[start:] + places[:start] if one in left), None)


def _places(case: Case) -> tuple[Place, ...]:
    return tuple((view, name) for view in case.scheme.views if view in case.views for name in case.scheme.ids(view))
