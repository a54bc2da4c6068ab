"""An image that shows no foot: the page says so, and places points only when a person insists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from room_page import RoomPage
from room_server import reading_room

pytestmark = pytest.mark.slow
REFUSED = "AP image: does not look like an AP or lateral radiograph of a foot (looks like: no view of a foot)"
INSISTED = "the points were placed because a person insisted"


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A dark egg with a line through it."""
    picture = Image.new("L", (300, 400), 230)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 90, 240, 310), fill=40)
    pen.line((0, 0, 300, 400), fill=0, width=9)
    path = tmp_path / "images" / "egg.png"
    path.parent.mkdir()
    picture.save(path)
    return path


def refused(room: RoomPage) -> RoomPage:
    """Wait until the page has said so."""
    expect(room.notice().filter(has_text=REFUSED)).to_contain_text("no points were placed")
    expect(room.page.locator(".mark")).to_have_count(0)
    return room


def insist(room: RoomPage) -> None:
    anyway = room.page.get_by_role("button", name="Detect anyway")
    anyway.click()
    room.wait_for_points(16)
    expect(anyway).to_have_count(0)
    expect(room.notice().filter(has_text=REFUSED)).to_have_count(0)
    expect(room.page.locator(".badge")).to_have_text("AI, not reviewed")


def taken(room: RoomPage, label: str) -> str:
    """What the menu gives under a label."""
    with room.page.expect_download() as waiting:
        room.page.get_by_role("button", name="Download").click()
        room.page.get_by_role("menuitem", name=label).click()
    return waiting.value.path().read_text()


def test_who_insists_gets_points_and_the_warning_goes_with_them(
    new_tab: Callable[[str], RoomPage], drawing: Path, tmp_path: Path
) -> None:
    with reading_room(drawing, state=tmp_path / "state") as server:
        room = refused(new_tab(server.address).open())
        insist(room)
        warning = room.page.locator(".warnings li").filter(has_text=INSISTED)
        expect(warning).to_contain_text(REFUSED)
        room.page.keyboard.press("Shift+Space")
        expect(room.page.locator(".badge")).to_have_text("Reviewed")
        expect(warning).to_be_visible()  # reviewed points make no foot of it
        case = json.loads(taken(room, "Everything as data"))
        assert case["images"]["AP"]["shows_foot"] == "refused"
        assert any(INSISTED in text for text in case["warnings"])
        assert INSISTED in taken(room, "Report")

        room.drop([drawing], view="lateral")
        told = room.notice().filter(has_text="lateral image: does not look like an AP or lateral radiograph")
        expect(told).not_to_contain_text("image.png")  # an upload's own path is no name that the reader knows
        expect(room.page.locator(".mark")).to_have_count(16)
        assert room.complaints == []


def test_in_a_worklist_the_image_is_marked_until_somebody_insists(
    new_tab: Callable[[str], RoomPage], drawing: Path, tmp_path: Path
) -> None:
    with reading_room(drawing.parent, "--reader", "AB", state=tmp_path / "state") as server:
        room = refused(new_tab(server.address).open())
        entry = room.page.locator('[data-entry="egg.png"]')
        expect(entry).to_have_class("refused")
        expect(room.page.locator("dialog[open]")).to_have_count(0)  # who reads is known
        insist(room)
        expect(entry).to_have_class("pre-placed")
        assert drawing.with_suffix(".mrk.json").exists()
