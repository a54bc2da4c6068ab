"""Landmark schemes: which points exist, what they mean and which lines are drawn through them.

A scheme is a JSON file in Resources/Schemes. Only ``name`` and ``landmarks`` (each with ``id`` and ``view``) are
required, so that another task (say 19 cephalometric points) needs no code; bones, partners, axes and angles
are what the 27 points of the foot have on top.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.definitions import (
    OPPOSITE,
    AngleDefinition,
    Axis,
    ExtraDefinition,
    Landmark,
    QualityRules,
    read_angle,
    read_axis,
    read_extra,
    read_landmark,
    read_quality,
)
from FootDeformityLib.measure.json_file import read_object, required
from FootDeformityLib.resources import resource_path


@dataclass(frozen=True, eq=False)
class Scheme:
    """Landmarks in the order in which networks and arrays hold them, view by view.

    ``draw_axes``, angles and so on are empty for schemes that do not have them. Compared by identity;
    ``sha256`` tells whether two schemes have the same points.
    """

    name: str
    version: str
    title: str
    views: tuple[str, ...]
    all_landmarks: tuple[Landmark, ...]
    bones: Mapping[str, tuple[str, ...]]
    all_axes: tuple[Axis, ...] = ()
    offsets: tuple[Axis, ...] = ()
    all_angles: tuple[AngleDefinition, ...] = ()
    extra: tuple[ExtraDefinition, ...] = ()
    quality: QualityRules | None = None
    general_rules: tuple[str, ...] = ()
    foot_length: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def landmarks(self, view: str) -> tuple[Landmark, ...]:
        """Landmarks of a view in array order. Raises FootDeformityError for a view that the scheme lacks."""
        return self._view(view)[0]

    def ids(self, view: str) -> tuple[str, ...]:
        """Ids of a view in array order."""
        return self._view(view)[1]

    def index(self, view: str, landmark_id: str) -> int:
        """Position of an id in the arrays of its view. Raises FootDeformityError when it is not there."""
        try:
            return self._view(view)[2][landmark_id]
        except KeyError:
            raise FootDeformityError(
                f"Scheme {self.name} has no landmark {landmark_id!r} in the {view} view; "
                f"it has {', '.join(self.ids(view))}."
            ) from None

    def pairs(self, view: str) -> tuple[tuple[int, int], ...]:
        """Index pairs (medial, lateral) or (plantar, dorsal) of a view, in array order."""
        return tuple(
            (self.index(view, mark.id), self.index(view, mark.partner))
            for mark in self.landmarks(view)
            if mark.partner is not None and mark.role in OPPOSITE
        )

    def axes(self, view: str) -> tuple[Axis, ...]:
        """The lines to draw on an image of a view."""
        self._view(view)
        return tuple(axis for axis in self.all_axes if axis.view == view and axis.draw)

    def angles(self, view: str) -> tuple[AngleDefinition, ...]:
        """The angles measured in a view."""
        self._view(view)
        return tuple(angle for angle in self.all_angles if angle.view == view)

    def angle(self, name: str) -> AngleDefinition:
        """An angle by its name. Raises FootDeformityError when the scheme has none of that name."""
        try:
            return self._angles_by_name[name]
        except KeyError:
            known = ", ".join(self._angles_by_name) or "none"
            raise FootDeformityError(f"Scheme {self.name} has no angle {name!r}; known: {known}.") from None

    def view_named(self, name: str) -> str:
        """The view that a person called ``name``, in upper or lower case. Raises FootDeformityError for none."""
        for view in self.views:
            if view.lower() == name.lower():
                return view
        raise FootDeformityError(f"View {name!r} is unknown: scheme {self.name} has the views {', '.join(self.views)}.")

    @cached_property
    def line_ids(self) -> dict[str, tuple[str, ...]]:
        """Landmarks named by each axis or offset."""
        return {line.name: line.ids for line in self.all_axes + self.offsets}

    @cached_property
    def measurement_lines(self) -> dict[str, frozenset[str]]:
        """Lines that each measurement is made of; a sum is made of the lines of its parts."""
        lines = {angle.name: frozenset(angle.between) for angle in self.all_angles}
        lines |= {extra.name: frozenset(extra.lines) for extra in self.extra if not extra.sum}
        return lines | {extra.name: lines[extra.sum[0]] | lines[extra.sum[1]] for extra in self.extra if extra.sum}

    @cached_property
    def measurement_ids(self) -> dict[str, frozenset[str]]:
        """Landmarks named by each measurement: it is measurable only when all of them are there."""
        return {
            name: frozenset(i for line in lines for i in self.line_ids[line])
            for name, lines in self.measurement_lines.items()
        }

    @cached_property
    def measurement_words(self) -> dict[str, tuple[str, str, str]]:
        """Label, view ("both" where it needs two) and unit of each measurement."""
        words = {angle.name: (angle.label, angle.view, "degrees") for angle in self.all_angles}
        return words | {extra.name: (extra.label, extra.view, extra.unit) for extra in self.extra}

    @cached_property
    def sha256(self) -> str:
        """Hash of views and ids in their order only, so that better wording does not invalidate a model."""
        content = [[view, list(self.ids(view))] for view in self.views]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()

    @cached_property
    def _by_view(self) -> dict[str, tuple[tuple[Landmark, ...], tuple[str, ...], dict[str, int]]]:
        table = {}
        for view in self.views:
            marks = tuple(mark for mark in self.all_landmarks if mark.view == view)
            ids = tuple(mark.id for mark in marks)
            table[view] = (marks, ids, {name: k for k, name in enumerate(ids)})
        return table

    @cached_property
    def _angles_by_name(self) -> dict[str, AngleDefinition]:
        return {angle.name: angle for angle in self.all_angles}

    def _view(self, view: str) -> tuple[tuple[Landmark, ...], tuple[str, ...], dict[str, int]]:
        try:
            return self._by_view[view]
        except KeyError:
            raise FootDeformityError(
                f"Scheme {self.name} has no view {view!r}; it has {' and '.join(self.views)}."
            ) from None


def load_scheme(name_or_path: str | Path = "foot27") -> Scheme:
    """Read a scheme by the name of a file in Resources/Schemes or by its path.

    Raises FootDeformityError that names the file and what is wrong with it. Shipped schemes are read once.
    """
    text = str(name_or_path)
    if "/" in text or "\\" in text or text.endswith(".json"):
        return _parse(read_object(Path(text), "landmark scheme"), Path(text))
    return _load_shipped(text)


@lru_cache(maxsize=8)
def _load_shipped(name: str) -> Scheme:
    path = resource_path("Schemes", f"{name}.json")
    return _parse(read_object(path, "landmark scheme"), path)


def _parse(data: Mapping[str, Any], path: Path) -> Scheme:
    entries = required(data, "landmarks", list, path)
    marks = tuple(read_landmark(entry, path) for entry in entries)
    found_views = tuple(dict.fromkeys(mark.view for mark in marks))
    views = tuple(data.get("views", found_views))
    _check_landmarks(marks, views, path)
    bones = {view: tuple(data.get("bones", {}).get(view, ())) for view in views}
    axes = tuple(read_axis(entry, path) for entry in data.get("axes", ()))
    offsets = tuple(read_axis(entry, path) for entry in data.get("offsets", ()))
    view_of = {mark.id: mark.view for mark in marks}
    for line in axes + offsets:
        for landmark_id in line.ids:
            if view_of.get(landmark_id) != line.view:
                raise FootDeformityError(
                    f"{path}: axis {line.name} names {landmark_id}, which is no landmark of the {line.view} view."
                )
    scheme = Scheme(
        name=required(data, "name", str, path),
        version=str(data.get("version", "")),
        title=str(data.get("title", "")),
        views=views,
        all_landmarks=marks,
        bones=bones,
        all_axes=axes,
        offsets=offsets,
        all_angles=tuple(read_angle(entry, path) for entry in data.get("angles", ())),
        extra=tuple(read_extra(entry, path) for entry in data.get("extra", ())),
        quality=read_quality(data["quality"], path) if "quality" in data else None,
        general_rules=tuple(data.get("general_rules", ())),
        foot_length={
            view: (tuple(ends["from"]), tuple(ends["to"])) for view, ends in data.get("foot_length", {}).items()
        },
    )
    _check_measurements(scheme, path)
    return scheme


def _check_measurements(scheme: Scheme, path: Path) -> None:
    names = {measure.name for measure in scheme.all_angles + scheme.extra}
    for angle in scheme.all_angles:
        _check_known(angle.name, angle.between, set(scheme.line_ids), path)
    for extra in scheme.extra:
        _check_known(extra.name, extra.lines, set(scheme.line_ids), path)
        _check_known(extra.name, extra.sum or (), names, path)


def _check_known(measure: str, used: Sequence[str], known: set[str], path: Path) -> None:
    for name in used:
        if name not in known:
            raise FootDeformityError(f"{path}: {measure} uses {name}, which is not defined.")


def _check_landmarks(marks: Sequence[Landmark], views: Sequence[str], path: Path) -> None:
    if not marks:
        raise FootDeformityError(f"{path}: the scheme has no landmarks.")
    by_id: dict[str, Landmark] = {}
    for mark in marks:
        if mark.id in by_id:
            raise FootDeformityError(f"{path}: landmark {mark.id} occurs twice; ids must be unique.")
        if mark.view not in views:
            raise FootDeformityError(f"{path}: landmark {mark.id} is in view {mark.view!r}, not one of {list(views)}.")
        by_id[mark.id] = mark
    for mark in marks:
        if mark.partner is None:
            continue
        partner = by_id.get(mark.partner)
        if partner is None or partner.partner != mark.id or partner.view != mark.view:
            raise FootDeformityError(f"{path}: {mark.id} names {mark.partner} as partner, but not the other way round.")
        if mark.role in OPPOSITE and partner.role != OPPOSITE[mark.role]:
            raise FootDeformityError(
                f"{path}: {mark.id} is {mark.role}, so its partner {partner.id} must be {OPPOSITE[mark.role]}."
            )
