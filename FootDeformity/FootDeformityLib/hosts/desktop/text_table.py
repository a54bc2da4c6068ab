"""Rows of text in a QTableWidget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import qt


@dataclass(frozen=True)
class Cell:
    """text: what stands in it. tip: shown while the mouse rests on it. colour: of the text, "#rrggbb" or ""."""

    text: str
    tip: str = ""
    colour: str = ""


class TextTable:
    """Shows rows and touches only the cells that changed: a drag changes a few of them sixty times a second.

    widths: pixels of each column, 0 for the one that takes what is left; longer texts go on in the next line.
    fits: the table is as high as its rows.
    """

    def __init__(self, table: Any, widths: Sequence[int], fits: bool = False) -> None:
        self.widget, self._fits = table, fits
        self._rows: list[tuple[Cell, ...]] = []
        header = table.horizontalHeader()
        header.setMinimumSectionSize(30)
        for column, width in enumerate(widths):
            header.setSectionResizeMode(column, qt.QHeaderView.Fixed if width else qt.QHeaderView.Stretch)
            if width:
                table.setColumnWidth(column, width)
        self.fit()

    @property
    def rows(self) -> int:
        """Number of rows that are shown."""
        return len(self._rows)

    def show(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows; a cell for each column, the last columns may be left to widgets."""
        wanted = [tuple(row) for row in rows]
        if wanted == self._rows:
            return
        resized = len(wanted) != len(self._rows)
        if resized:
            self.widget.setRowCount(len(wanted))
        for row, cells in enumerate(wanted):
            known = self._rows[row] if row < len(self._rows) else ()
            for column, cell in enumerate(cells):
                if column >= len(known) or cell != known[column]:
                    self._set(row, column, cell)
                    resized = resized or column >= len(known) or len(cell.text) != len(known[column].text)
        self._rows = wanted
        if resized:  # lines wrap anew; a number that changes its digits leaves them as they are
            self.fit()

    def fit(self) -> None:
        """Give each row the height of its text."""
        self.widget.resizeRowsToContents()
        if self._fits:
            rows = self.widget.verticalHeader().length()
            self.widget.setFixedHeight(rows + self.widget.horizontalHeader().height + 4)

    def select(self, row: int | None) -> None:
        """Mark a row as the current one, without telling anybody."""
        blocked = self.widget.blockSignals(True)
        if row is None:
            self.widget.clearSelection()
        elif row != self.widget.currentRow() or not self.widget.selectedItems():
            self.widget.selectRow(row)
        self.widget.blockSignals(blocked)

    def _set(self, row: int, column: int, cell: Cell) -> None:
        item = self.widget.item(row, column)
        if item is None:
            self.widget.setItem(row, column, qt.QTableWidgetItem())
            item = self.widget.item(row, column)
        item.setText(cell.text)
        item.setToolTip(cell.tip)
        if cell.colour:
            item.setForeground(qt.QBrush(qt.QColor(cell.colour)))
        else:
            item.setData(qt.Qt.ForegroundRole, None)
