"""The annotated images on which models are judged: truth and facts as arrays, no pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.foot_length import foot_length
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityTrainingLib.dataset import DatasetRow, load_annotation

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cohort:
    """N images of one view with K landmarks each.

    points: (N, K, 2) image pixels, NaN = missing. certain: (N, K), not marked as an estimate. sizes: (N, 2) height
    and width in pixels. scale: (N, 2) image pixels -> coordinates in which angles are true: mm where in_mm (N,), else
    square pixels. aspect_known: (N,), whether that holds. age_years: (N,), NaN = unknown. weight_bearing: (N,) words.
    """

    view: str
    scheme: Scheme
    rows: tuple[DatasetRow, ...]
    points: Array
    certain: Mask
    sizes: NDArray[np.int64]
    scale: Array
    in_mm: Mask
    aspect_known: Mask
    age_years: Array
    weight_bearing: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ids(self) -> tuple[str, ...]:
        """Landmark ids in the order of the arrays."""
        return self.scheme.ids(self.view)

    @property
    def patients(self) -> tuple[str, ...]:
        """Patient of each image."""
        return tuple(row.patient for row in self.rows)

    @property
    def lengths(self) -> Array:
        """Foot length (N,) of the truth, in the unit of `scaled`; other schemes: the landmarks' diagonal."""
        return foot_length(self.scaled(self.points), self.view, self.certain, scheme=self.scheme)

    def scaled(self, points: Array) -> Array:
        """Points (N, K, 2) from image pixels to mm, or to square pixels where the spacing is unknown."""
        return points * self.scale[:, None, :]

    def select(self, mask: Mask) -> Cohort:
        """The images of a mask (N,)."""
        return Cohort(
            view=self.view,
            scheme=self.scheme,
            rows=tuple(row for row, kept in zip(self.rows, mask, strict=True) if kept),
            points=self.points[mask],
            certain=self.certain[mask],
            sizes=self.sizes[mask],
            scale=self.scale[mask],
            in_mm=self.in_mm[mask],
            aspect_known=self.aspect_known[mask],
            age_years=self.age_years[mask],
            weight_bearing=self.weight_bearing[mask],
        )


def read_cohort(rows: Sequence[DatasetRow], view: str, scheme: Scheme, report: Callable[[str], None]) -> Cohort:
    """Read the truth of all rows; unusable ones are named and left out. Facts in the manifest go before file tags.

    Raises FootDeformityError if none is left.
    """
    kept, points, certain, facts, scales = [], [], [], [], []
    for row in rows:
        try:
            radiograph, placed, uncertain = load_annotation(row, scheme)
        except FootDeformityError as error:
            report(f"left out: {error}")
            continue
        kept.append(row)
        points.append(placed)
        certain.append(~uncertain)
        scales.append(pixel_scale(radiograph, row.spacing_mm))
        facts.append(_facts(row, radiograph))
    if not kept:
        raise FootDeformityError(f"none of {len(rows)} {view} images is usable; the reasons stand above.")
    return Cohort(
        view=view,
        scheme=scheme,
        rows=tuple(kept),
        points=np.stack(points),
        certain=np.stack(certain),
        sizes=np.array([size for size, _, _ in facts]),
        scale=np.array([scale for scale, _ in scales]),
        in_mm=np.array([known for _, known in scales]),
        aspect_known=np.array([row.aspect_known for row in kept]),
        age_years=np.array([age for _, age, _ in facts]),
        weight_bearing=np.array([word for _, _, word in facts]),
    )


def pixel_scale(radiograph: Radiograph, spacing_mm: float | None) -> tuple[tuple[float, float], bool]:
    """(x, y) units a pixel in which angles are true, and whether they are millimetres."""
    if spacing_mm is not None:
        return (spacing_mm, spacing_mm * radiograph.pixel_aspect), True
    if radiograph.spacing_mm is not None:
        return radiograph.spacing_mm, True
    return (1.0, radiograph.pixel_aspect), False


def _facts(row: DatasetRow, radiograph: Radiograph) -> tuple[tuple[int, int], float, str]:
    age = row.age_years if row.age_years is not None else radiograph.age_years
    weight_bearing = row.weight_bearing if row.weight_bearing != "unknown" else radiograph.weight_bearing
    return (radiograph.height, radiograph.width), math.nan if age is None else age, weight_bearing
