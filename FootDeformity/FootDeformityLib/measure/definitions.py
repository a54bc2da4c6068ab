"""What a scheme is made of (landmarks, lines, angles, plausibility rules) and how JSON spells it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.json_file import required

#: the role that the second point of a pair has, given the role of the first
OPPOSITE = {"medial": "lateral", "plantar": "dorsal"}


@dataclass(frozen=True)
class Landmark:
    """One anatomical point; ``id`` means anatomy and never image left or right."""

    id: str
    view: str
    bone: str = ""
    name: str = ""
    definition: str = ""
    role: str = ""
    level: str = ""
    partner: str | None = None
    when_hidden: str = ""
    status: str = ""


@dataclass(frozen=True)
class Axis:
    """A directed line; each end is the mean of its landmarks. Axes run distally, chords from medial to lateral."""

    name: str
    label: str
    view: str
    bone: str | None
    kind: str
    start: tuple[str, ...]
    end: tuple[str, ...]
    draw: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Landmarks that the line names."""
        return self.start + self.end


@dataclass(frozen=True)
class AngleDefinition:
    """The signed angle from one line to another, with its wording (clinical specification, section 3)."""

    name: str
    abbreviation: str
    label: str
    view: str
    between: tuple[str, str]
    formula: str
    positive: str
    negative: str
    in_words: tuple[str, str]
    construction: str


@dataclass(frozen=True)
class Ratio:
    """Length of the arm along or across the base line, in lengths of the unit line, times a factor, within limits."""

    arm: str
    base: str
    unit: str
    along: bool
    factor: float
    limits: tuple[float, float]


@dataclass(frozen=True)
class ExtraDefinition:
    """A further measurement from the same landmarks (section 6): an angle between lines, a ratio or a sum of two.

    Such an angle is turned by ``turn`` degrees (90: measured from the normal of a chord), then, if
    ``supplement``, subtracted from 180.
    """

    name: str
    label: str
    view: str
    unit: str
    formula: str
    use: str
    experimental: bool
    between: tuple[str, str] | None = None
    turn: float = 0.0
    supplement: bool = False
    ratio: Ratio | None = None
    sum: tuple[str, str] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the lines it is made of; those of a sum are the lines of its parts."""
        if self.ratio:
            return (self.ratio.base, self.ratio.arm, self.ratio.unit)
        return self.between or ()


@dataclass(frozen=True)
class SideWitness:
    """A landmark whose side of a bone is known: it tells a set of swapped sides from a true one."""

    view: str
    point: str
    reference: tuple[str, ...]
    bone: str
    side: str


@dataclass(frozen=True)
class QualityRules:
    """Thresholds of the plausibility checks (section 3)."""

    shortest_axis: float
    largest_angle: float
    largest_floor_difference: float
    side_witnesses: tuple[SideWitness, ...]
    parallel_chords: tuple[tuple[tuple[str, str], str], ...]


def read_landmark(entry: Mapping[str, Any], path: Path) -> Landmark:
    words = ("bone", "name", "definition", "role", "level", "when_hidden", "status")
    return Landmark(
        id=required(entry, "id", str, path),
        view=required(entry, "view", str, path),
        partner=entry.get("partner"),
        **{key: str(entry.get(key, "")) for key in words},
    )


def read_axis(entry: Mapping[str, Any], path: Path) -> Axis:
    return Axis(
        name=required(entry, "name", str, path),
        label=str(entry.get("label", entry["name"])),
        view=required(entry, "view", str, path),
        bone=entry.get("bone"),
        kind=str(entry.get("kind", "offset")),
        start=tuple(required(entry, "from", list, path)),
        end=tuple(required(entry, "to", list, path)),
        draw=bool(entry.get("draw", False)),
    )


def read_angle(entry: Mapping[str, Any], path: Path) -> AngleDefinition:
    first, second = required(entry, "between", list, path)
    words = entry.get("in_words", {})
    return AngleDefinition(
        name=required(entry, "name", str, path),
        abbreviation=str(entry.get("abbreviation", "")),
        label=required(entry, "label", str, path),
        view=required(entry, "view", str, path),
        between=(first, second),
        formula=str(entry.get("formula", "")),
        positive=str(entry.get("positive", "")),
        negative=str(entry.get("negative", "")),
        in_words=(str(words.get("positive", "")), str(words.get("negative", ""))),
        construction=str(entry.get("construction", "")),
    )


def read_extra(entry: Mapping[str, Any], path: Path) -> ExtraDefinition:
    between, parts, ratio = entry.get("between"), entry.get("sum"), entry.get("ratio")
    if sum(part is not None for part in (between, parts, ratio)) != 1:
        raise FootDeformityError(f"{path}: {entry.get('name')} must have one of: between, ratio, sum.")
    return ExtraDefinition(
        name=required(entry, "name", str, path),
        label=required(entry, "label", str, path),
        view=required(entry, "view", str, path),
        unit=required(entry, "unit", str, path),
        formula=str(entry.get("formula", "")),
        use=str(entry.get("use", "")),
        experimental=bool(entry.get("experimental", False)),
        between=(between[0], between[1]) if between else None,
        turn=float(entry.get("turn", 0.0)),
        supplement=bool(entry.get("supplement", False)),
        ratio=_ratio(ratio, path) if ratio else None,
        sum=(parts[0], parts[1]) if parts else None,
    )


def _ratio(entry: Mapping[str, Any], path: Path) -> Ratio:
    along = "along" in entry
    base = required(entry, "base", str, path)
    low, high = entry.get("limits", (-math.inf, math.inf))
    return Ratio(
        arm=required(entry, "along" if along else "across", str, path),
        base=base,
        unit=str(entry.get("unit", base)),
        along=along,
        factor=float(entry.get("factor", 1.0)),
        limits=(float(low), float(high)),
    )


def read_quality(entry: Mapping[str, Any], path: Path) -> QualityRules:
    def threshold(key: str) -> float:
        return float(required(required(entry, key, dict, path), "value", (int, float), path))

    return QualityRules(
        shortest_axis=threshold("shortest_axis"),
        largest_angle=threshold("largest_angle"),
        largest_floor_difference=threshold("largest_floor_difference"),
        side_witnesses=tuple(
            SideWitness(w["view"], w["point"], tuple(w["reference"]), w["bone"], w["side"])
            for w in required(entry, "side_witnesses", list, path)
        ),
        parallel_chords=tuple(
            ((c["pair"][0], c["pair"][1]), c["chord"]) for c in required(entry, "parallel_chords", list, path)
        ),
    )
