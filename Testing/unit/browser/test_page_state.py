"""What the page is told about a case."""

from __future__ import annotations

import json

import pytest

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.edit import Edit
from FootDeformityLib.hosts.browser.page_lines import view_lines
from FootDeformityLib.hosts.browser.page_state import case_state, scheme_state

BY = Edit("AB", "2026-01-31T09:05:00Z")


def test_everything_is_plain_data(example_case: Case) -> None:
    state = (
        case_state(example_case) | scheme_state() | {view: view_lines(example_case, view) for view in ("AP", "lateral")}
    )
    assert json.loads(json.dumps(state, allow_nan=False))


def test_every_landmark_has_a_place_a_state_and_a_name(example_case: Case) -> None:
    points = case_state(example_case)["points_AP"]
    assert [point["id"] for point in points] == list(example_case.scheme.ids("AP"))
    assert points[0]["xy"] == list(example_case.views["AP"].landmarks["A1"].xy_px or ())
    assert points[2]["style"] == "doubtful"
    names = {mark["id"]: mark for mark in scheme_state()["landmarks"]}
    assert len(names) == 27 and "Hallux" in names["A1"]["name"]


def test_an_edited_angle_keeps_the_networks_value_beside_it(example_case: Case) -> None:
    before = {angle["name"]: angle for angle in case_state(example_case)["angles"]}
    x, y = example_case.views["lateral"].landmarks["L8"].xy_px or (0, 0)
    state = case_state(example_case.move("lateral", "L8", (x + 30, y + 20), BY))
    after = {angle["name"]: angle for angle in state["angles"]}
    assert not before["meary"]["changed"] and after["meary"]["changed"]
    assert after["meary"]["ai_words"] == before["meary"]["value"] != after["meary"]["value"]
    assert not after["hallux_abductus"]["changed"]
    assert state["unreviewed"] == 26


def test_a_view_without_image_is_closed_and_has_no_points(example_case: Case) -> None:
    alone = Case({"AP": example_case.views["AP"]}, example_case.facts)
    state = case_state(alone)
    assert state["view_lateral"] == {"open": False} and state["points_lateral"] == []
    assert view_lines(alone, "lateral") == {"axes": [], "arcs": []}


def test_an_arc_carries_the_number_of_the_table(example_case: Case) -> None:
    arcs = {arc["name"]: arc for arc in view_lines(example_case, "lateral")["arcs"]}
    table = {angle["name"]: angle["value"] for angle in case_state(example_case)["angles"]}
    assert arcs["meary"]["text"].endswith(table["meary"])


def test_a_removed_point_takes_its_axis_away(example_case: Case) -> None:
    axes = {axis["name"] for axis in view_lines(example_case, "AP")["axes"]}
    left = {axis["name"] for axis in view_lines(example_case.remove("AP", "A15", BY), "AP")["axes"]}
    assert len(left) < len(axes) and left < axes


@pytest.mark.parametrize("age", [None, 14.5])
def test_the_age_is_shown_as_it_is_typed(example_case: Case, age: float | None) -> None:
    from dataclasses import replace

    case = example_case.with_facts(replace(example_case.facts, age_years=age))
    assert case_state(case)["facts"]["age"] == ("" if age is None else "14.5")


def test_a_blinded_reader_is_told_nothing_of_the_network(example_case: Case) -> None:
    x, y = example_case.views["lateral"].landmarks["L8"].xy_px or (0, 0)
    state = case_state(example_case.move("lateral", "L8", (x + 30, y + 20), BY), blinded=True)
    points = [*state["points_AP"], *state["points_lateral"]]
    placed = [point for point in points if point["xy"]]
    assert {(point["style"], point["confidence"], point["moved_by"]) for point in placed} == {("neutral", None, "")}
    assert {point["state_words"] for point in placed} == {"placed"}
    assert {angle["ai_words"] for angle in state["angles"]} == {""}
    assert {angle["bar"]["ai"] for angle in state["angles"] if angle["bar"]} == {None}
