"""measurements.csv: one row a measurement, the columns as documented."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from FootDeformityLib.files.measurements_csv import COLUMNS, write_measurements


def rows(path: Path, document: dict[str, Any]) -> list[dict[str, str]]:
    write_measurements(path, document)
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_measurement_has_its_row(tmp_path: Path, example_document: dict[str, Any]) -> None:
    found = rows(tmp_path / "m.csv", example_document)
    assert tuple(found[0]) == COLUMNS
    assert [row["measurement"] for row in found] == [
        *example_document["angles"],
        *example_document["extra_measurements"],
        *example_document["diagnosis"],
    ]
    assert {row["kind"] for row in found} == {"angle", "extra", "diagnosis"}


def test_values_keep_their_precision(tmp_path: Path, example_document: dict[str, Any]) -> None:
    row = next(row for row in rows(tmp_path / "m.csv", example_document) if row["measurement"] == "meary")
    assert float(row["value"]) == example_document["angles"]["meary"]["degrees"]
    assert (row["unit"], row["view"], row["side"], row["age_years"]) == ("degrees", "lateral", "right", "34.0")


def test_what_is_unknown_is_empty(tmp_path: Path, example_document: dict[str, Any]) -> None:
    example_document["age_years"] = None
    example_document["angles"]["meary"]["degrees"] = None
    row = next(row for row in rows(tmp_path / "m.csv", example_document) if row["measurement"] == "meary")
    assert (row["value"], row["age_years"]) == ("", "")


def test_a_file_name_is_no_formula(tmp_path: Path, example_document: dict[str, Any]) -> None:
    example_document["images"]["AP"]["file"] = "=1+1.png"
    assert rows(tmp_path / "m.csv", example_document)[0]["ap_image"] == "'=1+1.png"
