"""Files from the reader's disk: good ones replace the case, bad ones say why and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from playwright.sync_api import expect
from room_page import RoomPage
from room_server import ROOT, RoomServer, reading_room

pytestmark = pytest.mark.slow
PATIENT = "DOE^JANE"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def server(state: Path, samples: tuple[Path, Path]) -> Iterator[RoomServer]:
    with reading_room(*samples, state=state) as server:
        yield server


@pytest.fixture
def room(server: RoomServer, new_tab: Callable[[str], RoomPage], samples: tuple[Path, Path]) -> RoomPage:
    """Both samples open, nothing complained about."""
    room = new_tab(server.address).open()
    settled = room.page.locator("[data-view]:has(.picture.ready), [data-view]:has(.empty)")
    expect(settled).to_have_count(2)
    if room.page.locator(".empty").count():
        room.drop(samples)
    room.wait_for_points(27)
    room.dismiss_notices()
    return room


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no radiographs, each with words that the reader must be told."""
    files = {"a letter": folder / "letter.png", "empty": folder / "empty.dcm", "an icon": folder / "icon.png"}
    files["a letter"].write_text("Dear colleague, ...")
    files["empty"].write_bytes(b"")
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(files["an icon"])
    cut = folder / "cut.png"
    cut.write_bytes((ROOT / "Resources" / "Samples" / "normal_ap.png").read_bytes()[:3000])
    return {
        "a letter": (files["a letter"], "no radiograph"),
        "empty": (files["empty"], "empty (0 bytes)"),
        "an icon": (files["an icon"], "too small"),
        "cut": (cut, "cut.png"),
    }


@pytest.mark.parametrize("kind", ["a letter", "empty", "an icon", "cut"])
def test_a_bad_file_is_named_and_the_open_case_stays(room: RoomPage, tmp_path: Path, kind: str) -> None:
    file, words = bad_files(tmp_path)[kind]
    before = room.angle("meary").inner_text()
    room.drop([file])
    expect(room.notice()).to_contain_text(words)
    expect(room.notice()).to_contain_text(file.name)
    expect(room.notice()).not_to_contain_text("/tmp")
    expect(room.angle("meary")).to_have_text(before)
    room.wait_for_points(27)


def test_too_many_files_are_refused(room: RoomPage, samples: tuple[Path, Path]) -> None:
    room.drop([*samples, samples[0]])
    expect(room.notice()).to_contain_text("one foot")
    room.wait_for_points(27)


def test_another_image_leaves_nothing_of_the_old_case(room: RoomPage, tmp_path: Path) -> None:
    room.drag("A5", 12, 4)
    other = tmp_path / "other.png"
    Image.open(ROOT / "Resources" / "Samples" / "normal_lateral.png").rotate(2).save(other)
    room.drop([other], view="lateral")
    expect(room.page.locator('[data-view="AP"] .empty')).to_be_visible()
    room.wait_for_points(11)
    expect(room.angle("hallux_abductus")).to_have_text("not measurable")
    expect(room.page.get_by_label("Age, years")).to_have_value("")
    expect(room.page.get_by_label("Side")).to_have_value("unknown")


def test_corrections_come_back_with_the_image(room: RoomPage, samples: tuple[Path, Path], tmp_path: Path) -> None:
    room.drag("L9", 8, 5)
    moved = room.xy("L9")
    expect(room.page.locator(".saved")).to_contain_text("kept on this machine")
    other = tmp_path / "other.png"
    Image.open(ROOT / "Resources" / "Samples" / "normal_ap.png").rotate(1).save(other)
    room.drop([other], view="AP")
    room.wait_for_points(16)
    room.drop(samples)
    room.wait_for_points(27)
    expect(room.notice().first).to_contain_text("earlier corrections")
    expect(room.mark("L9")).to_have_attribute("data-state", "moved")
    assert room.xy("L9") == pytest.approx(moved, abs=1e-5)


def test_who_the_patient_is_reaches_no_log_and_no_file(
    room: RoomPage, server: RoomServer, state: Path, samples: tuple[Path, Path], tmp_path: Path
) -> None:
    dataset = pydicom.dcmread(samples[0])
    dataset.PatientName, dataset.PatientID = PATIENT, "4711-0815"
    file = tmp_path / "DOE_JANE_4711-0815.dcm"
    dataset.save_as(file)
    room.drop([file])
    room.wait_for_points(16)
    room.drag("A6", 5, 5)
    expect(room.page.locator(".saved")).to_contain_text("kept on this machine")
    with room.page.expect_download() as waiting:
        room.page.get_by_role("button", name="Download").click()
        room.page.get_by_role("menuitem", name="Everything as data").click()
    kept = [path for path in state.rglob("*") if path.is_file()]
    written = [*(path.name for path in kept), *(path.read_text(errors="replace") for path in kept)]
    for text in (*server.lines, waiting.value.path().read_text(), *written):
        assert not any(secret in text for secret in ("DOE", "JANE", "4711"))
