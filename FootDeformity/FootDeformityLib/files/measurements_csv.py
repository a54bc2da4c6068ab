"""measurements.csv: every angle, further measurement and diagnosis of a foot, one row each.

Columns, in this order (UTF-8, comma, one header row; empty = unknown or not measurable):
kind (angle | extra | diagnosis), measurement (key as in case.json), name, view (AP | lateral | both),
value (full precision), unit, normal_low, normal_high, grey_zone (yes | no), state (diagnoses), severity,
decided_by, side, age_years, weight_bearing, criteria, reviewed (yes | no), ap_image, lateral_image,
ap_model, lateral_model, created.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from typing import Any

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.files.case_document import CaseDocument

COLUMNS = (
    "kind",
    "measurement",
    "name",
    "view",
    "value",
    "unit",
    "normal_low",
    "normal_high",
    "grey_zone",
    "state",
    "severity",
    "decided_by",
    "side",
    "age_years",
    "weight_bearing",
    "criteria",
    "reviewed",
    "ap_image",
    "lateral_image",
    "ap_model",
    "lateral_model",
    "created",
)


def measurement_rows(document: CaseDocument) -> list[dict[str, Any]]:
    """Return one mapping a measurement with all COLUMNS; None where there is nothing to say."""
    images, model = document["images"], document["model"] or {}
    common = {
        "side": document["side"],
        "age_years": document["age_years"],
        "weight_bearing": document["weight_bearing"],
        "criteria": document["criteria"],
        "reviewed": document["reviewed"],
        "ap_image": _image(images["AP"]),
        "lateral_image": _image(images["lateral"]),
        "ap_model": model.get("AP"),
        "lateral_model": model.get("lateral"),
        "created": document["created"],
    }
    rows = []
    for key, angle in document["angles"].items():
        low, high = angle.get("normal_range") or (None, None)
        rows.append(
            {
                "kind": "angle",
                "measurement": key,
                "name": angle["name"],
                "view": angle["view"],
                "value": angle["degrees"],
                "unit": "degrees",
                "normal_low": low,
                "normal_high": high,
                "grey_zone": angle.get("grey_zone"),
            }
        )
    for key, extra in document["extra_measurements"].items():
        rows.append(
            {
                "kind": "extra",
                "measurement": key,
                "name": extra["name"],
                "view": extra["view"],
                "value": extra["value"],
                "unit": extra["unit"],
            }
        )
    for key, diagnosis in document["diagnosis"].items():
        decided = diagnosis["decided_by"]
        rows.append(
            {
                "kind": "diagnosis",
                "measurement": key,
                "name": diagnosis["name"],
                "grey_zone": diagnosis["grey_zone"],
                "state": diagnosis["state"],
                "severity": diagnosis.get("severity"),
                "decided_by": " ".join(decided) if isinstance(decided, list) else decided,
            }
        )
    return [{column: (row | common).get(column) for column in COLUMNS} for row in rows]


def write_measurements(path: str | os.PathLike[str], document: CaseDocument) -> None:
    """Write measurements.csv atomically."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in measurement_rows(document):
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    write_text(path, text.getvalue())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


def plain_name(name: str) -> str:
    """Keep a spreadsheet from taking a file name for a formula."""
    return "'" + name if name and name[0] in "=+-@\t\r" else name


def _image(image: Mapping[str, Any] | None) -> str | None:
    file = (image or {}).get("file")
    return None if file is None else plain_name(file)
