"""Both feet of a patient, an earlier exam beside them, and what was stated about them: all of it outlives a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from room_page import RoomPage
from room_server import ROOT, RoomServer, reading_room

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "Resources" / "Samples"
OTHER = SAMPLES / "cavus_ap.png", SAMPLES / "cavus_lateral.png"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, samples: tuple[Path, Path]) -> Iterator[RoomServer]:
    with reading_room(*samples, state=tmp_path_factory.mktemp("state")) as server:
        yield server


@pytest.fixture
def room(server: RoomServer, new_tab: Callable[[str], RoomPage]) -> RoomPage:
    """The first foot, with its points as the network placed them."""
    room = new_tab(server.address).open()
    room.page.locator("[data-foot='0']").click()
    room.wait_for_points(27)
    room.page.keyboard.press("Shift+R")
    expect(room.page.locator('.mark:not([data-state="ai"])')).to_have_count(0)
    return room


def taken(room: RoomPage, label: str) -> bytes:
    """What the menu gives under a label."""
    with room.page.expect_download() as waiting:
        room.page.get_by_role("button", name="Download").click()
        room.page.get_by_role("menuitem", name=label).click()
    return waiting.value.path().read_bytes()


def degrees(text: str) -> float:
    return float(text.rstrip("°"))


def test_an_earlier_exam_stands_beside_the_present_one(room: RoomPage, tmp_path: Path) -> None:
    earlier = tmp_path / "before.json"
    earlier.write_bytes(taken(room, "Everything as data"))
    before = {name: room.angle(name).inner_text() for name in ("meary", "hallux_abductus")}
    room.drop([earlier])
    changes = room.page.locator("[data-change]")
    expect(changes).to_have_count(7)
    room.drag("L8", 0, 30)
    change = room.page.locator('[data-change="meary"] td')
    now, delta = degrees(change.nth(1).inner_text()), degrees(change.nth(2).inner_text())
    assert change.nth(0).inner_text() == before["meary"]
    assert delta == pytest.approx(now - degrees(before["meary"]), abs=0.11) and abs(delta) > 12
    expect(room.page.locator('[data-meaning="meary"]')).to_contain_text("Beyond measurement error (MDC95")
    expect(room.page.locator('[data-meaning="hallux_abductus"]')).to_contain_text("Within measurement error")
    expect(room.page.locator(".warnings")).to_contain_text("nobody has reviewed")
    room.page.get_by_role("button", name="Remove").click()
    expect(changes).to_have_count(0)


def test_a_file_that_is_no_exam_is_named(room: RoomPage, tmp_path: Path) -> None:
    wrong = tmp_path / "letter.json"
    wrong.write_text('{"dear": "colleague"}')
    room.drop([wrong])
    expect(room.notice()).to_contain_text("letter.json")
    expect(room.notice()).not_to_contain_text("/tmp")
    room.dismiss_notices()


def test_both_feet_are_measured_and_leave_in_one_report(room: RoomPage) -> None:
    page, first = room.page, room.angle("meary").inner_text()
    page.get_by_role("button", name="Other foot").click()
    expect(page.locator(".empty")).to_have_count(2)
    room.drop(OTHER)
    room.wait_for_points(27)
    expect(room.diagnosis("pes_cavus")).to_have_text("present")
    page.get_by_label("Side").select_option("left")
    expect(page.locator("[data-foot='1']")).to_contain_text("Left foot")
    second = room.angle("meary").inner_text()
    room.drag("L8", 3, 12)
    page.locator("[data-foot='0']").click()
    expect(room.angle("meary")).to_have_text(first)
    assert second != first
    expect(page.locator('.mark[data-state="moved"]')).to_have_count(0)
    page.keyboard.press("Control+z")  # the last edit was on the other foot: the reader sees what is taken back
    expect(page.locator("[data-foot='1']")).to_have_attribute("aria-pressed", "true")
    expect(room.angle("meary")).to_have_text(second)
    report = taken(room, "Report of both feet").decode()
    assert report.index("<h1>Foot measurements, right foot</h1>") < report.index(
        "<h1>Foot measurements, left foot</h1>"
    )
    assert f"{first} " in report and f"{second} " in report
    case = json.loads(taken(room, "Left foot: Everything as data"))
    assert case["side"] == "left" and case["angles"]["meary"]["degrees"] == pytest.approx(degrees(second), abs=0.0501)


def test_what_a_person_entered_outlives_a_crash(
    tmp_path: Path, samples: tuple[Path, Path], new_tab: Callable[[str], RoomPage]
) -> None:
    with reading_room(samples[1], state=tmp_path) as server:
        room = new_tab(server.address).open()
        room.wait_for_points(11)
        room.page.get_by_label("Side").select_option("left")
        room.page.get_by_label("Weight-bearing").select_option("no")
        room.page.get_by_label("Criteria").select_option("lee2025-calibrated")
        room.page.get_by_label("Age, years").fill("14.5")
        room.page.get_by_label("Age, years").press("Enter")
        expect(room.page.locator("[data-foot='0']")).to_contain_text("Left foot")
        room.drag("L8", 4, 14)
        moved = room.xy("L8")
        expect(room.page.locator(".saved")).to_contain_text("kept on this machine")
        server.kill()
        expect(room.page.get_by_role("alert")).to_contain_text("not running")
    with reading_room(samples[1], state=tmp_path) as server:
        room = new_tab(server.address).open()
        room.wait_for_points(11)
        expect(room.notice().last).to_contain_text("age 14.5")
        for label, value in {
            "Side": "left",
            "Weight-bearing": "no",
            "Criteria": "lee2025-calibrated",
            "Age, years": "14.5",
        }.items():
            expect(room.page.get_by_label(label)).to_have_value(value)
        expect(room.diagnosis("pes_planus")).to_have_text("not applicable")
        assert room.xy("L8") == pytest.approx(moved, abs=1e-5)
