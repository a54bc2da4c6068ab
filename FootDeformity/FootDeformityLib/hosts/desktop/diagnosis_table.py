"""The five deformities, each with its rule and source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slicer.i18n import tr as _

from FootDeformityLib.case.diagnosis_rows import DiagnosisRow
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable

_COLOURS = {"present": "#c62828", "mixed_arch": "#c62828", "not_measurable": "#8a949e", "not_applicable": "#8a949e"}
_GREY_ZONE = "#e65100"


class DiagnosisTable:
    """Rows of case.diagnosis_rows in the table of the panel."""

    def __init__(self, table: Any) -> None:
        self._table = TextTable(table, widths=(92, 84, 0), fits=True)

    @property
    def rows(self) -> int:
        """Number of rows that are shown."""
        return self._table.rows

    def show(self, rows: Sequence[DiagnosisRow]) -> None:
        """Show the rows; none for no case."""
        self._table.show([_cells(row) for row in rows])


def _cells(row: DiagnosisRow) -> list[Cell]:
    tip = "\n".join([_("Rule: {rule}").format(rule=row.rule), *row.citations])
    state = row.state_words + (_(", grey zone") if row.grey_zone else "")
    colour = _GREY_ZONE if row.grey_zone else _COLOURS.get(row.state, "")
    return [Cell(row.label, tip), Cell(state, tip, colour), Cell(row.explanation, tip)]
