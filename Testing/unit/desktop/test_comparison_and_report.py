"""Earlier exam, report text, export and training set."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qt
import slicer

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def case(module: Any, widget: Any, room: Any, wait: Wait) -> Any:
    widget.open_sample()
    module.place_mean_shape(room.case)
    wait(lambda: not room._pending)
    return room.case


def test_an_exported_exam_is_compared(room: Any, ui: Any, case: Any, wait: Wait, said: Any, tmp_path: Path) -> None:
    qt.QFileDialog.answers[:] = [tmp_path / "earlier"]
    ui.exportButton.click()
    written = {path.name for path in (tmp_path / "earlier").iterdir()}
    assert {"case.json", "report.html", "overlay_ap.png", "lateral.mrk.json"} <= written
    assert str(tmp_path / "earlier") in said.infos[0]

    ui.comparisonSection.collapsed = False
    assert "Choose the earlier exam" in ui.comparisonLabel.text and not ui.comparisonTable.visible
    xy = case.case.views["AP"].landmarks["A1"].xy_px
    case.move("AP", "A1", (xy[0] + 40, xy[1]))
    qt.QFileDialog.answers[:] = [tmp_path / "earlier" / "case.json"]
    ui.openEarlierButton.click()
    wait(lambda: not room._pending)
    assert ui.comparisonTable.rowCount == 7 and ui.earlierComboBox.currentText == "earlier/case.json"
    changes = {ui.comparisonTable.item(r, 0).text(): ui.comparisonTable.item(r, 3).text() for r in range(7)}
    assert changes["HA"] not in ("", "+0.0°") and changes["ME"] == "+0.0°"
    assert "within measurement error" in ui.comparisonTable.item(4, 4).text()
    ui.earlierComboBox.activated.emit(0)
    wait(lambda: not room._pending)
    assert not ui.comparisonTable.visible


def test_a_broken_case_file_is_explained(ui: Any, case: Any, said: Any, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text('{"kind": "letter"}')
    qt.QFileDialog.answers[:] = [tmp_path / "case.json"]
    ui.openEarlierButton.click()
    assert len(said.errors) == 1 and "case.json" in said.errors[0]


def test_another_case_of_the_scene_is_compared(module: Any, room: Any, ui: Any, case: Any, wait: Wait) -> None:
    ui.comparisonSection.collapsed = False
    widget = slicer.modules.FootDeformityWidget
    widget.open_sample()
    module.place_mean_shape(room.case)
    wait(lambda: not room._pending)
    assert room.case is not case and ui.earlierComboBox.count == 2
    ui.earlierComboBox.activated.emit(1)
    wait(lambda: not room._pending)
    assert {ui.comparisonTable.item(row, 3).text() for row in range(7)} == {"+0.0°"}


def test_the_report_text_follows_while_it_is_open(room: Any, ui: Any, case: Any, wait: Wait) -> None:
    assert ui.reportTextEdit.plainText == ""
    ui.reportSection.collapsed = False
    before = ui.reportTextEdit.plainText
    assert "not a medical device" in before and "Meary" in before
    case.remove("lateral", "L11")
    wait(lambda: not room._pending)
    assert ui.reportTextEdit.plainText != before and "not measurable" in ui.reportTextEdit.plainText
    ui.copyReportButton.click()
    assert slicer.app.clipboard().text() == ui.reportTextEdit.plainText


def test_unreviewed_points_do_not_enter_a_training_set(
    room: Any, ui: Any, case: Any, wait: Wait, said: Any, tmp_path: Path
) -> None:
    qt.QFileDialog.answers[:] = [tmp_path / "set"]
    ui.trainingSetButton.click()
    assert said.errors == []
    rows = list(csv.DictReader((tmp_path / "set" / "manifest.csv").open()))
    assert [row["view"] for row in rows] == ["AP", "lateral"] and rows[0]["side"] == "right"
    points = json.loads((tmp_path / "set" / rows[0]["landmarks"]).read_text())
    assert len(points["markups"][0]["controlPoints"]) == 16
