"""Where axes and angle arcs are drawn: plane geometry that pictures and slice views share. Unit and frame are free."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from FootDeformityLib.measure.definitions import Axis

Point = tuple[float, float]
Segment = tuple[Point, Point]

_ARC_STEPS = 16


@dataclass(frozen=True)
class AngleMark:
    """An angle between two axes as it is drawn.

    arc: points of the arc about the place where the axes meet; empty if they meet too far away. leads: axis name and
    the line from the drawn axis on to that place. anchor, outward: where the value belongs, and which way from there.
    """

    arc: tuple[Point, ...]
    leads: tuple[tuple[str, Segment], ...]
    anchor: Point
    outward: Point


def axis_lines(axes: Iterable[Axis], points: Mapping[str, Point]) -> dict[str, Segment]:
    """Return start and end of each axis whose landmarks are all there and do not coincide."""
    lines = {}
    for axis in axes:
        if all(name in points for name in axis.ids):
            start, end = _mean([points[name] for name in axis.start]), _mean([points[name] for name in axis.end])
            if math.dist(start, end) >= 1e-6:
                lines[axis.name] = (start, end)
    return lines


def extended(start: Point, end: Point, kind: str) -> Segment:
    """A bone's axis is drawn beyond its landmarks, so that the eye can follow it to where it meets the other."""
    beyond = 0.45 if kind == "axis" else 0.06
    dx, dy = (end[0] - start[0]) * beyond, (end[1] - start[1]) * beyond
    return (start[0] - dx, start[1] - dy), (end[0] + dx, end[1] + dy)


def angle_mark(
    between: tuple[str, str], lines: Mapping[str, Segment], radius: float, shown: Callable[[Point], bool]
) -> AngleMark:
    """Return how the angle between two of the lines is drawn.

    radius: of the arc. shown: whether a point lies on the picture.
    """
    first, second = (lines[name] for name in between)
    ends = [*first, *second]
    centre = _mean(ends)
    near = max(math.dist(a, b) for a in ends for b in ends)
    vertex = _crossing(first, second)
    if vertex is None or math.dist(vertex, centre) > 0.9 * near or not shown(vertex):
        return AngleMark((), (), centre, (0.0, 0.0))
    leads = []
    for name, line in zip(between, (first, second), strict=True):
        drawn = extended(*line, "axis")
        if _outside(vertex, drawn):
            leads.append((name, (min(drawn, key=lambda end: math.dist(end, vertex)), vertex)))
    a, b = (math.atan2(end[1] - start[1], end[0] - start[0]) for start, end in (first, second))
    turn = (b - a + math.pi) % (2 * math.pi) - math.pi
    arc = tuple(
        (vertex[0] + radius * math.cos(direction), vertex[1] + radius * math.sin(direction))
        for direction in (a + turn * k / _ARC_STEPS for k in range(_ARC_STEPS + 1))
    )
    return AngleMark(arc, tuple(leads), arc[_ARC_STEPS // 2], (math.cos(a + turn / 2), math.sin(a + turn / 2)))


def _mean(points: list[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _outside(point: Point, segment: Segment) -> bool:
    """Whether a point of the line lies beyond the segment."""
    start, end = segment
    along = (point[0] - start[0]) * (end[0] - start[0]) + (point[1] - start[1]) * (end[1] - start[1])
    return not 0 <= along <= math.dist(start, end) ** 2


def _crossing(first: Segment, second: Segment) -> Point | None:
    """Return where two lines meet, None if they are about parallel."""
    (ax, ay), (bx, by) = first
    (cx, cy), (dx, dy) = second
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    cross = ux * vy - uy * vx
    if abs(cross) < 0.02 * math.hypot(ux, uy) * math.hypot(vx, vy):
        return None
    t = ((cx - ax) * vy - (cy - ay) * vx) / cross
    return ax + t * ux, ay + t * uy
