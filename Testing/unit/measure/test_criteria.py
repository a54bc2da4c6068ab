"""Criteria profiles: their numbers, their citations, their words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.angles import ANGLES
from FootDeformityLib.measure.criteria import available_criteria, load_criteria
from FootDeformityLib.measure.reference_values import load_reference_values
from FootDeformityLib.resources import resource_path

FILES = ("literature", "lee2025-calibrated", "reference_values")


def content(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource_path("Criteria", f"{name}.json").read_text(encoding="utf-8"))
    return data


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from objects(item)


def rules(name: str) -> dict[str, dict[str, str]]:
    """Deformity -> band -> rule with abbreviations dropped to angle names, for comparison with the specification."""
    deformities = load_criteria(name).deformities
    return {
        d.name: {b: " or ".join(f"{o.angle} {o.relation} {o.cutoff:g}" for o in d.rules[b]) for b in d.rules}
        for d in deformities.values()
    }


def test_profiles_ship_with_the_clinical_default_first() -> None:
    assert available_criteria() == ("literature", "lee2025-calibrated")
    assert load_criteria().name == "literature"


def test_literature_as_specified() -> None:
    assert rules("literature") == {
        "pes_planus": {
            "adult": "meary > 4 or calcaneal_pitch < 18",
            "child": "meary > 13.5 or calcaneal_pitch < 15",
        },
        "pes_cavus": {"adult": "meary < -4", "child": "meary < -4"},
        "hindfoot_valgus": {"adult": "ap_talocalcaneal > 30", "child": "ap_talocalcaneal > 45"},
        "forefoot_abduction": {"adult": "talonavicular > 7", "child": "talonavicular > 20"},
        "hallux_valgus": {"adult": "hallux_abductus > 15", "child": "hallux_abductus > 20"},
    }


def test_calibrated_profile_as_specified_and_labelled() -> None:
    expected = rules("literature")
    expected["pes_cavus"] = {"adult": "meary < -4", "child": "meary < -6"}
    expected["hindfoot_valgus"] = {"adult": "ap_talocalcaneal > 21", "child": "ap_talocalcaneal > 45"}
    expected["forefoot_abduction"] = {"adult": "talonavicular > 7", "child": "talonavicular > 25"}
    expected["hallux_valgus"] = {"adult": "hallux_abductus > 16", "child": "hallux_abductus > 22"}
    assert rules("lee2025-calibrated") == expected
    profile = load_criteria("lee2025-calibrated")
    assert "not the authors' table" in profile.caveat and "reproduction" in profile.purpose
    calibrated = [o for d in list(profile.deformities.values())[1:] for rule in d.rules.values() for o in rule]
    assert {c.mark for o in calibrated for c in o.citations} == {"K"}


def test_ages() -> None:
    for name in available_criteria():
        profile = load_criteria(name)
        assert (profile.adult_from_years, profile.youngest_years) == (18, 7)


def test_grey_zones_are_half_of_mdc95_and_capped() -> None:
    """MDC95 at its high end: ME 12, CP 4.7, TN 14, HA 5.7; APTC not derivable."""
    assert load_criteria().grey_zone == {
        "meary": 2,
        "calcaneal_pitch": 2,
        "talonavicular": 2,
        "hallux_abductus": 5.7 / 2,
        "ap_talocalcaneal": 4,
    }


@pytest.mark.parametrize("name", FILES)
def test_every_number_is_cited_in_full(name: str) -> None:
    data = content(name)
    numeric = ("cutoff", "bound", "cap", "value", "low", "high", "mean", "sd", "icc", "mdc95")
    cited = 0
    for entry in objects({k: v for k, v in data.items() if k not in ("sources", "marks")}):
        spans = set(entry) == {"low", "high"}  # inside icc, sem, mdc95: the citation is one level up
        if any(isinstance(entry.get(key), (int, float, dict)) for key in numeric) and not spans:
            assert entry["citations"], entry
            cited += 1
        for citation in (*entry.get("citations", ()), *entry.get("conflicting", ())):
            source = data["sources"][citation["source"]]
            assert source["reference"] and source["read"]
            assert citation["mark"] in data["marks"]
    assert cited > 15
    used = {c["source"] for e in objects(data) for k in ("citations", "conflicting") for c in e.get(k, ())}
    assert used == set(data["sources"]), "every listed source is used"


def test_a_source_reads_the_same_everywhere() -> None:
    seen: dict[str, Any] = {}
    for data in (*map(content, FILES), json.loads(resource_path("Schemes", "foot27.json").read_text("utf-8"))):
        for key, source in data["sources"].items():
            assert seen.setdefault(key, source) == source


def test_our_own_choices_say_so() -> None:
    child = load_criteria().deformities["forefoot_abduction"].rules["child"][0]
    assert [c.mark for c in child.citations] == ["C"]
    assert "No source" in str(child.citations[0])
    hindfoot = load_criteria().deformities["hindfoot_valgus"].rules["child"][0]
    assert {c.note for c in hindfoot.conflicting} == {
        "uses 30 instead",
        "35 is the upper limit at 9 years",
        "uses 35 instead",
    }


def test_rules_in_words_follow_the_numbers(tmp_path: Path) -> None:
    planus = load_criteria().deformities["pes_planus"]
    assert planus.in_words("adult") == "Meary's angle > 4 degrees or calcaneal pitch < 18 degrees"
    data = content("literature")
    data["deformities"]["pes_planus"]["rules"]["adult"][0]["cutoff"] = 5.5
    path = tmp_path / "own.json"
    path.write_text(json.dumps(data))
    assert load_criteria(path).deformities["pes_planus"].in_words("adult").startswith("Meary's angle > 5.5 degrees or")


def test_reference_values_cover_every_angle() -> None:
    reference = load_reference_values()
    assert set(reference.normal) == set(reference.reliability) == set(ANGLES)
    shown = {(a, b): r.in_words() for a in ANGLES for b in ("adult", "child") if (r := reference.normal_range(a, b))}
    assert shown == {
        ("ap_talocalcaneal", "adult"): "15 to 30 degrees",
        ("ap_talocalcaneal", "child"): "30 to 45 degrees",
        ("talonavicular", "adult"): "up to 7 degrees",
        ("hallux_abductus", "adult"): "up to 15 degrees",
        ("hallux_abductus", "child"): "0 to 15 degrees",
        ("meary", "adult"): "-4 to 4 degrees",
        ("calcaneal_pitch", "adult"): "20 to 30 degrees",
        ("lateral_talocalcaneal", "adult"): "25 to 50 degrees",
        ("lateral_talocalcaneal", "child"): "35 to 50 degrees",
    }


def test_sem_and_mdc_follow_from_icc_and_sd() -> None:
    """SEM = SD sqrt(1 - ICC), MDC95 = 2.77 SEM, as printed with two digits in the specification."""
    derived = [entry for entry in content("reference_values")["reliability"].values() if entry["icc"]]
    assert len(derived) == 5
    for entry in derived:
        for of_sem, of_icc in (("low", "high"), ("high", "low")):
            sem = entry["sd_test"] * math.sqrt(1 - entry["icc"][of_icc])
            assert entry["sem"][of_sem] == pytest.approx(sem, abs=0.06)
            assert entry["mdc95"][of_sem] == pytest.approx(2.77 * sem, abs=0.6)


def broken(change: str) -> dict[str, Any]:
    data = content("literature")
    operand = data["deformities"]["pes_planus"]["rules"]["adult"][0]
    if change == "no citation":
        operand["citations"] = []
    elif change == "unknown source":
        operand["citations"][0]["source"] = "99"
    elif change == "unknown angle":
        operand["angle"] = "kite"
    elif change == "relation":
        operand["relation"] = ">="
    elif change == "no child rule":
        data["deformities"]["pes_planus"]["rules"]["child"] = []
    elif change == "cutoff":
        operand["cutoff"] = "4"
    elif change == "kind":
        data["kind"] = "recipe"
    return data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("no citation", "no citation"),
        ("unknown source", "unknown source"),
        ("unknown angle", "unknown angle 'kite'"),
        ("relation", "not by '>='"),
        ("no child rule", "none for children"),
        ("cutoff", "'cutoff' has an unexpected value"),
        ("kind", "not a criteria profile"),
    ],
)
def test_damaged_profiles_are_refused_by_name(tmp_path: Path, change: str, message: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken(change)))
    with pytest.raises(FootDeformityError, match=message) as refusal:
        load_criteria(path)
    assert "broken.json" in str(refusal.value)


def test_an_unknown_profile_is_refused_with_what_there_is() -> None:
    with pytest.raises(FootDeformityError, match="available: literature, lee2025-calibrated"):
        load_criteria("textbook")
    with pytest.raises(FootDeformityError, match="available"):
        load_criteria("reference_values")
