"""A table of figures that can be written as CSV, Markdown and HTML, so that the three cannot differ."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from FootDeformityTrainingLib.metrics_diagnosis import Rate
from FootDeformityTrainingLib.metrics_statistics import Estimate

Cell = str | int | float | Estimate | Rate | None
Kind = Literal["text", "number", "interval", "rate", "p"]
_DASH = "–"


@dataclass(frozen=True)
class Column:
    """key: name in the CSV file, with its unit. p: a probability.

    interval: an Estimate, rate: a Rate; a published figure, of which no more is known, is a plain number (percent).
    """

    key: str
    title: str
    kind: Kind = "text"
    decimals: int = 2

    def csv_names(self) -> list[str]:
        """Columns of the CSV file."""
        if self.kind == "interval":
            return [self.key, f"{self.key}_low", f"{self.key}_high"]
        if self.kind == "rate":
            return [f"{self.key}_percent", f"{self.key}_count", f"{self.key}_n", f"{self.key}_low", f"{self.key}_high"]
        return [self.key]

    def csv_values(self, cell: Cell) -> list[str]:
        """Values of the CSV file, empty where there is none."""
        if isinstance(cell, Estimate):
            return [_exact(value) for value in cell]
        if isinstance(cell, Rate):
            percent = [_exact(100 * value) for value in (cell.value, cell.low, cell.high)]
            return [percent[0], str(cell.hits), str(cell.n), *percent[1:]]
        values = [] if cell is None else [_exact(cell) if isinstance(cell, float) else str(cell)]
        return values + [""] * (len(self.csv_names()) - len(values))

    def words(self, cell: Cell) -> str:
        """The cell for a reader."""
        if isinstance(cell, Estimate):
            if math.isnan(cell.value):
                return _DASH
            value, lower, upper = (f"{number:z.{self.decimals}f}" for number in cell)
            return value if math.isnan(cell.low) else f"{value} ({lower} to {upper})"
        if isinstance(cell, Rate):
            if not cell.n:
                return f"{_DASH} (0/0)"
            low, high = 100 * cell.low, 100 * cell.high
            return f"{100 * cell.value:.1f} ({cell.hits}/{cell.n}; {low:.0f} to {high:.0f})"
        if cell is None or (isinstance(cell, float) and math.isnan(cell)):
            return _DASH
        if self.kind == "rate":
            return f"{float(cell):.1f}"
        if self.kind == "p":
            return "< 0.001" if float(cell) < 0.001 else f"{float(cell):.3f}"
        return f"{cell:z.{self.decimals}f}" if isinstance(cell, float) else str(cell)


@dataclass(frozen=True)
class Table:
    """name: of its file. notes: what a reader must know, one sentence or two each. Without columns: notes alone."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()

    def to_csv(self) -> str:
        """All rows with full precision; interval bounds and counts in columns of their own."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([name for column in self.columns for name in column.csv_names()])
        for row in self.rows:
            pairs = zip(self.columns, row, strict=True)
            writer.writerow([value for column, cell in pairs for value in column.csv_values(cell)])
        return text.getvalue()

    def to_markdown(self) -> str:
        """A pipe table under its title, aligned so that it reads well as plain text, too."""
        cells = [[column.title for column in self.columns], *self._words()]
        cells = [[cell.replace("|", "/") for cell in row] for row in cells]
        widths = [max(len(row[k]) for row in cells) for k in range(len(self.columns))]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)) + " |" for r in cells
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        table = [*lines, ""] if self.columns else []
        return "\n".join([f"## {self.title}", "", *table, *(f"- {note}" for note in self.notes)]).rstrip() + "\n"

    def to_html(self) -> str:
        """A section with the title, the table and the notes; everything is escaped."""
        head = "".join(f"<th>{escape(column.title)}</th>" for column in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self._words())
        notes = "".join(f'<p class="small">{escape(note)}</p>' for note in self.notes)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if self.columns else ""
        title = f'<section id="{escape(self.name)}"><h2>{escape(self.title)}</h2>'
        return f'{title}<div class="scroll">{table}</div>{notes}</section>'

    def _words(self) -> list[list[str]]:
        return [[column.words(cell) for column, cell in zip(self.columns, row, strict=True)] for row in self.rows]


def _exact(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
