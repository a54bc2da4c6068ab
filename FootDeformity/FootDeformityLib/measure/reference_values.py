"""Normal values and reliability of the angles, for display and for follow-up comparison (section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from FootDeformityLib.measure.citations import Citation, CitationReader
from FootDeformityLib.measure.json_file import read_object, required
from FootDeformityLib.resources import resource_path


@dataclass(frozen=True)
class NormalValue:
    """One published value in degrees: kind "range" (low to high), "mean" or "threshold" (relation, value)."""

    kind: str
    citations: tuple[Citation, ...]
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    relation: str = ""
    value: float | None = None
    population: str = ""
    meaning: str = ""
    note: str = ""
    display: bool = False

    def in_words(self) -> str:
        """The value as text, e.g. "15 to 30 degrees"."""
        if self.kind == "threshold":
            return f"{self.relation} {self.value:g} degrees: {self.meaning}"
        if self.kind == "mean":
            spread = f" ± {self.sd:g}" if self.sd is not None else ""
            return f"{self.mean:g}{spread} degrees ({self.population})"
        if self.low is None:
            return f"up to {self.high:g} degrees"
        if self.high is None:
            return f"from {self.low:g} degrees"
        return f"{self.low:g} to {self.high:g} degrees"


@dataclass(frozen=True)
class Span:
    """A lower and an upper value found in the literature."""

    low: float
    high: float


@dataclass(frozen=True)
class Reliability:
    """Reader reliability of an angle; sem and mdc95 in degrees, None where they cannot be derived."""

    icc: Span | None
    sem: Span | None
    mdc95: Span | None
    evidence: tuple[tuple[str, tuple[Citation, ...]], ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class ReferenceValues:
    """Everything that section 5 knows, by angle and age band ("adult", "child")."""

    normal: Mapping[str, Mapping[str, tuple[NormalValue, ...]]]
    reliability: Mapping[str, Reliability]

    def normal_range(self, angle: str, band: str) -> NormalValue | None:
        """The range to show beside an angle, None where no verified source gives one."""
        return next((v for v in self.normal.get(angle, {}).get(band, ()) if v.display), None)


@lru_cache(maxsize=1)
def load_reference_values() -> ReferenceValues:
    """Read Resources/Criteria/reference_values.json once. Raises FootDeformityError when it is damaged."""
    path = resource_path("Criteria", "reference_values.json")
    data = read_object(path, "file of reference values")
    cite = CitationReader(data, path)
    normal = {
        angle: {band: tuple(_value(entry, cite, path) for entry in entries) for band, entries in bands.items()}
        for angle, bands in required(data, "normal", dict, path).items()
    }
    reliability = {
        angle: _reliability(entry, cite) for angle, entry in required(data, "reliability", dict, path).items()
    }
    return ReferenceValues(normal, reliability)


def _value(entry: Mapping[str, Any], cite: CitationReader, path: Path) -> NormalValue:
    return NormalValue(
        kind=required(entry, "kind", str, path),
        citations=cite.read(entry),
        low=entry.get("low"),
        high=entry.get("high"),
        mean=entry.get("mean"),
        sd=entry.get("sd"),
        relation=str(entry.get("relation", "")),
        value=entry.get("value"),
        population=str(entry.get("population", "")),
        meaning=str(entry.get("meaning", "")),
        note=str(entry.get("note", "")),
        display=bool(entry.get("display", False)),
    )


def _reliability(entry: Mapping[str, Any], cite: CitationReader) -> Reliability:
    def span(key: str) -> Span | None:
        value = entry.get(key)
        return Span(float(value["low"]), float(value["high"])) if value else None

    return Reliability(
        icc=span("icc"),
        sem=span("sem"),
        mdc95=span("mdc95"),
        evidence=tuple((str(item["finding"]), cite.read(item)) for item in entry.get("evidence", ())),
        citations=cite.read(entry),
    )
