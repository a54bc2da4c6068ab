"""The normal range to show beside an angle, and where it comes from."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from FootDeformityLib.measure.criteria import Criteria
from FootDeformityLib.measure.reference_values import load_reference_values


class NormalRange(NamedTuple):
    """limits: low and high in degrees, either may be open (None); None where no source gives a range."""

    limits: tuple[float | None, float | None] | None
    source: str


def normal_range(angle: str, age_years: float | None, criteria: Criteria) -> NormalRange:
    """Return the range of the age band; with the age unknown the adults'."""
    return _of_band(angle, age_years is None or age_years >= criteria.adult_from_years)


@lru_cache(maxsize=64)
def _of_band(angle: str, adult: bool) -> NormalRange:
    value = load_reference_values().normal_range(angle, "adult" if adult else "child")
    if value is None:
        return NormalRange(None, "")
    sources = ", ".join(dict.fromkeys(citation.reference for citation in value.citations))
    whom = "adults" if adult else "children"
    note = f"; {value.note}" if value.note else ""
    return NormalRange((value.low, value.high), f"{value.population or whom}: {sources}{note}")
