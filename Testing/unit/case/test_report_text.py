"""Text to paste into a report: honest in its first line, complete, and never a medical device."""

from __future__ import annotations

from FootDeformityLib.case.angle_rows import angle_rows
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.comparison import compare
from FootDeformityLib.case.report_text import report_text
from FootDeformityLib.files.case_document import NOTICE


def test_unreviewed_points_come_first(example_case: Case) -> None:
    lines = report_text(example_case.confirm("AP", "A1")).splitlines()
    assert lines[0] == "AI, not reviewed: 15 AP and 11 lateral landmarks stand where the network put them."
    reviewed = report_text(example_case.confirm_all("AP").confirm_all("lateral"))
    assert reviewed.startswith("Foot radiograph measurements, right foot (AP and lateral views)")
    assert "not reviewed" not in reviewed


def test_every_angle_and_deformity_is_in_it(example_case: Case) -> None:
    text = report_text(example_case)
    for row in angle_rows(example_case):
        assert f"({row.abbreviation}): {row.words}" in text
    for finding in example_case.measurements.findings.values():
        assert f"{finding.label[0].upper()}{finding.label[1:]}: " in text
    assert "- Calcaneal pitch (CP): 15.4°; normal 20 to 30°, below the range" in text
    assert text.rstrip().splitlines()[-1] == NOTICE
    assert "not a medical device" in text


def test_doubts_are_said(example_case: Case) -> None:
    text = report_text(example_case.mark_uncertain("AP", "A14").remove("lateral", "L2"))
    assert "AP view, AI in doubt: A3." in text
    assert "AP view, marked uncertain by the reader: A14." in text
    assert "lateral view, missing: L2." in text or "Lateral view, missing: L2." in text
    assert "Meary's angle (ME): not measurable. L2 missing." in text
    assert "Pes cavus: not measurable: Meary's angle not measurable." in text


def test_with_an_earlier_exam(example_case: Case) -> None:
    later = example_case.move("lateral", "L2", (95.0, 180.0))
    text = report_text(later, compare(later, example_case))
    assert "Compared with the earlier exam\n" in text
    assert "Meary's angle: +8.2°, may be within measurement error (MDC95 4.4 to 12°)" in text
    assert "Compared with" not in report_text(later)


def test_a_foot_without_anything() -> None:
    assert "(no views)" in report_text(Case({}))
