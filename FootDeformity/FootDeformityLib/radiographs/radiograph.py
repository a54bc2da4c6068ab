"""One radiograph, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.radiographs.geometry import Affine

View = Literal["AP", "lateral"]
Side = Literal["left", "right"]
WeightBearing = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, eq=False)
class Radiograph:
    """Pixels and what is known about them. No tag that names the patient is kept.

    Everything about points is in image pixels: x right, y down, centre of the first pixel (0, 0), in the
    frame in which the file stores its rows (an EXIF rotation is not applied, as in Slicer).
    """

    path: Path
    #: (H, W) float32, 0..1, bone bright; see intensity.py
    pixels: NDArray[np.float32]
    #: e.g. "DICOM DX", "PNG"
    file_format: str
    #: bits a pixel that the file stores
    bits: int
    #: (x = column spacing, y = row spacing) in mm, None when the file does not say
    spacing_mm: tuple[float, float] | None
    #: where spacing_mm comes from, or why there is none, in words
    spacing_source: str
    #: (x, y) spacing with which Slicer loads this very file (PNG, JPEG, TIFF: always 1, see raster_image.py)
    slicer_spacing_mm: tuple[float, float] = (1.0, 1.0)
    #: pixels -> LPS x, y in mm of this very file in Slicer (NRRD: with its origin and directions)
    slicer_from_pixels: Affine = field(default_factory=Affine.identity)
    #: Slicer's geometry of this file is not the right one: write an .nrrd with ``write_from_pixels`` beside the points
    slicer_geometry_wrong: bool = False
    #: row spacing / column spacing: 1 unless the file says that its pixels are not square
    pixel_aspect: float = 1.0
    #: how much larger the foot is on the detector than in truth, if stated; never applied to spacing_mm
    magnification: float | None = None
    view: View | None = None
    side: Side | None = None
    age_years: float | None = None
    weight_bearing: WeightBearing = "unknown"
    warnings: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Number of rows."""
        return int(self.pixels.shape[0])

    @property
    def square_from_pixels(self) -> Affine:
        """Pixels -> coordinates in which angles are true: mm if known, else pixels with the aspect corrected."""
        return Affine.scaling(*(self.spacing_mm or (1.0, self.pixel_aspect)))

    @property
    def write_from_pixels(self) -> Affine:
        """Pixels -> LPS x, y in which landmark files are written.

        The frame of the file itself, or, where Slicer reads that wrongly, of the .nrrd to write beside it
        (spacing ``write_spacing``, origin 0).
        """
        return Affine.scaling(*self.write_spacing) if self.slicer_geometry_wrong else self.slicer_from_pixels

    @property
    def write_spacing(self) -> tuple[float, float]:
        """(x, y) spacing in mm of the volume that landmark files belong to."""
        if self.slicer_geometry_wrong:
            return self.spacing_mm or (1.0, self.pixel_aspect)
        return self.slicer_spacing_mm

    def to_slicer(self, points: ArrayLike) -> NDArray[np.float64]:
        """Map points (..., 2) from image pixels to LPS x, y (mm) of this very file in Slicer."""
        return self.slicer_from_pixels.apply(points)

    def from_slicer(self, points: ArrayLike) -> NDArray[np.float64]:
        """Map points (..., 2) from LPS x, y (mm) of this very file in Slicer to image pixels."""
        return self.slicer_from_pixels.inverse().apply(points)

    def points_outside(self, points: NDArray[np.float64]) -> int:
        """Return how many of the points (K, 2) in image pixels lie off the image; missing ones (NaN) do not."""
        return int(((points < -0.5) | (points > np.array([self.width, self.height]) - 0.5)).any(axis=1).sum())
