"""case.json follows its schema; whatever does not is refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from FootDeformityLib.files.case_document import CaseDocumentError, case_schema, read_case, validate_case, write_case

Document = dict[str, Any]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(case_schema())


def test_round_trip(tmp_path: Path, edited_document: Callable[[], Document]) -> None:
    document = edited_document()
    write_case(tmp_path / "case.json", document)
    assert read_case(tmp_path / "case.json") == document


def test_points_stand_on_one_line(tmp_path: Path, example_document: Document) -> None:
    write_case(tmp_path / "case.json", example_document)
    assert '"xy_px": [90.0, 60.0]' in (tmp_path / "case.json").read_text()


def test_fields_that_others_rely_on(example_document: Document) -> None:
    assert example_document["side"] == "right"
    assert example_document["age_years"] == 34.0
    assert example_document["weight_bearing"] == "yes"
    assert example_document["landmarks"]["AP"]["A1"]["xy_px"] == [90.0, 60.0]
    assert set(example_document["angles"]) == {
        "ap_talocalcaneal", "talonavicular", "mt1_talar", "hallux_abductus", "meary", "calcaneal_pitch",
        "lateral_talocalcaneal",
    }  # fmt: skip
    assert set(example_document["diagnosis"]) == {
        "pes_planus", "pes_cavus", "hindfoot_valgus", "forefoot_abduction", "hallux_valgus",
    }  # fmt: skip
    assert example_document["model"] == {"AP": "AP-model abc123", "lateral": "lateral-model abc123"}
    assert example_document["criteria"] == "literature"


def spoilt(document: Document, *path: str, value: Any) -> Document:
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("side",), "both", "at side"),
        (("age_years",), -1, "at age_years"),
        (("landmarks", "AP", "A1", "state"), "guessed", "at landmarks.AP.A1.state"),
        (("landmarks", "AP", "A1", "xy_px"), [1.0], "landmarks.AP.A1"),
        (("landmarks", "AP", "A1", "xy_px"), None, "landmarks.AP.A1"),
        (("landmarks", "AP", "A1", "confidence"), 1.5, "confidence"),
        (("diagnosis", "pes_planus", "state"), "maybe", "diagnosis.pes_planus.state"),
        (("surprise",), 1, "surprise"),
        (("schema_version",), "2.0", "schema version 2.0, expected 1.1"),
    ],
)
def test_violations_are_named(example_document: Document, path: tuple[str, ...], value: Any, words: str) -> None:
    with pytest.raises(CaseDocumentError, match=words) as caught:
        validate_case(spoilt(example_document, *path, value=value), "case.json")
    assert str(caught.value).startswith("case.json: ")


def test_nothing_invalid_is_written(tmp_path: Path, example_document: Document) -> None:
    with pytest.raises(CaseDocumentError):
        write_case(tmp_path / "case.json", spoilt(example_document, "side", value="both"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b"[" * 100_000])
def test_rubbish_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CaseDocumentError) as caught:
        read_case(path)
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CaseDocumentError, match="no such file"):
        read_case(tmp_path / "case.json")
