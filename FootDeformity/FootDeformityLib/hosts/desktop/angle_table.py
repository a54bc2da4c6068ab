"""The seven angles: now, as the AI had them, and beside the normal range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import qt
from slicer.i18n import tr as _

from FootDeformityLib.case.angle_rows import AngleRow
from FootDeformityLib.hosts.desktop.range_bar import WIDTH, draw_bar
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable

_OUTSIDE, _GREY = "#e65100", "#8a949e"
_BAR = 4


class AngleTable:
    """Rows of case.angle_rows in the table of the panel."""

    def __init__(self, table: Any) -> None:
        self._table = TextTable(table, widths=(0, 84, 46, 74, WIDTH + 6), fits=True)
        self._bars: list[Any] = []
        self._drawn: list[tuple[object, bool]] = []

    @property
    def rows(self) -> int:
        """Number of rows that are shown."""
        return self._table.rows

    def show(self, rows: Sequence[AngleRow]) -> None:
        """Show the rows; none for no case."""
        self._table.show([_cells(row) for row in rows])
        for index, row in enumerate(rows):
            drawing = (row.bar, bool(row.remark))
            if index == len(self._bars):
                self._bars.append(qt.QLabel())
                self._table.widget.setCellWidget(index, _BAR, self._bars[index])
                self._drawn.append((None, False))
                self._bars[index].setPixmap(draw_bar(None, False))
            if self._drawn[index] != drawing:
                self._drawn[index] = drawing
                self._bars[index].setPixmap(draw_bar(*drawing))
                self._bars[index].setToolTip(_tip(row))
        if not rows:
            self._bars, self._drawn = [], []  # they went with their rows


def _cells(row: AngleRow) -> list[Cell]:
    tip = _tip(row)
    now = row.words + (_(" (grey zone)") if row.grey_zone else "")
    colour = _GREY if row.degrees is None else _OUTSIDE if row.remark else ""
    return [Cell(row.label, tip), Cell(now, tip, colour), Cell(row.ai_words, tip), Cell(row.range_words, tip)]


def _tip(row: AngleRow) -> str:
    lines = [row.label, row.reason, row.remark]
    if row.range_words:
        lines.append(_("Normal {range}. {source}").format(range=row.range_words, source=row.range_source))
    if row.grey_zone:
        lines.append(_("Grey zone: so near the cut-off that a second reader could decide otherwise."))
    return "\n".join(line for line in lines if line)
