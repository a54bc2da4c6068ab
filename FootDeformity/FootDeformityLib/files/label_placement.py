"""Where labels go on a crowded image: beside what they name, off the other marks, inside the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Axis-parallel rectangle in canvas pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Box:
        """Return the box of a size about its centre."""
        return cls(centre[0] - width / 2, centre[1] - height / 2, centre[0] + width / 2, centre[1] + height / 2)

    def overlap(self, other: Box) -> float:
        """Area in common, px^2."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0

    def inside(self, width: float, height: float) -> bool:
        """Whether the box lies wholly on a canvas."""
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height

    def nearest(self, point: Point) -> Point:
        """Return the point of the box nearest to another."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.top), self.bottom)

    def length_of(self, start: Point, end: Point) -> float:
        """Length of the segment's part within the box (Liang-Barsky)."""
        low, high = 0.0, 1.0
        dx, dy = end[0] - start[0], end[1] - start[1]
        for step, distance in (
            (-dx, start[0] - self.left),
            (dx, self.right - start[0]),
            (-dy, start[1] - self.top),
            (dy, self.bottom - start[1]),
        ):
            if step == 0:
                if distance < 0:
                    return 0.0
            elif step < 0:
                low = max(low, distance / step)
            else:
                high = min(high, distance / step)
        return max(0.0, high - low) * math.hypot(dx, dy)


@dataclass
class LabelPlacer:
    """Places labels one after the other; earlier ones are obstacles for later ones.

    width, height: canvas in pixels. marks: boxes to keep free. lines: segments that are better not crossed.
    cover: how much of what the reader wants to see a box would hide, 0..1.
    """

    width: float
    height: float
    marks: list[Box] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)
    placed: list[Box] = field(default_factory=list)
    cover: Callable[[Box], float] = lambda box: 0.0

    def holds(self, point: Point) -> bool:
        """Whether a point lies on the canvas."""
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height

    def place(
        self,
        anchor: Point,
        size: tuple[float, float],
        outward: Point,
        distances: Iterable[float],
        shy: float = 0.5,
    ) -> Box:
        """Return the best box for a label of ``size`` (width, height) that belongs to ``anchor``.

        outward: preferred direction. distances: gaps to try between the anchor and the label.
        shy: how strongly the label avoids covering the picture, against staying near.
        """
        preferred = math.atan2(outward[1], outward[0]) if outward != (0.0, 0.0) else -math.pi / 2
        directions = 24
        best, lowest = Box.around(anchor, *size), math.inf
        for distance in distances:
            for k in range(directions):
                turn = 2 * math.pi * k / directions
                angle = preferred + turn
                cosine, sine = math.cos(angle), math.sin(angle)
                # the gap is measured to the label's edge, whatever its shape
                reach = min(
                    size[0] / 2 / abs(cosine) if abs(cosine) > 1e-9 else math.inf,
                    size[1] / 2 / abs(sine) if abs(sine) > 1e-9 else math.inf,
                )
                centre = (anchor[0] + (distance + reach) * cosine, anchor[1] + (distance + reach) * sine)
                box = Box.around(centre, *size)
                cost = self._cost(box) + 0.35 * (1 - math.cos(turn)) + distance / (4 * size[1])
                cost += shy * self.cover(box)
                if cost < lowest:
                    best, lowest = box, cost
        self.placed.append(best)
        return best

    def _cost(self, box: Box) -> float:
        area = (box.right - box.left) * (box.bottom - box.top)
        cost = 0.0 if box.inside(self.width, self.height) else 1000.0
        for others, weight in ((self.placed, 40.0), (self.marks, 20.0)):
            for other in others:
                shared = box.overlap(other)
                # even a touch is worse than a longer way
                cost += weight * (0.1 + shared / area) if shared > 0 else 0.0
        cost += sum(1.5 * box.length_of(*line) / (box.bottom - box.top) for line in self.lines)
        return cost
