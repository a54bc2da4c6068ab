"""Angle and diagnosis tables on rows of a real case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import qt

from FootDeformityLib.case.angle_bar import BarPosition
from FootDeformityLib.case.angle_rows import angle_rows
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.diagnosis_rows import diagnosis_rows
from FootDeformityLib.hosts.desktop.angle_table import AngleTable
from FootDeformityLib.hosts.desktop.diagnosis_table import DiagnosisTable
from FootDeformityLib.hosts.desktop.range_bar import HEIGHT, WIDTH, draw_bar
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable


@pytest.fixture
def table(qt_application: Any) -> Callable[[int], Any]:
    def make(columns: int) -> Any:
        widget = qt.QTableWidget()
        widget.setColumnCount(columns)
        return widget

    return make


def texts(widget: Any, row: int) -> list[str]:
    items = [widget.item(row, column) for column in range(widget.columnCount)]
    return [item.text() for item in items if item is not None]


def test_only_changed_cells_are_written(table: Callable[[int], Any]) -> None:
    widget = table(2)
    shown = TextTable(widget, (0, 50))
    shown.show([[Cell("a"), Cell("1")], [Cell("b"), Cell("2")]])
    written: list[tuple[int, int]] = []
    widget.cellChanged.connect(lambda row, column: written.append((row, column)))
    shown.show([[Cell("a"), Cell("1")], [Cell("b"), Cell("3")]])
    assert set(written) == {(1, 1)} and texts(widget, 1) == ["b", "3"]
    shown.show([[Cell("a"), Cell("1")]])
    assert widget.rowCount == 1


def test_selecting_a_row_tells_nobody(table: Callable[[int], Any]) -> None:
    widget = table(1)
    shown = TextTable(widget, (0,))
    shown.show([[Cell("a")], [Cell("b")]])
    heard: list[int] = []
    widget.itemSelectionChanged.connect(lambda: heard.append(1))
    shown.select(1)
    assert widget.currentRow() == 1 and heard == []
    shown.select(None)
    assert widget.selectedItems() == [] and heard == []


def test_angles_with_range_source_and_bar(table: Callable[[int], Any], example_case: Case) -> None:
    widget = table(5)
    shown = AngleTable(widget)
    rows = angle_rows(example_case)
    shown.show(rows)
    assert widget.rowCount == shown.rows == 7
    for number, row in enumerate(rows):
        label, now, ai, normal = texts(widget, number)
        assert (label, ai, normal) == (row.label, row.ai_words, row.range_words) and now.startswith(row.words)
        assert row.range_source in widget.item(number, 0).toolTip()
        assert widget.cellWidget(number, 4).pixmap.width() == WIDTH
    missing = example_case.remove("AP", "A1")
    shown.show(angle_rows(missing))
    assert "not measurable" in texts(widget, [row.name for row in rows].index("hallux_abductus"))[1]
    shown.show(())
    assert widget.rowCount == 0
    shown.show(rows)
    assert widget.cellWidget(6, 4) is not None


def test_diagnoses_with_rule_and_citation(table: Callable[[int], Any], example_case: Case) -> None:
    widget = table(3)
    shown = DiagnosisTable(widget)
    rows = diagnosis_rows(example_case)
    shown.show(rows)
    assert widget.rowCount == shown.rows == 5
    for number, row in enumerate(rows):
        assert texts(widget, number)[0] == row.label and texts(widget, number)[1].startswith(row.state_words)
        tip = widget.item(number, 2).toolTip()
        assert row.rule in tip and all(citation in tip for citation in row.citations)


def test_the_bar_shows_range_value_and_ai(qt_application: Any) -> None:
    def columns(bar: BarPosition | None, outside: bool, colour: str) -> list[int]:
        image = draw_bar(bar, outside).toImage()
        wanted = qt.QColor(colour).rgb()
        return [x for x in range(WIDTH) if any(image.pixel(x, y) == wanted for y in range(HEIGHT))]

    bar = BarPosition(lo=0.25, hi=0.5, value=0.75, ai=0.0)
    grey = columns(bar, True, "#8a949e")
    assert min(grey) == pytest.approx(4 + 0.25 * (WIDTH - 8), abs=1) and max(grey) == pytest.approx(42, abs=1)
    mark = columns(bar, True, "#e65100")
    assert sum(mark) / len(mark) == pytest.approx(4 + 0.75 * (WIDTH - 8), abs=1)
    assert min(columns(bar, True, "#8e6bbf")) <= 4
    assert columns(bar, False, "#e65100") == [] and columns(None, False, "#8a949e") == []
