"""The findings of a foot as plain text, to paste into a radiology report."""

from __future__ import annotations

from FootDeformityLib.case.angle_rows import AngleRow, angle_rows
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.comparison import Comparison
from FootDeformityLib.case.diagnosis_rows import DiagnosisRow, diagnosis_rows
from FootDeformityLib.case.review import unconfirmed
from FootDeformityLib.files.case_document import NOTICE
from FootDeformityLib.files.wording import age_text, capital


def report_text(case: Case, comparison: Comparison | None = None) -> str:
    """Return the text, lines separated by newlines; its first line says so while a point is not reviewed."""
    lines = [*_review(case), _title(case), _facts(case), ""]
    lines += ["Angles", *(_angle(row) for row in angle_rows(case)), ""]
    lines += ["Assessment", *(_diagnosis(row) for row in diagnosis_rows(case)), ""]
    if comparison is not None:
        lines += ["Compared with the earlier exam"]
        lines += [f"- {capital(change.label)}: {change.words}" for change in comparison.changes]
        lines += [f"- Note: {text}" for text in comparison.warnings] + [""]
    doubts = [*_points(case), *case_warnings(case)]
    if doubts:
        lines += ["To be considered", *(f"- {capital(text)}" for text in doubts), ""]
    lines.append(NOTICE)
    return "\n".join(lines) + "\n"


def _review(case: Case) -> list[str]:
    open_views = [view for view, _ in unconfirmed(case)]
    if not open_views:
        return []
    counts = [f"{open_views.count(view)} {view}" for view in dict.fromkeys(open_views)]
    return [f"AI, not reviewed: {' and '.join(counts)} landmarks stand where the network put them.", ""]


def _title(case: Case) -> str:
    side = "" if case.facts.side == "unknown" else f", {case.facts.side} foot"
    return f"Foot radiograph measurements{side} ({' and '.join(case.views) or 'no'} view{'s' * (len(case.views) != 1)})"


def _facts(case: Case) -> str:
    facts = case.facts
    return (
        f"Age {age_text(facts.age_years)}. Weight-bearing: {facts.weight_bearing}. "
        f"Criteria: {case.measurements.criteria.name}."
    )


def _angle(row: AngleRow) -> str:
    text = f"- {capital(row.label)} ({row.abbreviation}): {row.words}"
    if row.degrees is None:
        return f"{text}. {row.reason}".rstrip()
    remarks = [f"normal {row.range_words}" if row.normal_range else "no published normal range"]
    remarks += [row.remark] if row.remark else []
    remarks += ["grey zone"] if row.grey_zone else []
    return f"{text}; {', '.join(remarks)}"


def _diagnosis(row: DiagnosisRow) -> str:
    if row.explanation.startswith(capital(row.state_words)):
        return f"- {capital(row.label)}: {row.explanation[0].lower()}{row.explanation[1:]}"
    grey = " (grey zone)" if row.grey_zone else ""
    return f"- {capital(row.label)}: {row.state_words}{grey}. {row.explanation}".rstrip()


def _points(case: Case) -> list[str]:
    texts = []
    for view, content in case.views.items():
        marks = content.landmarks
        doubtful = [name for name, state in marks.items() if state.doubtful]
        uncertain = [name for name, state in marks.items() if state.uncertain and state.xy_px is not None]
        missing = [name for name, state in marks.items() if state.xy_px is None]
        for names, words in (
            (doubtful, "AI in doubt"),
            (uncertain, "marked uncertain by the reader"),
            (missing, "missing"),
        ):
            texts += [f"{view} view, {words}: {', '.join(names)}."] if names else []
    return texts
