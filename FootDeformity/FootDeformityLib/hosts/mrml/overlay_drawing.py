"""What is drawn over a radiograph: axes, arcs and rings as coloured lines, angles as texts. No scene here.

Plane: mm along x (right) and y (down) of the image, so that angles on the screen are true.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.files.axis_drawing import Point, angle_mark, axis_lines, extended
from FootDeformityLib.files.overlay import BONE_COLOURS, FLOOR_COLOUR, STATE_COLOURS, axis_colours
from FootDeformityLib.files.wording import degrees_text

Colour = tuple[int, int, int]
_Box = tuple[float, float, float, float]

WHITE: Colour = (255, 255, 255)
NEUTRAL: Colour = (255, 220, 120)
#: all colours of lines
PALETTE: tuple[Colour, ...] = (*BONE_COLOURS, FLOOR_COLOUR, *STATE_COLOURS.values(), WHITE, NEUTRAL)
#: sizes in pixels of the screen
_RING, _SELECTED, _ARC, _DASH, _GAP = 6.5, 11.0, 34.0, 6.0, 5.0


@dataclass(frozen=True)
class _Character:
    """About how wide and high a character is, and how far from its anchor a text may stand, in pixels of the screen."""

    width: float
    height: float
    gaps: tuple[float, ...]


_ID, _VALUE = _Character(9.0, 12.0, (10.0, 18.0)), _Character(9.0, 13.0, (8.0, 24.0, 44.0, 70.0))
_TURN = [(math.cos(k * math.pi / 12), math.sin(k * math.pi / 12)) for k in range(25)]


@dataclass(frozen=True)
class Text:
    """at: lower left corner in the plane. open: belongs to something that nobody has looked at."""

    words: str
    at: Point
    open: bool = True


@dataclass
class OverlayDrawing:
    """lines: points in the plane and their colour. ids, values: texts by the name of the landmark or angle."""

    lines: list[tuple[list[Point], Colour]] = field(default_factory=list)
    ids: dict[str, Text] = field(default_factory=dict)
    values: dict[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class OverlayLook:
    """How a view is drawn.

    spacing: (x, y) mm of a pixel of the image. size: its width and height in pixels. pixel_mm: mm that a pixel of the
    screen shows. axes: draw axes and angles, too. blinded: marks do not tell what the network said. selected: id.
    """

    spacing: tuple[float, float]
    size: tuple[int, int]
    pixel_mm: float
    axes: bool = True
    blinded: bool = False
    selected: str | None = None


def draw_view(case: Case, view: str, look: OverlayLook) -> OverlayDrawing:
    """Return the drawing of a view."""
    drawing = OverlayDrawing()
    landmarks = case.views[view].landmarks
    points = {
        name: (state.xy_px[0] * look.spacing[0], state.xy_px[1] * look.spacing[1])
        for name, state in landmarks.items()
        if state.xy_px is not None
    }
    taken: list[_Box] = []
    _write_ids(drawing, case, view, points, look, taken)
    if look.axes:
        _draw_axes(drawing, case, view, points, look, taken)
    for name, point in points.items():
        _draw_state(drawing, landmarks[name], point, look)
    if look.selected in points:
        drawing.lines.append((_circle(points[look.selected], _SELECTED * look.pixel_mm), WHITE))
    return drawing


def _write_ids(
    drawing: OverlayDrawing, case: Case, view: str, points: dict[str, Point], look: OverlayLook, taken: list[_Box]
) -> None:
    """Put each id on the far side of its point, seen from the bone."""
    if not points:
        return
    partners = {mark.id: mark.partner for mark in case.scheme.landmarks(view)}
    middle = tuple(sum(parts) / len(points) for parts in zip(*points.values(), strict=True))
    for name, point in points.items():
        state = case.views[view].landmarks[name]
        other = points.get(partners[name] or "", middle)
        words = name + ("?" if state.uncertain or (state.doubtful and not look.blinded) else "")
        outward = (point[0] - other[0], point[1] - other[1])
        box = _free_box(point, outward, words, _ID, look.pixel_mm, taken)
        drawing.ids[name] = Text(words, (box[0], box[3]), not state.reviewed)


def _draw_axes(
    drawing: OverlayDrawing, case: Case, view: str, points: dict[str, Point], look: OverlayLook, taken: list[_Box]
) -> None:
    scheme = case.scheme
    colours = axis_colours(scheme, view)
    lines = axis_lines(scheme.axes(view), points)
    for axis in scheme.axes(view):
        if axis.name in lines:
            start, end = extended(*lines[axis.name], axis.kind)
            if axis.kind == "floor":
                _dashed(drawing, start, end, colours[axis.name], look.pixel_mm)
            else:
                drawing.lines.append(([start, end], colours[axis.name]))

    def shown(point: Point) -> bool:
        return 0 <= point[0] <= look.size[0] * look.spacing[0] and 0 <= point[1] <= look.size[1] * look.spacing[1]

    angles = case.measurements.angles
    for angle in scheme.angles(view):
        value = angles[angle.name].value
        if value is None or any(name not in lines for name in angle.between):
            continue
        mark = angle_mark(angle.between, lines, _ARC * look.pixel_mm, shown)
        for name, lead in mark.leads:
            _dashed(drawing, *lead, colours[name], look.pixel_mm)
        if mark.arc:
            drawing.lines.append((list(mark.arc), WHITE))
        words = f"{angle.abbreviation} {degrees_text(value)}"
        box = _free_box(mark.anchor, mark.outward, words, _VALUE, look.pixel_mm, taken)
        drawing.values[angle.name] = Text(words, (box[0], box[3]))


def _draw_state(drawing: OverlayDrawing, state: LandmarkState, at: Point, look: OverlayLook) -> None:
    """Ring: as the network placed it (broken = not sure). Diamond: moved. Square: confirmed."""
    style = "doubtful" if state.doubtful else state.state
    if look.blinded:
        drawing.lines.append((_circle(at, _RING * look.pixel_mm), NEUTRAL))
        return
    colour = STATE_COLOURS[style]
    if style == "moved":
        drawing.lines.append((_polygon(at, _RING * 1.2 * look.pixel_mm, ((0, -1), (1, 0), (0, 1), (-1, 0))), colour))
    elif style == "confirmed":
        drawing.lines.append((_polygon(at, _RING * 0.85 * look.pixel_mm, ((-1, -1), (1, -1), (1, 1), (-1, 1))), colour))
    elif style == "doubtful":
        circle = _circle(at, _RING * 1.2 * look.pixel_mm)
        drawing.lines += [(circle[k : k + 3], colour) for k in range(0, 24, 4)]
    else:
        drawing.lines.append((_circle(at, _RING * look.pixel_mm), colour))


def _free_box(
    anchor: Point, outward: Point, words: str, character: _Character, pixel_mm: float, taken: list[_Box]
) -> _Box:
    """Return where a text stands beside a point: outward and near, as far as other texts let it; it is taken then."""
    x, y = outward
    boxes = (
        _box_beside(anchor, direction, gap, words, character, pixel_mm)
        for gap in character.gaps
        for direction in ((x, y), (x - y, x + y), (x + y, y - x))  # 45 degrees to either side
    )
    first = box = next(boxes)
    while any(_overlap(box, other) for other in taken):
        following = next(boxes, None)
        if following is None:
            box = first
            break
        box = following
    taken.append(box)
    return box


def _box_beside(anchor: Point, outward: Point, gap: float, words: str, character: _Character, pixel_mm: float) -> _Box:
    """Return left, top, right, bottom of a text beside a point, on the side that ``outward`` tells."""
    length = math.hypot(*outward)
    x, y = (outward[0] / length, outward[1] / length) if length else (1.0, 0.0)
    wide, high = len(words) * character.width * pixel_mm, character.height * pixel_mm
    middle = anchor[0] + x * (gap * pixel_mm + wide / 2), anchor[1] + y * (gap * pixel_mm + high / 2)
    return middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _circle(at: Point, radius: float) -> list[Point]:
    return [(at[0] + radius * x, at[1] + radius * y) for x, y in _TURN]


def _polygon(at: Point, radius: float, corners: Iterable[Point]) -> list[Point]:
    around = [(at[0] + radius * x, at[1] + radius * y) for x, y in corners]
    return [*around, around[0]]


def _dashed(drawing: OverlayDrawing, start: Point, end: Point, colour: Colour, pixel_mm: float) -> None:
    length = math.dist(start, end)
    if length == 0:
        return
    # never more than some dozen pieces, however near the view is
    period = max((_DASH + _GAP) * pixel_mm, length / 40)
    dash = period * _DASH / (_DASH + _GAP)
    x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    for number in range(math.ceil(length / period)):
        on = number * period
        off = min(on + dash, length)
        drawing.lines.append(
            ([(start[0] + x * on, start[1] + y * on), (start[0] + x * off, start[1] + y * off)], colour)
        )
