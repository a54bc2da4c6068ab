"""Anti-aliased marks over a radiograph, drawn with Pillow alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
Colour = tuple[int, int, int]

_HALO = (0, 0, 0)


class OverlayCanvas:
    """A picture with a transparent layer of larger scale, which shrinks onto it smoothly.

    unit: thickness of a fine line in pixels; every size below is in units.
    """

    def __init__(self, picture: Image.Image, unit: float) -> None:
        self.picture = picture.convert("RGB")
        self.unit = unit
        self._finer = 3 if max(picture.size) <= 1600 else 2
        size = (picture.width * self._finer, picture.height * self._finer)
        self._layer = Image.new("RGBA", size, (0, 0, 0, 0))
        self._pen = ImageDraw.Draw(self._layer)
        self._texts: list[tuple[Point, str, float, Colour]] = []

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1.0, dashed: bool = False) -> None:
        """Draw a line through points (canvas pixels) with a dark edge."""
        pieces = _dashes(points, 5 * self.unit, 4 * self.unit) if dashed else [list(points)]
        for shade, extra in ((_HALO, 1.8), (colour, 0.0)):
            alpha = 140 if extra else 240
            thick = max(1, round((width + extra) * self.unit * self._finer))
            for piece in pieces:
                self._pen.line([self._fine(p) for p in piece], fill=(*shade, alpha), width=thick, joint="curve")

    def ring(self, centre: Point, radius: float, colour: Colour, dashed: bool = False) -> None:
        """Draw a circle with a dot in its centre; dashed = doubtful."""
        r = radius * self.unit
        turns = [(k * 60 - 20, k * 60 + 20) for k in range(6)] if dashed else [(0, 360)]
        for start, end in turns:
            steps = max(2, (end - start) // 6 + 1)
            arc = [
                (centre[0] + r * math.cos(math.radians(a)), centre[1] + r * math.sin(math.radians(a)))
                for a in (start + (end - start) * k / (steps - 1) for k in range(steps))
            ]
            self.line(arc, colour, 1.3)
        self._dot(centre, colour)

    def diamond(self, centre: Point, radius: float, colour: Colour) -> None:
        """Draw a diamond with a dot in its centre."""
        x, y, r = *centre, radius * 1.25 * self.unit
        self.line([(x, y - r), (x + r, y), (x, y + r), (x - r, y), (x, y - r), (x + r, y)], colour, 1.3)
        self._dot(centre, colour)

    def square(self, centre: Point, radius: float, colour: Colour) -> None:
        """Draw a square with a dot in its centre."""
        x, y, r = *centre, radius * 0.9 * self.unit
        self.line(
            [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r), (x - r, y - r), (x, y - r)], colour, 1.3
        )
        self._dot(centre, colour)

    def text(self, centre: Point, text: str, size: float, colour: Colour) -> None:
        """Write text about its centre with a dark halo; it comes out above all marks."""
        self._texts.append((centre, text, size, colour))

    def text_size(self, text: str, size: float) -> tuple[float, float]:
        """Width and height in canvas pixels, halo included."""
        font = overlay_font(size * self.unit)
        left, _, right, _ = font.getbbox(text)
        edge = 2 * self._edge(size)
        return right - left + edge, 0.95 * size * self.unit + edge

    def finished(self) -> Image.Image:
        """Return the picture with everything on it, RGB."""
        layer = self._layer.reduce(self._finer)
        result = Image.alpha_composite(self.picture.convert("RGBA"), layer).convert("RGB")
        pen = ImageDraw.Draw(result)
        for centre, text, size, colour in self._texts:
            font = overlay_font(size * self.unit)
            pen.text(
                centre, text, fill=colour, font=font, anchor="mm", stroke_width=self._edge(size), stroke_fill=_HALO
            )
        return result

    def _edge(self, size: float) -> int:
        return max(1, round(size * self.unit / 7))

    def _dot(self, centre: Point, colour: Colour) -> None:
        x, y = self._fine(centre)
        r = 0.9 * self.unit * self._finer
        self._pen.ellipse([x - r, y - r, x + r, y + r], fill=(*colour, 255))

    def _fine(self, point: Point) -> Point:
        # pixel centres are whole numbers on the picture, so its edge lies at -0.5
        return ((point[0] + 0.5) * self._finer - 0.5, (point[1] + 0.5) * self._finer - 0.5)


def overlay_font(pixels: float) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font in a size; it has Latin letters, digits and the degree sign."""
    font = ImageFont.load_default(max(6.0, pixels))
    if not isinstance(font, ImageFont.FreeTypeFont):  # Pillow built without FreeType
        raise RuntimeError("Pillow lacks FreeType, which its official packages include")
    return font


def _dashes(points: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    pieces: list[list[Point]] = []
    for start, end in itertools.pairwise(points):
        length = math.dist(start, end)
        at = 0.0
        while at < length:
            stop = min(at + on, length)
            pieces.append(
                [
                    (start[0] + (end[0] - start[0]) * t / length, start[1] + (end[1] - start[1]) * t / length)
                    for t in (at, stop)
                ]
            )
            at = stop + off
    return pieces
