"""The table of deformities as every host shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.measured_words import explanation_of, with_signs
from FootDeformityLib.files.wording import diagnosis_text
from FootDeformityLib.measure.citations import Citation


@dataclass(frozen=True)
class DiagnosisRow:
    """One deformity, ready to show.

    state: present, absent, mixed_arch, not_measurable or not_applicable; state_words e.g. "present, mild".
    grey_zone: decided within the measurement error. rule: the criteria in words. citations: one text a source.
    decided_by: name of the deciding angle, None where nothing was decided.
    """

    name: str
    label: str
    state: str
    state_words: str
    grey_zone: bool
    severity: str | None
    rule: str
    explanation: str
    citations: tuple[str, ...]
    decided_by: str | None


def diagnosis_rows(case: Case) -> tuple[DiagnosisRow, ...]:
    """Return the five deformities in the order of the criteria profile."""
    return tuple(
        DiagnosisRow(
            name=name,
            label=finding.label,
            state=finding.state,
            state_words=diagnosis_text({"state": finding.state, "severity": finding.severity}),
            grey_zone=bool(finding.grey_zone),
            severity=finding.severity,
            rule=with_signs(finding.rule),
            explanation=explanation_of(finding),
            citations=_texts(finding.citations),
            decided_by=finding.decided_by,
        )
        for name, finding in case.measurements.findings.items()
    )


@lru_cache(maxsize=256)
def _texts(citations: tuple[Citation, ...]) -> tuple[str, ...]:
    return tuple(str(citation) for citation in citations)
