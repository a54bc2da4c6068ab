"""Criteria profiles: which angle beyond which cut-off counts as which deformity, and who says so.

A profile is a JSON file in Resources/Criteria; every number in it carries a citation (see citations.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.citations import Citation, CitationReader
from FootDeformityLib.measure.json_file import read_object, required
from FootDeformityLib.measure.reference_values import load_reference_values
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.resources import resource_path

#: age bands in the order of all arrays of the diagnosis
BANDS = ("adult", "child")
_KIND = "criteria profile"


@dataclass(frozen=True)
class Operand:
    """One comparison of an angle with a cut-off in degrees; relation is ">" or "<", label the angle in words."""

    angle: str
    label: str
    relation: str
    cutoff: float
    citations: tuple[Citation, ...]
    conflicting: tuple[Citation, ...] = ()

    def holds(self, degrees: float) -> bool:
        """Whether the comparison is true; never for NaN."""
        return degrees > self.cutoff if self.relation == ">" else degrees < self.cutoff

    def in_words(self) -> str:
        """For instance "Meary's angle > 4 degrees"."""
        return f"{self.label} {self.relation} {self.cutoff:g} degrees"


@dataclass(frozen=True)
class SeverityBand:
    """A degree of severity up to a bound in degrees; the last band has none."""

    label: str
    relation: str = ""
    bound: float | None = None
    citations: tuple[Citation, ...] = ()

    def holds(self, degrees: float) -> bool:
        """Whether an angle lies within this band, given that it lies beyond the bands before."""
        return self.bound is None or degrees < self.bound or (self.relation == "<=" and degrees == self.bound)


@dataclass(frozen=True)
class Severity:
    """The angle that grades a deformity and its bands from mild to severe."""

    angle: str
    bands: tuple[SeverityBand, ...]

    def grade(self, degrees: float) -> str:
        """Label of the band in which an angle lies."""
        return next(band.label for band in self.bands if band.holds(degrees))


@dataclass(frozen=True)
class DeformityCriteria:
    """The OR of operands that makes up a deformity, for adults and for children."""

    name: str
    label: str
    rules: Mapping[str, tuple[Operand, ...]]
    supporting: tuple[Operand, ...] = ()
    severity: Severity | None = None

    def in_words(self, band: str) -> str:
        """The rule of an age band, for instance "Meary's angle > 4 degrees or calcaneal pitch < 18 degrees"."""
        return " or ".join(operand.in_words() for operand in self.rules[band])


@dataclass(frozen=True)
class Exclusive:
    """Two deformities that are not reported together; when both fire, both get the state mixed_arch."""

    deformities: tuple[str, str]
    words: str


@dataclass(frozen=True, eq=False)
class Criteria:
    """A criteria profile. ``caveat`` must be shown wherever the profile is used; grey_zone holds half widths."""

    name: str
    version: str
    title: str
    purpose: str
    caveat: str
    adult_from_years: float
    youngest_years: float
    deformities: Mapping[str, DeformityCriteria]
    exclusive: tuple[Exclusive, ...]
    grey_zone: Mapping[str, float]
    age_citations: tuple[Citation, ...]


def available_criteria() -> tuple[str, ...]:
    """Names of the shipped profiles, the clinical default first."""
    names = sorted(
        path.stem for path in resource_path("Criteria").glob("*.json") if read_object(path, _KIND).get("kind") == _KIND
    )
    return tuple(sorted(names, key=lambda name: name != "literature"))


def load_criteria(name_or_path: str | Path = "literature") -> Criteria:
    """Read a profile by its name in Resources/Criteria or by its path.

    Raises FootDeformityError that names the file and what is wrong with it. Shipped profiles are read once.
    """
    text = str(name_or_path)
    if "/" in text or "\\" in text or text.endswith(".json"):
        return _parse(read_object(Path(text), _KIND), Path(text))
    return _load_shipped(text)


@lru_cache(maxsize=8)
def _load_shipped(name: str) -> Criteria:
    if name not in available_criteria():
        raise FootDeformityError(f"Unknown criteria {name!r}; available: {', '.join(available_criteria())}.")
    path = resource_path("Criteria", f"{name}.json")
    return _parse(read_object(path, _KIND), path)


def _parse(data: Mapping[str, Any], path: Path) -> Criteria:
    if data.get("kind") != _KIND:
        raise FootDeformityError(f'{path} is not a {_KIND}: its "kind" is {data.get("kind")!r}.')
    cite = CitationReader(data, path)
    ages = required(data, "ages", dict, path)
    limits = {key: required(ages, key, dict, path) for key in ("adult_from_years", "youngest_years")}
    deformities = {
        name: _deformity(name, entry, cite, path) for name, entry in required(data, "deformities", dict, path).items()
    }
    exclusive = tuple(
        Exclusive((e["deformities"][0], e["deformities"][1]), e["words"]) for e in data.get("exclusive", ())
    )
    for name in (name for pair in exclusive for name in pair.deformities):
        if name not in deformities:
            raise FootDeformityError(f"{path}: exclusive deformity {name!r} is not defined in the profile.")
    used = {o.angle for d in deformities.values() for rule in d.rules.values() for o in rule}
    return Criteria(
        name=required(data, "name", str, path),
        version=str(data.get("version", "")),
        title=str(data.get("title", "")),
        purpose=str(data.get("purpose", "")),
        caveat=str(data.get("caveat", "")),
        adult_from_years=float(required(limits["adult_from_years"], "value", (int, float), path)),
        youngest_years=float(required(limits["youngest_years"], "value", (int, float), path)),
        deformities=deformities,
        exclusive=exclusive,
        grey_zone={angle: _half_width(angle, data, cite, path) for angle in ANGLES if angle in used},
        age_citations=tuple(c for limit in limits.values() for c in cite.read(limit)),
    )


def _half_width(angle: str, data: Mapping[str, Any], cite: CitationReader, path: Path) -> float:
    """Half of MDC95, at most the cap of the profile; the cap alone where no MDC95 is known."""
    entry = required(required(data, "grey_zone", dict, path), angle, dict, path)
    cite.read(entry)
    cap = float(required(entry, "cap", (int, float), path))
    if not cap > 0:
        raise FootDeformityError(f"{path}: the grey zone of {angle} must be wider than 0.")
    reliability = load_reference_values().reliability.get(angle)
    if reliability is None or reliability.mdc95 is None:
        return cap
    return min(reliability.mdc95.high / 2, cap)


def _deformity(name: str, entry: Mapping[str, Any], cite: CitationReader, path: Path) -> DeformityCriteria:
    rules = required(entry, "rules", dict, path)
    by_band = {band: tuple(_operand(o, cite, path) for o in required(rules, band, list, path)) for band in BANDS}
    if not all(by_band.values()):
        raise FootDeformityError(f"{path}: {name} has no rule for adults or none for children.")
    severity = None
    if "severity" in entry:
        graded = entry["severity"]
        bands = tuple(_severity_band(b, cite, path) for b in required(graded, "bands", list, path))
        if not bands or bands[-1].bound is not None:
            raise FootDeformityError(f"{path}: the last severity of {name} must have no bound.")
        severity = Severity(_known_angle(required(graded, "angle", str, path), path), bands)
    return DeformityCriteria(
        name=name,
        label=required(entry, "label", str, path),
        rules=by_band,
        supporting=tuple(_operand(o, cite, path) for o in entry.get("supporting", ())),
        severity=severity,
    )


def _operand(entry: Mapping[str, Any], cite: CitationReader, path: Path) -> Operand:
    relation = required(entry, "relation", str, path)
    if relation not in (">", "<"):
        raise FootDeformityError(f'{path}: a rule compares by ">" or "<", not by {relation!r}.')
    angle = _known_angle(required(entry, "angle", str, path), path)
    return Operand(
        angle=angle,
        label=load_scheme().angle(angle).label,
        relation=relation,
        cutoff=float(required(entry, "cutoff", (int, float), path)),
        citations=cite.read(entry),
        conflicting=cite.optional(entry, "conflicting"),
    )


def _severity_band(entry: Mapping[str, Any], cite: CitationReader, path: Path) -> SeverityBand:
    label = required(entry, "label", str, path)
    if "bound" not in entry:
        return SeverityBand(label)
    relation = required(entry, "relation", str, path)
    if relation not in ("<", "<="):
        raise FootDeformityError(f'{path}: a severity ends by "<" or "<=", not by {relation!r}.')
    return SeverityBand(label, relation, float(required(entry, "bound", (int, float), path)), cite.read(entry))


def _known_angle(name: str, path: Path) -> str:
    if name not in ANGLES:
        raise FootDeformityError(f"{path}: unknown angle {name!r}; known: {', '.join(ANGLES)}.")
    return name
