"""One radiograph of a case and its landmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.case.landmark import LandmarkState, Point
from FootDeformityLib.network.angle_agreement import AngleAgreement
from FootDeformityLib.network.view_opinion import ViewState


@dataclass(frozen=True)
class CaseImage:
    """What a case keeps of a radiograph: never pixels, never identity.

    file: name without folder, None for landmarks that came without their image. width, height: pixels.
    spacing_mm: (column, row) = (x, y) spacing, None = unknown: millimetres are hidden.
    pixel_aspect: row / column spacing, told even by some files that do not tell millimetres.
    points_fit: the file on which the case's .mrk.json lies in Slicer.
    """

    file: str | None = None
    width: int | None = None
    height: int | None = None
    spacing_mm: tuple[float, float] | None = None
    spacing_source: str = "unknown"
    pixel_aspect: float = 1.0
    points_fit: str | None = None

    @property
    def square_spacing(self) -> tuple[float, float]:
        """(x, y) factors that make pixels square: mm if known."""
        return self.spacing_mm or (1.0, self.pixel_aspect)


@dataclass(frozen=True)
class CaseView:
    """Immutable: the landmarks of one view, in the scheme's order, and where they came from.

    model: name and hash of the network, None without one. warnings: what the reader or network said. shows_foot: what
    the view recogniser said of the image before the network placed points. agreement: of the network with readers, by
    angle.
    """

    image: CaseImage
    landmarks: Mapping[str, LandmarkState]
    model: str | None = None
    warnings: tuple[str, ...] = field(default=())
    shows_foot: ViewState = "not asked"
    agreement: Mapping[str, AngleAgreement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("landmarks", "agreement"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def points_px(self) -> NDArray[np.float64]:
        """Return float64 (K, 2) image pixels, NaN = missing, in the order of ``landmarks``."""
        return _rows(state.xy_px for state in self.landmarks.values())

    def ai_points_px(self) -> NDArray[np.float64]:
        """Return the same of the points as the network placed them."""
        return _rows(state.ai_xy_px for state in self.landmarks.values())

    def with_landmark(self, landmark: str, state: LandmarkState) -> CaseView:
        """Return a view with one landmark replaced. Raises KeyError for an unknown id."""
        if landmark not in self.landmarks:
            raise KeyError(landmark)
        return replace(self, landmarks={**self.landmarks, landmark: state})

    def with_all(self, change: Callable[[LandmarkState], LandmarkState]) -> CaseView:
        """Return a view with ``change`` applied to every landmark."""
        return replace(self, landmarks={name: change(state) for name, state in self.landmarks.items()})

    def landmarks_document(self) -> dict[str, dict[str, Any]]:
        """Return the landmarks as case.json holds them."""
        return {
            name: {
                "xy_px": _pair(state.xy_px),
                "confidence": state.confidence,
                "state": state.state,
                "ai_xy_px": _pair(state.ai_xy_px),
                "uncertain": state.uncertain,
                "reader": state.reader,
                "edited_at": state.edited_at,
            }
            for name, state in self.landmarks.items()
        }

    @property
    def reviewed(self) -> bool:
        """No point is left as the network placed it."""
        return all(state.reviewed for state in self.landmarks.values())


def _rows(points: Iterable[Point | None]) -> NDArray[np.float64]:
    missing = (np.nan, np.nan)
    return np.array([point or missing for point in points], dtype=np.float64).reshape(-1, 2)


def _pair(point: Point | None) -> list[float] | None:
    return None if point is None else [point[0], point[1]]


def point_or_none(xy: NDArray[np.float64]) -> Point | None:
    """Return (x, y) of a float64 (2,) row, None where it is NaN.

    To a millionth of a pixel: the way to mm and back, in a landmark file, gives the very same point.
    """
    return (round(float(xy[0]), 6), round(float(xy[1]), 6)) if bool(np.isfinite(xy).all()) else None
