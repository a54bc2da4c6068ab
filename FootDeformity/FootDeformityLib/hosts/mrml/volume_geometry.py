"""Where the pixels of a radiograph lie in a Slicer scene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import ArrayLike, NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.radiographs.geometry import Affine

Floats = NDArray[np.float64]

#: RAS directions of right and down on the screen, by the axis that a slice is perpendicular to
_SCREEN = {
    0: ((0.0, -1.0, 0.0), (0.0, 0.0, -1.0)),  # sagittal
    1: ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),  # coronal
    2: ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),  # axial
}


@dataclass(frozen=True)
class PixelOrder:
    """How the rows and columns of an array become an upright image: first transposed, then flipped."""

    transposed: bool = False
    flipped_x: bool = False
    flipped_y: bool = False

    def arranged(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return (rows, columns[, channels]) as the image is shown."""
        image = array.swapaxes(0, 1) if self.transposed else array
        image = image[:, ::-1] if self.flipped_x else image
        return image[::-1] if self.flipped_y else image


@dataclass(frozen=True, eq=False)
class VolumeGeometry:
    """Image pixels (x right, y down, centre of the first pixel 0, 0) to RAS mm of a single-slice volume.

    origin (3,): RAS of pixel 0, 0. columns (3, 2): RAS steps of one pixel in x and y. RAS is that of the volume itself,
    before any transform it stands under. width, height: pixels.
    """

    origin: Floats
    columns: Floats
    width: int
    height: int

    @cached_property
    def spacing(self) -> tuple[float, float]:
        """(x, y) distance between pixels in mm."""
        x, y = np.linalg.norm(self.columns, axis=0)
        return float(x), float(y)

    @cached_property
    def directions(self) -> Floats:
        """(3, 2): unit vectors of x and y in RAS."""
        directions: Floats = self.columns / np.array(self.spacing)
        return directions

    def to_ras(self, pixels: ArrayLike) -> Floats:
        """Map (..., 2) image pixels to (..., 3) RAS mm."""
        points = np.asarray(pixels, dtype=np.float64)
        ras: Floats = points[..., :1] * self.columns[:, 0] + points[..., 1:] * self.columns[:, 1] + self.origin
        return ras

    def to_pixel(self, ras: tuple[float, float, float]) -> tuple[float, float]:
        """Map one RAS position to image pixels; what lies before or behind the image is projected onto it.

        To a millionth of a pixel, as cases hold points. Plain floats: this is called with every mouse move.
        """
        (xr, xa, xs, x0), (yr, ya, ys, y0) = self._inverse
        r, a, s = ras
        return round(xr * r + xa * a + xs * s + x0, 6), round(yr * r + ya * a + ys * s + y0, 6)

    @cached_property
    def _inverse(self) -> tuple[tuple[float, float, float, float], tuple[float, float, float, float]]:
        linear = np.linalg.pinv(self.columns)
        x_row, y_row = np.column_stack([linear, -linear @ self.origin]).tolist()
        return tuple(x_row), tuple(y_row)

    @property
    def lps_from_pixels(self) -> Affine:
        """Pixels to LPS x, y as landmark files hold them; an image that is not axial counts as lying at the origin."""
        if np.abs(self.columns[2]).max() > 1e-3 * min(self.spacing):
            return Affine.scaling(*self.spacing)
        return Affine(-np.column_stack([self.columns[:2], self.origin[:2]]))

    def same_place(self, other: VolumeGeometry) -> bool:
        """Whether every pixel lies where it lies in the other one."""
        return (
            (self.width, self.height) == (other.width, other.height)
            and np.allclose(self.origin, other.origin, atol=1e-9)
            and np.allclose(self.columns, other.columns, atol=1e-12)
        )


def check_single_slice(volume: Any) -> None:
    """Raise FootDeformityError unless the volume node holds one image."""
    image = volume.GetImageData()
    if image is None or image.GetNumberOfPoints() == 0:
        raise FootDeformityError(f"{volume.GetName()}: the volume holds no image. Load the radiograph again.")
    columns, rows, slices = image.GetDimensions()
    if slices != 1:
        raise FootDeformityError(
            f"{volume.GetName()}: the volume has {columns} x {rows} x {slices} voxels; expected a radiograph, which "
            "has one slice. Choose a radiograph."
        )


def upright_order(volume: Any) -> PixelOrder:
    """Return how to arrange the array of a volume so that it looks as Slicer shows it in its own plane."""
    matrix = _ijk_to_ras(volume)
    right, down = _screen(matrix)
    i_axis, j_axis = matrix[:3, 0], matrix[:3, 1]
    transposed = abs(i_axis @ right) < abs(j_axis @ right)
    x_axis, y_axis = (j_axis, i_axis) if transposed else (i_axis, j_axis)
    return PixelOrder(bool(transposed), bool(x_axis @ right < 0), bool(y_axis @ down < 0))


def volume_geometry(volume: Any, order: PixelOrder) -> VolumeGeometry:
    """Return where the arranged pixels of a single-slice volume lie. Raises FootDeformityError."""
    check_single_slice(volume)
    matrix = _ijk_to_ras(volume)
    wide, high, _ = volume.GetImageData().GetDimensions()
    x_axis, y_axis = matrix[:3, 0], matrix[:3, 1]
    if order.transposed:
        x_axis, y_axis, wide, high = y_axis, x_axis, high, wide
    origin = matrix[:3, 3]
    if order.flipped_x:
        origin, x_axis = origin + x_axis * (wide - 1), -x_axis
    if order.flipped_y:
        origin, y_axis = origin + y_axis * (high - 1), -y_axis
    return VolumeGeometry(origin, np.column_stack([x_axis, y_axis]), wide, high)


def _ijk_to_ras(volume: Any) -> Floats:
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    ijk_to_ras: Floats = np.asarray(slicer.util.arrayFromVTKMatrix(matrix), dtype=np.float64)
    return ijk_to_ras


def _screen(matrix: Floats) -> tuple[Floats, Floats]:
    normal = np.cross(matrix[:3, 0], matrix[:3, 1])
    right, down = _SCREEN[int(np.abs(normal).argmax())]
    return np.array(right), np.array(down)
