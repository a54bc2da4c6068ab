"""A measured foot on a terminal: plain text, no colour, as wide as it needs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from FootDeformityLib.files.case_document import NOTICE, CaseDocument
from FootDeformityLib.files.wording import (
    angle_text,
    capital,
    diagnosis_text,
    facts_text,
    open_points,
    range_remark,
    range_text,
)

_WIDTH = 100


def case_table(document: CaseDocument) -> str:
    """Return facts, angles, diagnoses and warnings of a case as text."""
    lines = ["  ".join(f"{name}: {value}" for name, value in facts_text(document)), ""]
    lines += _rows(
        ["Angle", "Value", "Normal range", ""],
        [
            [
                capital(angle["name"]),
                angle_text(angle),
                range_text(angle.get("normal_range")),
                ", ".join(filter(None, [range_remark(angle), "grey zone" if angle.get("grey_zone") else ""])),
            ]
            for angle in document["angles"].values()
        ],
    )
    lines.append("")
    lines += _rows(
        ["Deformity", "Result", "", "Rule"],
        [
            [
                capital(diagnosis["name"]),
                diagnosis_text(diagnosis),
                "grey zone" if diagnosis["grey_zone"] else "",
                diagnosis["rule"],
            ]
            for diagnosis in document["diagnosis"].values()
        ],
    )
    notes = list(document["warnings"])
    for view in ("AP", "lateral"):
        _, doubtful, missing = open_points(document, view)
        count = len(document["landmarks"][view])
        for names, words in ((doubtful, "in doubt"), (missing, "missing")):
            if names:
                notes.append(f"{view} landmarks {words}: {'all' if len(names) == count else ', '.join(names)}.")
    if notes:
        lines += ["", "Warnings"]
        for note in notes:
            lines += textwrap.wrap(capital(note), _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    lines += ["", ("AI, not reviewed. " if not document["reviewed"] else "") + NOTICE]
    return "\n".join(lines)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return aligned columns; the last one wraps within the width."""
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head) - 1)]
    indent = sum(widths) + 2 * len(widths)
    last = max(30, _WIDTH - indent)
    lines = []
    for row in [head, *rows]:
        start = "".join(f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=False))
        wrapped = textwrap.wrap(row[-1], last) or [""]
        lines.append((start + wrapped[0]).rstrip())
        lines += [" " * indent + more for more in wrapped[1:]]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return lines
