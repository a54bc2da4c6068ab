"""A case becomes a valid document and comes back as it was."""

from __future__ import annotations

import json
import re

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import from_document, to_document
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.files.case_document import CaseDocumentError, validate_case


def test_round_trip(example_case: Case) -> None:
    case = example_case.move("AP", "A1", (91.25, 60.5)).confirm("AP", "A2").remove("lateral", "L1")
    document = json.loads(json.dumps(to_document(case)))
    validate_case(document)
    assert from_document(document) == case


def test_one_view_leaves_the_other_empty(example_case: Case) -> None:
    document = to_document(Case.from_views({"AP": example_case.views["AP"]}, Facts()))
    validate_case(document)
    assert document["images"]["lateral"] is None
    assert {mark["state"] for mark in document["landmarks"]["lateral"].values()} == {"missing"}
    assert document["angles"]["meary"]["degrees"] is None
    assert "lateral" in document["angles"]["meary"]["reason"]
    assert document["diagnosis"]["pes_planus"]["state"] == "not_measurable"
    assert "lateral" not in from_document(document).views


def test_without_a_network_there_is_no_model(example_case: Case) -> None:
    views = {
        name: type(view)(view.image, {key: state.confirmed() for key, state in view.landmarks.items()})
        for name, view in example_case.views.items()
    }
    document = to_document(Case.from_views(views, Facts()))
    assert document["model"] is None
    assert document["reviewed"]


def test_numbers_are_those_of_the_measurement(example_case: Case) -> None:
    document = to_document(example_case)
    for name, angle in example_case.measurements.angles.items():
        assert document["angles"][name]["degrees"] == angle.value
    for name, finding in example_case.measurements.findings.items():
        assert document["diagnosis"][name]["state"] == finding.state


def test_words_and_ranges(example_case: Case) -> None:
    angle = to_document(example_case)["angles"]["mt1_talar"]
    assert angle["words"] == "10.7° abducted"
    assert angle["direction"] == "abducted"
    meary = to_document(example_case)["angles"]["meary"]
    assert meary["normal_range"] == [-4, 4]
    child = to_document(example_case.with_facts(Facts("right", 12.0, "yes")))["angles"]["lateral_talocalcaneal"]
    assert child["normal_range"] == [35, 50]
    assert child["normal_range_source"].startswith("children")


@pytest.mark.parametrize("age", [5.0, 10.0, 40.0, None])
def test_no_text_names_a_source_by_its_number(example_case: Case, age: float | None) -> None:
    """Numbers of sources mean something in the JSON files only; a reader gets the source's name."""
    for criteria in ("literature", "lee2025-calibrated"):
        case = example_case.with_facts(Facts("left", age, "yes")).with_criteria(criteria)
        assert not re.search(r"sources? \d|\breference \d|\+-", json.dumps(to_document(case)))


def test_warnings_name_what_must_be_known(example_case: Case) -> None:
    document = to_document(example_case.with_facts(Facts(warnings=("Tags disagree.",))))
    assert document["warnings"][0] == "Tags disagree."
    assert any("Weight-bearing is unknown" in text for text in document["warnings"])
    assert any("age is unknown" in text for text in document["warnings"])


def test_a_broken_document_is_refused(example_case: Case) -> None:
    document = to_document(example_case)
    del document["landmarks"]["AP"]
    with pytest.raises(CaseDocumentError):
        from_document(document)
