"""One landmark of a case: where it is, where the network put it, and who answers for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from FootDeformityLib.case.edit import Edit
from FootDeformityLib.files.case_document import LOW_CONFIDENCE

State = Literal["ai", "moved", "confirmed", "missing"]
Point = tuple[float, float]


@dataclass(frozen=True)
class LandmarkState:
    """Immutable. Positions are image pixels (x right, y down, centre of the first pixel at 0, 0).

    xy_px: current position, None exactly when state is "missing".
    ai_xy_px, confidence: what the network said (0..1), kept through every edit; None without a network.
    state: "ai" as the network placed it, "moved" by a person, "confirmed" by a person where it is.
    uncertain: a person marked it as an estimate of something that cannot be seen.
    reader, edited_at: initials and time (UTC, ISO 8601) of the last person's edit, None where unknown or none.
    """

    xy_px: Point | None = None
    ai_xy_px: Point | None = None
    confidence: float | None = None
    state: State = "missing"
    uncertain: bool = False
    reader: str | None = None
    edited_at: str | None = None

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

    def moved_to(self, xy_px: Point, by: Edit | None = None) -> LandmarkState:
        """A person placed the point here; without a network's position it counts as confirmed."""
        return self._edited(by, xy_px=xy_px, state="confirmed" if self.ai_xy_px is None else "moved")

    def confirmed(self, by: Edit | None = None) -> LandmarkState:
        """A person agrees with the point where it is; a missing one stays missing."""
        return self if self.xy_px is None else self._edited(by, state="confirmed")

    def removed(self, by: Edit | None = None) -> LandmarkState:
        """A person says that the structure cannot be seen in the image."""
        return self._edited(by, xy_px=None, state="missing")

    def marked_uncertain(self, uncertain: bool, by: Edit | None = None) -> LandmarkState:
        """A person calls the position an estimate, or no longer; whether the point is reviewed stays as it is."""
        return self._edited(by, uncertain=uncertain)

    def reset(self) -> LandmarkState:
        """Back to what the network said; a point that it never placed becomes missing."""
        return LandmarkState.detected(self.ai_xy_px, self.confidence)

    def _edited(self, by: Edit | None, **changes: Any) -> LandmarkState:
        """Return the changed landmark with who did it; what the same reader says twice is no edit."""
        same = all(getattr(self, name) == value for name, value in changes.items())
        if same and (by is None or (self.edited_at is not None and self.reader == by.reader)):
            return self
        reader, time = (by.reader, by.time) if by else (None, None)
        return replace(self, reader=reader, edited_at=time, **changes)

    @property
    def reviewed(self) -> bool:
        """Nobody needs to look at it any more."""
        return self.state != "ai"

    @property
    def answered(self) -> bool:
        """A person answers for it; unlike ``reviewed`` this is not true of a point that nobody has placed so far."""
        return self.reviewed and (self.xy_px is not None or self.ai_xy_px is not None or self.edited_at is not None)

    @property
    def doubtful(self) -> bool:
        """The network is not sure, and nobody has decided."""
        return self.state == "ai" and self.confidence is not None and self.confidence < LOW_CONFIDENCE

    @property
    def moved_by_px(self) -> float | None:
        """Distance between the current and the network's position in pixels."""
        if self.xy_px is None or self.ai_xy_px is None:
            return None
        return math.dist(self.xy_px, self.ai_xy_px)
