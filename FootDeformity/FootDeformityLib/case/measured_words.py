"""What case.json and the tables on a screen both say about a measured foot."""

from __future__ import annotations

from FootDeformityLib.measure.diagnosis import Finding
from FootDeformityLib.measure.foot import FootMeasurements, Measurement
from FootDeformityLib.measure.scheme import load_scheme


def direction(angle: Measurement) -> str:
    """Return which way the angle opens, in one or two words; empty where the sign is no news."""
    if not angle.value or abs(angle.value) < 0.05:  # shown as 0.0
        return ""
    positive, negative = load_scheme().angle(angle.name).in_words
    return positive if angle.value > 0 else negative


def in_grey_zone(angle: str, found: FootMeasurements) -> bool:
    """Whether the angle decides a deformity from within its measurement error of the cut-off."""
    return any(finding.grey_zone and finding.decided_by == angle for finding in found.findings.values())


def explanation_of(finding: Finding) -> str:
    """Return why the finding has its state, with signs that support it."""
    supporting = f" Supporting sign: {'; '.join(finding.supporting)}." if finding.supporting else ""
    return with_signs(finding.explanation + supporting)


def with_signs(text: str) -> str:
    """Return the text with degree signs."""
    return text.replace(" degrees", "°")
