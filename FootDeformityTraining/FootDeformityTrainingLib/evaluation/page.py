"""One self-contained HTML page and one Markdown file from the same tables, figures and remarks."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from FootDeformityLib.files.report_style import STYLE
from FootDeformityTrainingLib.evaluation.table import Table

NOTICE = "Research software, not a medical device, not for diagnosis or treatment."
_MORE_STYLE = """
main { max-width: 92rem; }
figure { margin: 1rem 0; } figure img { background: #fff; max-width: 100%; width: auto; }
thead th { white-space: normal; vertical-align: bottom; }
td { white-space: nowrap; font-variant-numeric: tabular-nums; } td:last-child { white-space: normal; }
table { font-size: .85rem; }
"""


@dataclass(frozen=True)
class Picture:
    """name: of its PNG file. caption: what it shows."""

    name: str
    caption: str
    png: bytes


@dataclass(frozen=True)
class Page:
    """facts: what was done, sentences. warnings: what a reader must not miss. parts: in their order.

    lists: long tables that are written as CSV files only.
    """

    name: str
    title: str
    facts: Sequence[str]
    warnings: Sequence[str]
    parts: Sequence[Table | Picture]
    lists: Sequence[Table] = ()

    def write(self, folder: Path) -> None:
        """Write NAME.html, NAME.md, a CSV file a table and a PNG file a figure."""
        (folder / f"{self.name}.html").write_text(self.to_html(), "utf-8")
        (folder / f"{self.name}.md").write_text(self.to_markdown(), "utf-8")
        for part in [*self.parts, *self.lists]:
            if isinstance(part, Picture):
                (folder / f"{part.name}.png").write_bytes(part.png)
            elif part.columns:
                (folder / f"{part.name}.csv").write_text(part.to_csv(), "utf-8")

    def to_markdown(self) -> str:
        """The page as Markdown; pictures are the PNG files beside it."""
        lines = [f"# {self.title}", "", *(f"{fact}\n" for fact in self.facts)]
        lines += [f"> **{warning}**\n" for warning in self.warnings]
        for part in self.parts:
            if isinstance(part, Picture):
                lines.append(f"![{part.caption}]({part.name}.png)\n\n{part.caption}\n")
            else:
                lines.append(part.to_markdown())
        return "\n".join([*lines, NOTICE, ""])

    def to_html(self) -> str:
        """The page as HTML; it requests nothing from anywhere."""
        body = [f"<h1>{escape(self.title)}</h1>", *(f"<p>{escape(fact)}</p>" for fact in self.facts)]
        if self.warnings:
            items = "".join(f"<li>{escape(warning)}</li>" for warning in self.warnings)
            body.append(f'<div class="warnings"><h2>Read first</h2><ul>{items}</ul></div>')
        body += [_figure(part) if isinstance(part, Picture) else part.to_html() for part in self.parts]
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
            "style-src 'unsafe-inline'\">\n"
            f"<title>{escape(self.title)}</title>\n<style>{STYLE}{_MORE_STYLE}</style>\n</head>\n<body>\n<main>\n"
            + "\n".join(body)
            + f"\n</main>\n<footer><p>{escape(NOTICE)}</p></footer>\n</body>\n</html>\n"
        )


def _figure(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode("ascii")
    caption = escape(picture.caption)
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
    )
