"""A folder of images, one after the other, with the panel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import qt
from PIL import Image

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def folder(tmp_path: Path, foot_pixels: dict[str, np.ndarray]) -> Path:
    images = tmp_path / "images"
    images.mkdir()
    for number in range(3):
        Image.fromarray((foot_pixels["lateral"] * 255).astype(np.uint8)).save(images / f"foot{number}.png")
    return images


@pytest.fixture
def opened(room: Any, ui: Any, folder: Path, said: Any, wait: Wait) -> Any:
    said.answers[:] = [False]  # not an AP image
    ui.readerLineEdit.setText("KL")
    qt.QFileDialog.answers[:] = [folder]
    ui.worklistFolderButton.click()
    wait(lambda: not room._pending)
    return room.worklist


def test_the_folder_is_listed_and_the_first_image_is_open(room: Any, ui: Any, opened: Any, said: Any) -> None:
    assert [ui.worklistTable.item(row, 0).text() for row in range(3)] == ["foot0.png", "foot1.png", "foot2.png"]
    assert "is it an AP image" in said.questions[0] and set(room.case.case.views) == {"lateral"}
    assert ui.worklistTable.currentRow() == 0 and "0 of 3" in ui.worklistLabel.text and room.case.reader == "KL"


def test_every_edit_is_saved_at_once(room: Any, ui: Any, opened: Any, folder: Path, wait: Wait) -> None:
    assert not (folder / "foot0.mrk.json").exists()
    room.case.move("lateral", "L1", (60.0, 300.0))
    wait(lambda: not room._pending)
    saved = json.loads((folder / "foot0.mrk.json").read_text())["markups"][0]["controlPoints"]
    assert saved[0]["position"][:2] == [60.0, 300.0]
    assert ui.worklistTable.item(0, 3).text() == "started" and ui.worklistTable.item(0, 4).text() == "KL"


def test_save_and_next(
    room: Any, ui: Any, opened: Any, folder: Path, wait: Wait, said: Any, foot_points: dict[str, np.ndarray]
) -> None:
    for name, (x, y) in list(zip(room.case.case.scheme.ids("lateral"), foot_points["lateral"], strict=True))[:-1]:
        room.case.move("lateral", name, (float(x), float(y)))
    said.answers[:] = [False]  # L11 is visible after all
    ui.saveAndNextButton.click()
    wait(lambda: not room._pending)
    assert "1 points are not placed" in said.questions[-1] and "0 of 3" in ui.worklistLabel.text
    said.answers[:] = [True, False]
    ui.saveAndNextButton.click()
    wait(lambda: not room._pending)
    assert "1 of 3" in ui.worklistLabel.text and ui.worklistTable.currentRow() == 1
    assert room.case.volume("lateral").GetName().startswith("foot1") and not room.case.can_undo
    assert all(state.xy_px is None for state in room.case.case.views["lateral"].landmarks.values())


def test_an_entry_is_opened_by_its_row_and_goes_on_where_it_stood(
    room: Any, ui: Any, opened: Any, wait: Wait, said: Any
) -> None:
    room.case.move("lateral", "L1", (60.0, 300.0))
    said.answers[:] = [False]
    ui.worklistTable.cellActivated.emit(2, 0)
    wait(lambda: not room._pending)
    assert ui.worklistTable.currentRow() == 2
    questions = len(said.questions)
    ui.worklistTable.cellActivated.emit(0, 0)
    wait(lambda: not room._pending)
    assert len(said.questions) == questions  # its points tell the view
    assert room.case.case.views["lateral"].landmarks["L1"].xy_px == pytest.approx((60.0, 300.0))


def test_a_second_reader_is_blind_to_the_first(
    room: Any, ui: Any, opened: Any, folder: Path, wait: Wait, said: Any
) -> None:
    room.case.move("lateral", "L1", (60.0, 300.0))
    wait(lambda: not room._pending)
    ui.secondReaderCheckBox.setChecked(True)
    ui.blindedCheckBox.setChecked(True)
    ui.readerLineEdit.setText("XY")
    qt.QFileDialog.answers[:] = [folder]
    said.answers[:] = [False]
    ui.worklistFolderButton.click()
    wait(lambda: not room._pending)
    states = room.case.case.views["lateral"].landmarks
    assert room.case.blinded and all(state.xy_px is None for state in states.values())
    assert not ui.detectButton.enabled
    room.case.move("lateral", "L2", (90.0, 205.0))
    wait(lambda: not room._pending)
    assert (folder / "foot0.XY.mrk.json").exists()


def test_a_folder_without_images_is_explained(ui: Any, said: Any, room: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    qt.QFileDialog.answers[:] = [tmp_path / "empty"]
    ui.worklistFolderButton.click()
    assert len(said.errors) == 1 and "no radiographs" in said.errors[0]


def test_the_image_is_forgotten_with_the_scene(room: Any, ui: Any, opened: Any, wait: Wait, said: Any) -> None:
    import slicer

    slicer.mrmlScene.Clear(False)
    wait(lambda: not room._pending)
    assert not ui.saveAndNextButton.enabled and said.errors == []
    said.answers[:] = [False]
    ui.resumeButton.click()
    wait(lambda: not room._pending)
    assert ui.saveAndNextButton.enabled and room.case is not None
