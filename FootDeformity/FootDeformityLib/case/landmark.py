"""One landmark of a case: where it is, where the network put it, and who answers for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["ai", "moved", "confirmed", "missing"]
Point = tuple[float, float]


@dataclass(frozen=True)
class LandmarkState:
    """Immutable. Positions are image pixels (x right, y down, centre of the first pixel at 0, 0).

    xy_px: current position, None exactly when state is "missing".
    ai_xy_px, confidence: what the network said (0..1), kept through every edit; None without a network.
    state: "ai" as the network placed it, "moved" by a person, "confirmed" by a person where it is.
    uncertain: a person marked it as an estimate of something that cannot be seen.
    """

    xy_px: Point | None = None
    ai_xy_px: Point | None = None
    confidence: float | None = None
    state: State = "missing"
    uncertain: bool = False

    def __post_init__(self) -> None:
        if (self.xy_px is None) != (self.state == "missing"):
            raise ValueError(f"a {self.state} landmark cannot have the position {self.xy_px}")
        for point in (self.xy_px, self.ai_xy_px):
            if point is not None and not (math.isfinite(point[0]) and math.isfinite(point[1])):
                raise ValueError(f"position {point} is not finite")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside 0..1")

    @classmethod
    def detected(cls, xy_px: Point | None, confidence: float | None) -> LandmarkState:
        """Return a landmark as the network placed it; None = the network found nothing."""
        return cls(xy_px, xy_px, confidence, "missing" if xy_px is None else "ai")

    @classmethod
    def placed(cls, xy_px: Point | None, uncertain: bool = False) -> LandmarkState:
        """Return a landmark that a person placed, with no network involved."""
        return cls(xy_px, None, None, "missing" if xy_px is None else "confirmed", uncertain)

    def moved_to(self, xy_px: Point) -> LandmarkState:
        """A person placed the point here; without a network's position it counts as confirmed."""
        return replace(self, xy_px=xy_px, state="confirmed" if self.ai_xy_px is None else "moved")

    def confirmed(self) -> LandmarkState:
        """A person agrees with the point where it is; a missing one stays missing."""
        return self if self.xy_px is None else replace(self, state="confirmed")

    def removed(self) -> LandmarkState:
        """The structure is not in the image."""
        return replace(self, xy_px=None, state="missing")

    def reset(self) -> LandmarkState:
        """Back to what the network said; a point that it never placed becomes missing."""
        return replace(self, xy_px=self.ai_xy_px, state="missing" if self.ai_xy_px is None else "ai")

    @property
    def reviewed(self) -> bool:
        """Nobody needs to look at it any more."""
        return self.state != "ai"

    @property
    def moved_by_px(self) -> float | None:
        """Distance between the current and the network's position in pixels."""
        if self.xy_px is None or self.ai_xy_px is None:
            return None
        return math.dist(self.xy_px, self.ai_xy_px)
