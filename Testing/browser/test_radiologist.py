"""A radiologist's way through one foot, with the shipped models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from room_page import RoomPage
from room_server import RoomServer, reading_room

from FootDeformityLib.files.markups import read_markups
from FootDeformityLib.radiographs.read import read_radiograph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomServer]:
    with reading_room(state=tmp_path_factory.mktemp("state")) as server:
        yield server


@pytest.fixture
def room(server: RoomServer, new_tab: Callable[[str], RoomPage]) -> RoomPage:
    """The sample foot with all points as the network placed them."""
    room = new_tab(server.address).open()
    room.wait_for_points(27)
    room.page.keyboard.press("Shift+R")
    expect(room.page.locator('.mark:not([data-state="ai"])')).to_have_count(0)
    return room


def number(text: str | None) -> float:
    assert text is not None
    return float(text.rstrip("°"))


def test_the_sample_opens_measured_and_says_that_nobody_reviewed_it(room: RoomPage) -> None:
    expect(room.page.locator(".badge")).to_have_text("AI, not reviewed")
    expect(room.page.get_by_text("not a medical device")).to_be_visible()
    for row in room.page.locator("[data-angle]").all():
        assert re.fullmatch(r"-?\d+\.\d°", row.locator(".value b").inner_text()), row.inner_text()
    expect(room.page.locator("[data-diagnosis]")).to_have_count(5)
    assert room.page.locator("[name=side], select").first.input_value() == "right"  # by the tags


def test_both_radiographs_are_drawn(room: RoomPage) -> None:
    for view in ("AP", "lateral"):
        greys = room.page.evaluate(
            """(view) => {
                const canvas = document.querySelector(`[data-view="${view}"] canvas`);
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                return new Set(data.filter((_, k) => k % 4 === 0)).size;
            }""",
            view,
        )
        assert greys > 100, view


def test_dragging_changes_the_numbers_before_the_button_is_released(room: RoomPage) -> None:
    before = room.angle("meary").inner_text()
    room.drag("L8", 0, 25, lambda: expect(room.angle("meary")).not_to_have_text(before))
    expect(room.page.locator('[data-angle="meary"]')).to_contain_text(f"AI {before}")


def test_a_drag_is_one_step_of_undo_and_comes_back_with_redo(room: RoomPage) -> None:
    before, at = room.angle("meary").inner_text(), room.xy("L8")
    room.drag("L8", 6, 22)
    after = room.angle("meary").inner_text()
    room.page.keyboard.press("Control+z")
    expect(room.angle("meary")).to_have_text(before)
    assert room.xy("L8") == at
    room.page.keyboard.press("Control+y")
    expect(room.angle("meary")).to_have_text(after)


def test_the_downloaded_points_lie_where_the_page_shows_them(room: RoomPage, samples: tuple[Path, Path]) -> None:
    room.drag("L8", -7, 19)
    shown = room.xy("L8")
    with room.page.expect_download() as waiting:
        room.page.get_by_role("button", name="Download").click()
        room.page.get_by_role("menuitem", name="lateral points for 3D Slicer").click()
    assert waiting.value.suggested_filename == "lateral.mrk.json"
    points = read_markups_of(waiting.value.path())
    pixels = read_radiograph(samples[1]).write_from_pixels.inverse().apply(points["L8"][:2])
    assert pixels == pytest.approx(shown, abs=1e-5)


def read_markups_of(path: Path) -> dict[str, list[float]]:
    named = path.with_name("downloaded.mrk.json")
    named.write_bytes(path.read_bytes())
    points = read_markups(named)
    return dict(zip(points.labels, points.positions.tolist(), strict=True))


@pytest.mark.parametrize(
    ("label", "name", "start"),
    [
        ("Report", "report.html", "<!DOCTYPE html>"),
        ("Everything as data", "case.json", "{"),
        ("Table", "measurements.csv", ""),
    ],
)
def test_results_can_be_downloaded(room: RoomPage, label: str, name: str, start: str) -> None:
    with room.page.expect_download() as waiting:
        room.page.get_by_role("button", name="Download").click()
        room.page.get_by_role("menuitem", name=label).click()
    assert waiting.value.suggested_filename == name
    text = waiting.value.path().read_text(encoding="utf-8")
    assert text.startswith(start) and len(text) > 300
    if name == "case.json":
        shown = number(room.angle("meary").inner_text())
        assert json.loads(text)["angles"]["meary"]["degrees"] == pytest.approx(shown, abs=0.05001)


def test_keys_lead_through_the_points(room: RoomPage) -> None:
    keys = room.page.keyboard
    keys.press("Escape")
    keys.press("n")
    expect(room.mark("A1")).to_have_class(re.compile("selected"))
    keys.press(" ")
    expect(room.mark("A1")).to_have_attribute("data-state", "confirmed")
    expect(room.mark("A2")).to_have_class(re.compile("selected"))
    keys.press("u")
    expect(room.page.locator(".landmark-bar")).to_contain_text("uncertain")
    keys.press("Delete")
    expect(room.mark("A2")).to_have_count(0)
    expect(room.page.locator(".landmark-bar")).to_contain_text("not visible")
    keys.press("r")
    expect(room.mark("A2")).to_have_attribute("data-state", "ai")
    keys.press("Shift+Space")
    expect(room.page.locator(".badge")).to_have_text("Reviewed")


def test_arrow_keys_move_the_focused_point_by_pixels(room: RoomPage) -> None:
    x, y = room.xy("L8")
    room.mark("L8").focus()
    room.page.keyboard.press("ArrowRight")
    room.page.keyboard.press("Shift+ArrowUp")
    expect(room.mark("L8")).to_have_attribute("data-xy", f"{shown(x + 1)} {shown(y - 10)}")
    expect(room.mark("L8")).to_have_attribute("data-state", "moved")


def shown(pixels: float) -> str:
    """A coordinate as a page writes it; the server keeps millionths of a pixel."""
    return f"{pixels:.6f}".rstrip("0").rstrip(".")


def test_a_point_that_is_missing_is_placed_by_a_click(room: RoomPage) -> None:
    x, y = room.place("L8")
    room.mark("L8").click()
    room.page.keyboard.press("Delete")
    expect(room.mark("L8")).to_have_count(0)
    room.page.mouse.click(x + 3, y + 3)
    expect(room.mark("L8")).to_have_attribute("data-state", "moved")
    assert room.place("L8") == pytest.approx((x + 3, y + 3), abs=1.5)


def test_facts_decide_what_is_said(room: RoomPage) -> None:
    weight = room.page.get_by_label("Weight-bearing")
    weight.select_option("no")
    expect(room.diagnosis("hallux_valgus")).to_have_text("not applicable")
    weight.select_option("yes")
    expect(room.diagnosis("hallux_valgus")).not_to_have_text("not applicable")
    age = room.page.get_by_label("Age, years")
    age.fill("a hundred")
    age.press("Enter")
    expect(room.notice()).to_contain_text("is no age")
    age.fill("14.5")
    weight.evaluate("(select) => { select.value = 'no'; select.dispatchEvent(new Event('change')); }")
    expect(room.diagnosis("hallux_valgus")).to_have_text("not applicable")
    expect(age).to_have_value("14.5")  # what comes from the server does not replace what is half typed
    weight.evaluate("(select) => { select.value = 'yes'; select.dispatchEvent(new Event('change')); }")
    expect(room.diagnosis("hallux_valgus")).not_to_have_text("not applicable")
    age.fill("34")
    age.press("Enter")
    room.dismiss_notices()


def test_the_mouse_zooms_pans_and_windows_as_in_slicer(room: RoomPage) -> None:
    box = room.page.locator('[data-view="lateral"]').bounding_box()
    assert box is not None
    corner = box["x"] + 40, box["y"] + 40
    page = room.page
    first = room.place("L1"), room.place("L11")
    page.mouse.move(*room.place("L1"))
    page.mouse.wheel(0, -240)
    page.wait_for_function(
        """(far) => {
            const at = (id) => document.querySelector(`[data-landmark=${id}] .target`).getBoundingClientRect().x;
            return Math.abs(at("L11") - at("L1")) > 1.3 * far;
        }""",
        arg=abs(first[1][0] - first[0][0]),
    )
    assert room.place("L1") == pytest.approx(first[0], abs=12)  # zooms where the mouse is
    before = room.place("L1")
    page.mouse.move(*corner)
    page.mouse.down(button="middle")
    page.mouse.move(corner[0] + 50, corner[1] + 20)
    page.mouse.up(button="middle")
    page.wait_for_function(
        "(x) => document.querySelector('[data-landmark=L1] .target').getBoundingClientRect().x > x + 30",
        arg=before[0] - 13,
    )
    frame = page.locator('[data-view="lateral"]').get_attribute("data-frame")
    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move(corner[0] + 60, corner[1] + 60, steps=3)
    page.mouse.up()
    expect(page.locator('[data-view="lateral"]')).not_to_have_attribute("data-frame", frame or "")
    page.mouse.dblclick(*corner)
    page.wait_for_function(
        "(x) => Math.abs(document.querySelector('[data-landmark=L11] .target').getBoundingClientRect().x + 13 - x) < 4",
        arg=first[1][0],
    )


def test_a_reload_shows_the_same_case(room: RoomPage) -> None:
    room.drag("L8", 5, 15)
    shown, words = room.xy("L8"), room.angle("meary").inner_text()
    room.page.reload()
    room.wait_for_points(27)
    assert room.xy("L8") == pytest.approx(shown, abs=1e-5)
    expect(room.angle("meary")).to_have_text(words)


def test_two_tabs_show_one_case_and_say_so(
    room: RoomPage, server: RoomServer, new_tab: Callable[[str], RoomPage]
) -> None:
    other = new_tab(server.address).open()
    other.wait_for_points(27)
    for tab in (room, other):
        expect(tab.page.locator(".tabs-note")).to_contain_text("Open in 2 tabs")
    room.drag("L8", 4, 18)
    expect(other.mark("L8")).to_have_attribute("data-state", "moved")
    assert other.xy("L8") == pytest.approx(room.xy("L8"), abs=1e-5)
    other.drag("L9", 10, 6)
    expect(room.mark("L9")).to_have_attribute("data-state", "moved")
    expect(room.mark("L8")).to_have_attribute("data-state", "moved")  # nobody's edit is lost
    other.page.close()
    expect(room.page.locator(".tabs-note")).to_have_count(0)


def test_a_detection_can_be_cancelled_and_started_again(room: RoomPage) -> None:
    room.page.keyboard.press("d")
    room.page.get_by_role("button", name="Cancel").click()
    expect(room.page.locator(".progress")).to_have_count(0)
    room.page.get_by_role("button", name="Detect").click()
    expect(room.page.locator(".progress")).to_have_count(1)
    room.wait_for_points(27)


def test_everything_has_a_name_and_nothing_comes_from_elsewhere(room: RoomPage, server: RoomServer) -> None:
    nameless = room.page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, input, [role=button], dialog, progress")]
            .filter((element) => !element.getAttribute("aria-label") && !element.textContent.trim())
            .filter((element) => !element.labels?.length && !element.title)
            .map((element) => element.outerHTML)"""
    )
    assert nameless == []
    room.page.keyboard.press("?")
    expect(room.page.get_by_role("dialog")).to_contain_text("next point to check")
    room.page.keyboard.press("Escape")
    foreign = [url for url in room.requests if not url.startswith((server.address, "blob:", "data:"))]
    assert foreign == [] and room.requests
    assert room.complaints == []
