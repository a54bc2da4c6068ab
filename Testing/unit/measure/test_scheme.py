"""The landmark scheme of the foot, and schemes of other tasks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.resources import resource_path

FOOT = load_scheme()


def test_ids_and_order() -> None:
    assert FOOT.views == ("AP", "lateral")
    assert FOOT.ids("AP") == tuple(f"A{k}" for k in range(1, 17))
    assert FOOT.ids("lateral") == tuple(f"L{k}" for k in range(1, 12))
    assert [FOOT.index("AP", i) for i in FOOT.ids("AP")] == list(range(16))


def test_pairs_run_from_medial_to_lateral_and_from_plantar_to_dorsal() -> None:
    def named(view: str) -> list[str]:
        return [f"{FOOT.ids(view)[a]}-{FOOT.ids(view)[b]}" for a, b in FOOT.pairs(view)]

    assert named("AP") == ["A1-A3", "A2-A4", "A5-A7", "A6-A8", "A9-A10", "A11-A12", "A13-A14"]
    assert named("lateral") == ["L4-L2", "L5-L3", "L6-L7", "L9-L8"]


def test_every_landmark_is_fully_worded() -> None:
    for mark in FOOT.all_landmarks:
        assert mark.name and len(mark.definition) > 20 and mark.role and mark.level and mark.status, mark.id
        assert mark.bone in FOOT.bones[mark.view], mark.id
        assert any(mark.id in axis.ids for axis in FOOT.axes(mark.view)), f"{mark.id} is on no drawn axis"
    assert {mark.status for mark in FOOT.all_landmarks} == {"P", "I, C", "C"}
    stated = {mark.id for mark in FOOT.all_landmarks if mark.status == "P"}
    assert stated == {"A5", "A7", "A15", "A16", "L6", "L8", "L9", "L11"}


def test_sources_named_in_the_wording_are_resolved() -> None:
    data = json.loads(resource_path("Schemes", "foot27.json").read_text(encoding="utf-8"))
    text = json.dumps([data["angles"], data["extra"]])
    for number in range(1, 33):
        if f"source {number})" in text or f'source {number}"' in text:
            assert str(number) in data["sources"]


def test_hash_depends_on_ids_and_views_only(tmp_path: Path) -> None:
    data = json.loads(resource_path("Schemes", "foot27.json").read_text(encoding="utf-8"))
    data["landmarks"][0]["definition"] = "better wording"
    reworded = tmp_path / "reworded.json"
    reworded.write_text(json.dumps(data))
    assert load_scheme(reworded).sha256 == FOOT.sha256
    data["landmarks"][:2] = data["landmarks"][1::-1]
    reworded.write_text(json.dumps(data))
    assert load_scheme(reworded).sha256 != FOOT.sha256


def test_a_scheme_of_another_task_loads(tmp_path: Path) -> None:
    """19 cephalometric points: one view, no pairs, no axes, no angles."""
    path = tmp_path / "ceph19.json"
    marks = [{"id": f"C{k}", "view": "cephalogram", "name": f"point {k}"} for k in range(1, 20)]
    path.write_text(json.dumps({"name": "ceph19", "landmarks": marks}))
    scheme = load_scheme(path)
    assert scheme.views == ("cephalogram",)
    assert len(scheme.ids("cephalogram")) == 19
    assert scheme.index("cephalogram", "C19") == 18
    assert scheme.pairs("cephalogram") == scheme.axes("cephalogram") == scheme.angles("cephalogram") == ()
    assert len(scheme.sha256) == 64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no valid JSON"),
        ("[]", "no JSON object"),
        ("{}", "'landmarks' is missing"),
        ('{"name": "x", "landmarks": []}', "no landmarks"),
        ('{"name": "x", "landmarks": [{"id": "a", "view": "v"}, {"id": "a", "view": "v"}]}', "occurs twice"),
        ('{"name": "x", "landmarks": [{"id": "a", "view": "v", "partner": "b"}]}', "partner"),
        (
            '{"name": "x", "landmarks": [{"id": "a", "view": "v"}], '
            '"axes": [{"name": "n", "view": "v", "from": ["a"], "to": ["b"]}]}',
            "names b",
        ),
    ],
)
def test_damaged_schemes_are_refused_by_name(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    with pytest.raises(FootDeformityError, match=message) as refusal:
        load_scheme(path)
    assert "broken.json" in str(refusal.value)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FootDeformityError, match="no landmark 'L1'"):
        FOOT.index("AP", "L1")
    with pytest.raises(FootDeformityError, match="no view 'oblique'"):
        FOOT.ids("oblique")
    with pytest.raises(FootDeformityError):
        load_scheme("foot99")
    with pytest.raises(FootDeformityError, match="Cannot read"):
        load_scheme(tmp_path / "missing.json")
