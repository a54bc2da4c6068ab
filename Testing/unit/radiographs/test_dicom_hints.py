"""Side, view, load, age and body part from tags: hints, never guesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from FootDeformityLib.radiographs.dicom_age import dicom_age
from FootDeformityLib.radiographs.dicom_hints import (
    dicom_side,
    dicom_view,
    dicom_weight_bearing,
    note_other_body_part,
)

#: pydicom warns when a test writes a broken value
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def tagged(**tags: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def code(meaning: str) -> list[Dataset]:
    return [tagged(CodeMeaning=meaning)]


def asked(question: Callable[[Dataset, list[str]], Any], **tags: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return question(tagged(**tags), notes), notes


@pytest.mark.parametrize(
    ("tags", "side"),
    [
        ({"ImageLaterality": "L"}, "left"),
        ({"Laterality": "R"}, "right"),
        ({"ImageLaterality": "R", "Laterality": "R", "SeriesDescription": "Foot right"}, "right"),
        ({"SeriesDescription": "Fuß li. d.p. belastet"}, "left"),
        ({"SeriesDescription": "Foot AP standing"}, None),
        ({"SeriesDescription": "upright foot"}, None),
        ({"SeriesDescription": "Profil de l'avant-pied droit"}, "right"),
        ({"ProtocolName": "FOOT_LT_LAT"}, "left"),
        ({"BodyPartExamined": "LFOOT"}, "left"),
        ({"SeriesDescription": "Both feet, left and right"}, None),
        ({"ImageLaterality": "B"}, None),
        ({"ImageLaterality": "U"}, None),
        ({"StudyDescription": "XR Foot Right 3 views"}, "right"),
        ({}, None),
    ],
)
def test_side(tags: dict[str, Any], side: str | None) -> None:
    assert asked(dicom_side, **tags) == (side, [])


@pytest.mark.parametrize(
    "tags",
    [
        {"ImageLaterality": "L", "Laterality": "R"},
        {"ImageLaterality": "L", "SeriesDescription": "Foot right AP"},
    ],
)
def test_contradicting_sides_are_no_side(tags: dict[str, Any]) -> None:
    side, notes = asked(dicom_side, **tags)
    assert side is None and "contradict" in notes[0]


@pytest.mark.parametrize(
    ("tags", "view"),
    [
        ({"ViewPosition": "AP"}, "AP"),
        ({"ViewPosition": "PA"}, "AP"),
        ({"ViewPosition": "LL"}, "lateral"),
        ({"ViewPosition": "RL"}, "lateral"),
        ({"ViewPosition": "LAT"}, "lateral"),
        ({"SeriesDescription": "Fuß d.p. stehend"}, "AP"),
        ({"SeriesDescription": "Foot dorso-plantar"}, "AP"),
        ({"SeriesDescription": "Fuss seitlich"}, "lateral"),
        ({"SeriesDescription": "Pied de profil en charge"}, "lateral"),
        ({"ProtocolName": "Foot lateral WB"}, "lateral"),
        ({"SeriesDescription": "Foot AP + LAT"}, None),
        ({"ViewCodeSequence": code("antero-posterior")}, "AP"),
        ({"ViewCodeSequence": code("medio-lateral")}, "lateral"),
        ({"StudyDescription": "Foot AP"}, None),
        ({}, None),
    ],
)
def test_view(tags: dict[str, Any], view: str | None) -> None:
    assert asked(dicom_view, **tags) == (view, [])


@pytest.mark.parametrize(
    "tags",
    [
        {"ViewPosition": "LLO"},
        {"ViewPosition": "OBLIQUE"},
        {"ViewCodeSequence": code("medio-lateral oblique")},
        {"SeriesDescription": "Fuß schräg"},
        {"SeriesDescription": "Calcaneus axial"},
    ],
)
def test_other_views_are_told(tags: dict[str, Any]) -> None:
    view, notes = asked(dicom_view, **tags)
    assert view is None and "oblique or axial" in notes[0]


def test_contradicting_views_are_no_view() -> None:
    view, notes = asked(dicom_view, ViewPosition="AP", SeriesDescription="Foot lateral")
    assert view is None and "contradict" in notes[0]


@pytest.mark.parametrize(
    ("words", "load"),
    [
        ("Foot AP weight-bearing", "yes"),
        ("FOOT WEIGHTBEARING LAT", "yes"),
        ("Foot lat WB", "yes"),
        ("Foot standing", "yes"),
        ("Fuß stehend", "yes"),
        ("Fuß belastet", "yes"),
        ("Pied en charge", "yes"),
        ("Piede sotto carico", "yes"),
        ("Foot non-weight-bearing", "no"),
        ("Foot non weight bearing", "no"),
        ("Foot NWB", "no"),
        ("Fuß unbelastet", "no"),
        ("Fuß ohne Belastung", "no"),
        ("Pied en décharge", "no"),
        ("Foot partial weight bearing", "unknown"),
        ("Foot AP", "unknown"),
        ("New boot", "unknown"),
        ("", "unknown"),
    ],
)
def test_weight_bearing(words: str, load: str) -> None:
    assert asked(dicom_weight_bearing, SeriesDescription=words) == (load, [])


def test_contradicting_loads_are_unknown() -> None:
    load, notes = asked(dicom_weight_bearing, SeriesDescription="Foot WB", ProtocolName="Foot NWB")
    assert load == "unknown" and "contradict" in notes[0]


@pytest.mark.parametrize(
    ("tags", "years"),
    [
        ({"PatientAge": "045Y"}, 45.0),
        ({"PatientAge": "018M"}, 1.5),
        ({"PatientAge": "052W"}, 52 * 7 / 365.25),
        ({"PatientAge": "100D"}, 100 / 365.25),
        ({"PatientBirthDate": "20000101", "StudyDate": "20100101"}, 10.0),
        ({"PatientAge": "010Y", "PatientBirthDate": "20000101", "StudyDate": "20100601"}, 10.0),
        ({"PatientAge": "000Y"}, None),
        ({"PatientAge": "old"}, None),
        ({"PatientAge": "250Y"}, None),
        ({"PatientBirthDate": "19000101", "StudyDate": "20240101"}, None),
        ({"PatientBirthDate": "20240101", "StudyDate": "20100101"}, None),
        ({"PatientBirthDate": "20241399", "StudyDate": "20250101"}, None),
        ({"PatientBirthDate": "20000101"}, None),
        ({}, None),
    ],
)
def test_age(tags: dict[str, Any], years: float | None) -> None:
    found, notes = asked(dicom_age, **tags)
    assert found == (None if years is None else pytest.approx(years, abs=0.01)) and notes == []


def test_contradicting_ages_are_no_age() -> None:
    years, notes = asked(dicom_age, PatientAge="045Y", PatientBirthDate="20000101", StudyDate="20100101")
    assert years is None and "contradict" in notes[0] and "2000" not in notes[0]


@pytest.mark.parametrize(("part", "told"), [("FOOT", False), ("ANKLE", False), ("", False), ("CHEST", True)])
def test_another_body_part_is_told(part: str, told: bool) -> None:
    notes: list[str] = []
    note_other_body_part(tagged(BodyPartExamined=part), notes)
    assert bool(notes) is told
