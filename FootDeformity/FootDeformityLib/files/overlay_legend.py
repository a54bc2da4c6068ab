"""The strip below a measured radiograph: angles in full, what the marks mean, and what the picture is not."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageDraw

from FootDeformityLib.files.case_document import CaseDocument
from FootDeformityLib.files.overlay_canvas import Colour, OverlayCanvas, overlay_font
from FootDeformityLib.files.wording import angle_text, capital
from FootDeformityLib.measure.scheme import Scheme

_GROUND: Colour = (24, 26, 30)
_TEXT: Colour = (235, 235, 235)
_QUIET: Colour = (165, 168, 175)
_MEANING = {
    "ai": "placed by AI",
    "doubtful": "AI in doubt (?)",
    "moved": "moved by a person",
    "confirmed": "set by a person",
}


def with_legend(
    picture: Image.Image, document: CaseDocument, view: str, scheme: Scheme, colours: Mapping[str, Colour]
) -> Image.Image:
    """Return the picture with the strip below it; nothing of the strip covers the image."""
    size = max(picture.width / 64, 9.0)
    line = round(size * 1.55)
    margin = round(size)
    angles = scheme.angles(view)
    rows = max(len(angles), len(_MEANING)) + 2
    strip = Image.new("RGB", (picture.width, rows * line + 2 * margin), _GROUND)
    pen = ImageDraw.Draw(strip)
    font, small = overlay_font(size), overlay_font(size * 0.86)
    pen.text((margin, margin), f"{capital(view)} view{_side(document)}", font=font, fill=_TEXT)
    for row, angle in enumerate(angles, start=1):
        y = margin + row * line
        shown = angle_text(document["angles"][angle.name])
        pen.text((margin, y), f"{angle.abbreviation}", font=font, fill=_TEXT)
        pen.text((margin + 4 * size, y), capital(angle.label), font=font, fill=_TEXT)
        pen.text((picture.width * 0.6, y), shown, font=font, fill=_TEXT, anchor="ra")
    canvas = OverlayCanvas(strip, size / 12)
    x = picture.width * 0.68
    for row, style in enumerate(_MEANING, start=1):
        centre = (x, margin + row * line + line * 0.4)
        colour = colours[style]
        if style == "moved":
            canvas.diamond(centre, 4.5, colour)
        elif style == "confirmed":
            canvas.square(centre, 4.5, colour)
        else:
            canvas.ring(centre, 4.5, colour, dashed=style == "doubtful")
    strip = canvas.finished()
    pen = ImageDraw.Draw(strip)
    for row, (style, meaning) in enumerate(_MEANING.items(), start=1):
        pen.text((x + size * 1.2, margin + row * line), meaning, font=font, fill=colours[style])
    missing = [name for name, mark in document["landmarks"][view].items() if mark["state"] == "missing"]
    notes = "Research software, not a medical device."
    if not document["reviewed"]:
        notes = "AI, not reviewed. " + notes
    if missing:
        notes += f" Missing: {', '.join(missing)}."
    pen.text((margin, margin + (rows - 1) * line + line * 0.2), notes, font=small, fill=_QUIET)
    result = Image.new("RGB", (picture.width, picture.height + strip.height))
    result.paste(picture, (0, 0))
    result.paste(strip, (0, picture.height))
    return result


def _side(document: CaseDocument) -> str:
    side = document["side"]
    return "" if side == "unknown" else f", {side} foot"
