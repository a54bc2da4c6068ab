"""Where an angle stands beside its normal range, as a small picture."""

from __future__ import annotations

from typing import Any

import qt

from FootDeformityLib.case.angle_bar import BarPosition

WIDTH, HEIGHT = 84, 16
_LINE, _RANGE, _AI, _INSIDE, _OUTSIDE = "#b8bec5", "#8a949e", "#8e6bbf", "#1e88e5", "#e65100"


def draw_bar(bar: BarPosition | None, outside: bool) -> Any:
    """Return a QPixmap: a line, the normal range thick on it, the AI's value thin, the current value as a mark.

    outside: the current value lies out of the normal range.
    """
    pixmap = qt.QPixmap(WIDTH, HEIGHT)
    pixmap.fill(qt.QColor(0, 0, 0, 0))
    if bar is None:
        return pixmap
    painter = qt.QPainter()
    painter.begin(pixmap)
    middle = HEIGHT // 2
    _stroke(painter, _LINE, 2, _x(0.0), middle, _x(1.0), middle)
    if bar.lo is not None and bar.hi is not None:
        _stroke(painter, _RANGE, 6, _x(bar.lo), middle, _x(bar.hi), middle)
    if bar.ai is not None:
        _stroke(painter, _AI, 2, _x(bar.ai), 2, _x(bar.ai), HEIGHT - 2)
    if bar.value is not None:
        _stroke(painter, _OUTSIDE if outside else _INSIDE, 4, _x(bar.value), 1, _x(bar.value), HEIGHT - 1)
    painter.end()
    return pixmap


def _x(part: float) -> int:
    return round(4 + part * (WIDTH - 8))


def _stroke(painter: Any, colour: str, width: int, *ends: int) -> None:
    pen = qt.QPen()
    pen.setColor(qt.QColor(colour))
    pen.setWidth(width)
    pen.setCapStyle(qt.Qt.FlatCap)
    painter.setPen(pen)
    painter.drawLine(*ends)
