"""report.html: one self-contained page, for the screen and for paper; it requests nothing from anywhere."""

from __future__ import annotations

import base64
import io
import math
import os
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from PIL import Image

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.files.case_document import NOTICE, CaseDocument
from FootDeformityLib.files.overlay import STATE_COLOURS
from FootDeformityLib.files.report_style import STYLE
from FootDeformityLib.files.wording import (
    angle_text,
    capital,
    diagnosis_text,
    extra_text,
    facts_text,
    open_points,
    range_remark,
    range_text,
)

_LARGEST_PICTURE = 1400
#: clinical specification, status marks
_MARKS = (
    "Marks of the sources: V = number read in the source itself, S = in a secondary source only, P = stated by the "
    "paper that this software follows, K = calibrated by us on that paper's tables, C = our own choice."
)
_LEGEND = (
    ("ai", "ring", "placed by AI"),
    ("doubtful", "broken ring and ?", "AI in doubt, or marked uncertain by a person"),
    ("moved", "diamond", "moved by a person"),
    ("confirmed", "square", "set or confirmed by a person"),
)


def write_report(path: str | os.PathLike[str], document: CaseDocument, pictures: Mapping[str, Image.Image]) -> None:
    """Write the page of a case atomically. pictures: view -> measured radiograph (overlay.draw_overlay)."""
    write_text(path, report_html(document, pictures))


def write_exam_report(
    path: str | os.PathLike[str],
    feet: Sequence[tuple[CaseDocument, Mapping[str, Image.Image]]],
    warnings: Sequence[str] = (),
) -> None:
    """Write one page about several feet atomically, one after the other, each as ``write_report`` shows it.

    warnings: what is wrong between the feet.
    """
    sides = [document["side"] for document, _ in feet]
    title = "Foot measurements" + ("" if "unknown" in sides else f", {' and '.join(sides)} foot")
    parts = [_warnings(warnings), *(_foot(document, pictures) for document, pictures in feet)]
    write_text(path, _page(title, "\n".join(part for part in parts if part), _made_by(feet[0][0])))


def report_html(document: CaseDocument, pictures: Mapping[str, Image.Image]) -> str:
    """Return the page as text."""
    return _page(_title(document), _foot(document, pictures), _made_by(document))


def _title(document: CaseDocument) -> str:
    side = document["side"]
    return "Foot measurements" + ("" if side == "unknown" else f", {side} foot")


def _foot(document: CaseDocument, pictures: Mapping[str, Image.Image]) -> str:
    parts = [
        f"<h1>{escape(_title(document))}</h1>",
        _banner(document),
        _facts(document),
        _warnings(document["warnings"]),
        "<h2>Angles</h2>",
        _angles(document),
        "<h2>Diagnoses</h2>",
        _diagnoses(document),
        f'<p class="small">{_MARKS}</p>',
        _pictures(document, pictures),
        "<h2>Further measurements</h2>",
        _extras(document),
        "<h2>How this was made</h2>",
        _provenance(document),
    ]
    return "\n".join(part for part in parts if part)


def _page(title: str, body: str, made_by: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + body
        + f"\n</main>\n<footer><p>{escape(made_by)} {escape(NOTICE)}</p></footer>\n</body>\n</html>\n"
    )


def _banner(document: CaseDocument) -> str:
    lines = []
    if not document["reviewed"]:
        open_counts = {view: len(open_points(document, view)[0]) for view in ("AP", "lateral")}
        counts = [f"{count} {view}" for view, count in open_counts.items() if count]
        lines.append(
            f"<strong>AI, not reviewed.</strong> {' and '.join(counts)} landmarks stand where the network put them. "
            "Check each point on the radiograph before you use a number."
        )
    lines.append(f"<strong>Not a medical device.</strong> {escape(NOTICE)}")
    kind = "todo" if not document["reviewed"] else "note"
    return f'<div class="banner {kind}" role="note">' + "".join(f"<p>{line}</p>" for line in lines) + "</div>"


def _facts(document: CaseDocument) -> str:
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts_text(document))
    note = document.get("criteria_note")
    return f'<dl class="facts">{items}</dl>' + (f'<p class="small">{escape(note)}</p>' if note else "")


def _warnings(texts: Sequence[str]) -> str:
    if not texts:
        return ""
    items = "".join(f"<li>{escape(capital(text))}</li>" for text in texts)
    return f'<section class="warnings"><h2>Warnings</h2><ul>{items}</ul></section>'


def _table(caption: str, head: list[str], rows: list[list[str]], numbers: tuple[int, ...] = ()) -> str:
    """Return a table; cells are HTML already, the first of each row is its heading."""
    top = "".join(f'<th scope="col"{_number(k, numbers)}>{name}</th>' for k, name in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{cell}</th>' if k == 0 else f"<td{_number(k, numbers)}>{cell}</td>"
            for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{caption}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _number(column: int, numbers: tuple[int, ...]) -> str:
    return ' class="number"' if column in numbers else ""


def _angles(document: CaseDocument) -> str:
    rows = []
    for angle in document["angles"].values():
        notes = [remark] if (remark := range_remark(angle)) else []
        if angle.get("grey_zone"):
            notes.append('<span class="pill grey">grey zone</span>')
        if angle.get("reason"):
            notes.append(escape(angle["reason"]))
        limits = escape(range_text(angle.get("normal_range")))
        rows.append([escape(capital(angle["name"])), angle["view"], escape(angle_text(angle)), limits, " ".join(notes)])
    caption = "Grey zone: the angle lies so near a cut-off that a second reader could decide otherwise."
    sources = "; ".join(
        f"<b>{escape(angle['name'])}</b>, {escape(angle['normal_range_source'])}"
        for angle in document["angles"].values()
        if angle.get("normal_range_source")
    )
    table = _table(caption, ["Angle", "View", "Value", "Normal range", "Remark"], rows, numbers=(2, 3))
    return table + (f'<p class="small">Normal ranges: {sources}.</p>' if sources else "")


def _diagnoses(document: CaseDocument) -> str:
    rows = []
    for diagnosis in document["diagnosis"].values():
        result = f'<span class="pill {diagnosis["state"]}">{escape(diagnosis_text(diagnosis))}</span>'
        if diagnosis["grey_zone"]:
            result += ' <span class="pill grey">grey zone</span>'
        words = escape(capital(diagnosis["rule"]))
        if diagnosis.get("explanation"):
            words += f"<br>{escape(diagnosis['explanation'])}"
        cited = "; ".join(diagnosis.get("citations", []))
        if cited:
            words += f'<br><span class="small">Source: {escape(cited)}</span>'
        rows.append([escape(capital(diagnosis["name"])), result, words])
    caption = "The angle comes first, the label second: each label follows from the rule beside it alone."
    return _table(caption, ["Deformity", "Result", "Rule and reason"], rows)


def _extras(document: CaseDocument) -> str:
    rows = [
        [escape(capital(extra["name"])), extra["view"], escape(extra_text(extra)), escape(extra.get("note", ""))]
        for extra in document["extra_measurements"].values()
    ]
    return _table(
        "From the same landmarks; no diagnosis rests on them.", ["Measurement", "View", "Value", "Use"], rows, (2,)
    )


def _pictures(document: CaseDocument, pictures: Mapping[str, Image.Image]) -> str:
    if not pictures:
        return ""
    figures = "".join(_figure(document, view, picture) for view, picture in pictures.items())
    legend = "".join(
        f'<li><span class="dot" style="background:rgb{STATE_COLOURS[style]}"></span>{shape}: {meaning}</li>'
        for style, shape, meaning in _LEGEND
    )
    return f'<h2>Radiographs</h2><div class="pictures">{figures}</div><ul class="legend">{legend}</ul>'


def _figure(document: CaseDocument, view: str, picture: Image.Image) -> str:
    shown = picture
    if max(picture.size) > _LARGEST_PICTURE:
        shown = picture.copy()
        shown.thumbnail((_LARGEST_PICTURE, _LARGEST_PICTURE), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    shown.save(data, format="PNG", compress_level=4)
    encoded = base64.b64encode(data.getvalue()).decode("ascii")
    image = document["images"][view] or {}
    _, doubtful, missing = open_points(document, view)
    words = [capital(f"{view} view")]
    if image.get("file"):
        words.append(image["file"])
    if doubtful:
        words.append(f"In doubt: {', '.join(doubtful)}")
    if missing:
        words.append(f"Missing: {', '.join(missing)}")
    described = "; ".join(
        f"{angle['name']} {angle_text(angle)}" for angle in document["angles"].values() if angle["view"] == view
    )
    return (
        # a broad picture gets more of the row than a narrow one
        f'<figure style="flex-grow:{math.sqrt(shown.width / shown.height):.3f}">'
        f'<img width="{shown.width}" height="{shown.height}" '
        f'alt="{escape(f"{view} radiograph with landmarks and axes. {described}.")}" '
        f'src="data:image/png;base64,{encoded}"><figcaption>{escape(". ".join(words))}.'
        "</figcaption></figure>"
    )


def _provenance(document: CaseDocument) -> str:
    items = []
    for view in ("AP", "lateral"):
        image: dict[str, Any] | None = document["images"][view]
        if image is None:
            items.append((f"{view} view", "not given"))
            continue
        size = f"{image['width']} x {image['height']} pixels" if image["width"] else "landmarks without their image"
        spacing = image["spacing_mm"]
        scale = f"{spacing[0]:.4g} x {spacing[1]:.4g} mm a pixel" if spacing else "no millimetres"
        name = f"{image['file']}, " if image["file"] else ""
        items.append((f"{view} view", f"{name}{size}; {scale} ({image['spacing_source']})"))
        if document["model"] and document["model"].get(view):
            items.append((f"{view} network", document["model"][view]))
    items.append(("Written", _made_by(document)))
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in items)
    return f'<dl class="origin">{rows}</dl>'


def _made_by(document: CaseDocument) -> str:
    software = document["software"]
    return f"{software['name']} {software['version']}, {document['created'].replace('T', ' ').replace('Z', ' UTC')}."
