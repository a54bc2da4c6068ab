"""An annotator's way through a folder: corrected, saved, killed, resumed. No network: the points come from files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from room_page import RoomPage
from room_server import ROOT, RoomServer, reading_room

from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseImage, CaseView
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.markups import read_markups
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.radiographs.geometry import Affine

pytestmark = pytest.mark.slow
#: name and mean confidence of the images, all lateral
IMAGES = {"anna.png": 0.9, "berta.png": 0.6, "clara.png": 0.8}


def pre_place(image: Path, confidence: float) -> None:
    """Write points beside a lateral sample as ``detect`` leaves them: a circle on the foot."""
    names = load_scheme().ids("lateral")
    turns = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    states = {
        name: LandmarkState.detected((500 + 160 * np.cos(turn), 420 + 160 * np.sin(turn)), confidence)
        for name, turn in zip(names, turns, strict=True)
    }
    view = CaseView(CaseImage(image.name), states, "model abc")
    write_case_landmarks(image.with_name(f"{image.stem}.mrk.json"), view.landmarks_document(), Affine.identity())


def images_in(folder: Path) -> Path:
    folder.mkdir()
    for name, confidence in IMAGES.items():
        shutil.copy(ROOT / "Resources" / "Samples" / "normal_lateral.png", folder / name)
        pre_place(folder / name, confidence)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return images_in(tmp_path_factory.mktemp("annotator") / "images")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[RoomServer]:
    with reading_room(folder, "--reader", "AB", state=folder.parent / "state") as server:
        yield server


@pytest.fixture
def room(server: RoomServer, new_tab: Callable[[str], RoomPage]) -> RoomPage:
    """The most doubtful image, as the network left it."""
    room = new_tab(server.address).open()
    room.page.get_by_label("Sort by").select_option("uncertainty")
    room.page.locator('[data-entry="berta.png"] button').click()
    expect(room.page.locator(".slice-head")).to_contain_text("berta.png")
    room.page.keyboard.press("Shift+R")
    expect(room.page.locator('[data-entry="berta.png"]')).to_have_class("pre-placed")
    room.wait_for_points(11)
    return room


def current(room: RoomPage) -> str:
    return room.page.locator("[data-entry]:has([aria-current=true])").get_attribute("data-entry") or ""


def on_disk(folder: Path, name: str) -> dict[str, list[float]]:
    points = read_markups(folder / f"{Path(name).stem}.mrk.json")
    return dict(zip(points.labels, points.positions[:, :2].tolist(), strict=True))


def test_the_most_doubtful_image_comes_first_or_the_first_by_name(room: RoomPage) -> None:
    names = [entry.get_attribute("data-entry") for entry in room.page.locator("[data-entry]").all()]
    assert names == ["berta.png", "clara.png", "anna.png"]
    room.page.get_by_label("Sort by").select_option("name")
    expect(room.page.locator("[data-entry]").first).to_have_attribute("data-entry", "anna.png")


def test_every_edit_is_in_the_file_beside_the_image_at_once(room: RoomPage, folder: Path) -> None:
    room.drag("L5", 14, -9)
    expect(room.page.locator('[data-entry="berta.png"]')).to_have_class("started")
    expect(room.page.locator(".saved")).to_contain_text("berta.mrk.json")
    assert on_disk(folder, "berta.png")["L5"] == pytest.approx(room.xy("L5"), abs=1e-5)
    room.page.keyboard.press("Control+z")
    expect(room.mark("L5")).to_have_attribute("data-state", "ai")
    expect(room.page.locator('[data-entry="berta.png"]')).to_have_class("pre-placed")
    assert on_disk(folder, "berta.png")["L5"] == pytest.approx(room.xy("L5"), abs=1e-5)


def test_killed_in_the_middle_it_resumes_where_it_was_with_nothing_lost(
    tmp_path: Path, new_tab: Callable[[str], RoomPage]
) -> None:
    folder = images_in(tmp_path / "images")
    with reading_room(folder, "--reader", "AB", state=tmp_path / "state") as server:
        room = new_tab(server.address).open()
        room.wait_for_points(11)
        assert current(room) == "berta.png"
        room.page.keyboard.press("Shift+Space")
        room.page.keyboard.press("s")
        expect(room.page.locator("[data-done]")).to_have_text("1 of 3 done")
        expect(room.page.locator('[data-entry="clara.png"] button')).to_have_attribute("aria-current", "true")
        expect(room.page.locator(".slice-head")).to_contain_text("clara.png")
        room.drag("L7", 12, 12)
        moved = room.xy("L7")
        expect(room.page.locator('[data-entry="clara.png"]')).to_have_class("started")
        server.kill()
        expect(room.page.get_by_role("alert")).to_contain_text("not running")
    with reading_room(folder, state=tmp_path / "state") as server:
        room = new_tab(server.address).open()
        room.wait_for_points(11)
        expect(room.page.locator("[data-done]")).to_have_text("1 of 3 done")
        assert current(room) == "clara.png"
        expect(room.mark("L7")).to_have_attribute("data-state", "moved")
        assert room.xy("L7") == pytest.approx(moved, abs=1e-5)
        expect(room.page.locator(".person")).to_contain_text("AB")  # initials are asked once


def test_the_index_tells_who_changed_what(room: RoomPage, folder: Path) -> None:
    room.drag("L2", 9, 3)
    expect(room.page.locator('[data-entry="berta.png"]')).to_have_class("started")
    lines = [json.loads(line) for line in (folder / "worklist_index.jsonl").read_text().splitlines()]
    assert lines[-1]["reader"] == "AB" and lines[-1]["image"] == "berta.png"
    assert list(lines[-1]["changed"]) == ["L2"]


def test_nothing_of_one_image_is_seen_on_the_next(room: RoomPage) -> None:
    room.drag("L5", 30, 10)
    room.page.locator('[data-entry="anna.png"] button').click()
    expect(room.page.locator(".slice-head")).to_contain_text("anna.png")
    room.wait_for_points(11)
    expect(room.page.locator('.mark[data-state="moved"]')).to_have_count(0)
    expect(room.page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    room.page.locator('[data-entry="berta.png"] button').click()
    expect(room.mark("L5")).to_have_attribute("data-state", "moved")


def test_a_file_that_somebody_else_changed_is_not_replaced(room: RoomPage, folder: Path) -> None:
    theirs = folder / "berta.mrk.json"
    before = theirs.read_text()
    theirs.write_text(before.replace("\n", "\n\n", 1))
    room.drag("L5", 14, 3)
    expect(room.notice()).to_contain_text("was changed by somebody else")
    expect(room.page.locator(".saved")).to_have_text("Not saved")
    other = room.page.locator('[data-entry="anna.png"] button')
    other.click()
    expect(room.notice().last).to_contain_text("could not be saved")
    expect(room.page.locator(".slice-head")).to_contain_text("berta.png")
    other.click()
    expect(room.page.locator(".slice-head")).to_contain_text("anna.png")
    assert theirs.read_text() == before.replace("\n", "\n\n", 1)
    room.dismiss_notices()


def test_a_blinded_reader_sees_nothing_of_the_network_and_places_every_point(
    tmp_path: Path, new_tab: Callable[[str], RoomPage]
) -> None:
    folder = images_in(tmp_path / "images")
    kept = (folder / "anna.mrk.json").read_bytes()
    with reading_room(folder, "--second-reader", "--reader", "CD", "--blinded", state=tmp_path / "state") as server:
        room = new_tab(server.address).open()
        expect(room.page.locator(".badge")).to_have_text("Blinded reading")
        expect(room.page.locator(".picture.ready")).to_have_count(1)
        expect(room.page.locator(".mark")).to_have_count(0)
        expect(room.page.locator(".doubt")).to_have_count(0)
        expect(room.page.get_by_role("button", name="Detect")).to_be_disabled()
        expect(room.page.locator(".slice-head .count")).to_have_text("11 to place")
        box = room.page.locator('[data-view="lateral"]').bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for number, landmark in enumerate(("L1", "L2"), start=1):  # one click after the other
            room.page.mouse.click(middle[0] + 60 * number, middle[1])
            expect(room.mark(landmark)).to_have_class("mark neutral")
        assert room.place("L2") == pytest.approx((middle[0] + 120, middle[1]), abs=1.5)
        expect(room.page.locator(".landmark-bar b")).to_have_text("L3")
        expect(room.page.locator('[data-entry="anna.png"]')).to_have_class("started")
        room.page.keyboard.press("s")
        expect(room.notice()).to_contain_text("9 points are not placed. Choose again")
        expect(room.page.locator("[data-done]")).to_have_text("0 of 3 done")
    assert "AI" not in (folder / "anna.CD.mrk.json").read_text()
    assert (folder / "anna.mrk.json").read_bytes() == kept
