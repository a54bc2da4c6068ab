"""One Slicer slice view without a window: it takes the page's mouse and gives pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from trame_slicer.views import ScheduledRenderStrategy, SliceView
from vtkmodules.util.numpy_support import vtk_to_numpy

#: a, b, c, d, e, f of SVG: x' = a x + c y + e, y' = b x + d y + f
Matrix = tuple[float, float, float, float, float, float]

#: pixels of one picture: a HiDPI screen beyond this gets a scaled picture
_MOST_PIXELS = 2_400_000
_SMALLEST = 16


@dataclass(frozen=True, eq=False)
class Picture:
    """grey: (H, W) uint8, first row on top. ratio: picture pixels a CSS pixel. matrix: image to picture pixels.

    Image pixels count from the centre of the first pixel, picture pixels from the picture's corner.
    """

    grey: NDArray[np.uint8]
    ratio: float
    matrix: Matrix

    def same(self, other: Picture) -> bool:
        """Whether both look alike."""
        return (self.ratio, self.matrix) == (other.ratio, other.matrix) and np.array_equal(self.grey, other.grey)


class _Ask(ScheduledRenderStrategy):  # type: ignore[misc]
    """Hands the view's wish to be drawn on to somebody who knows when."""

    def __init__(self, wanted: Callable[[], None]) -> None:
        super().__init__()
        self._wanted = wanted

    def schedule_render(self) -> None:
        self._wanted()


class SliceScreen:
    """A trame-slicer SliceView of one view, "AP" or "lateral".

    wanted: called whenever the picture has changed; the owner then asks for ``picture``, at its own pace.
    """

    def __init__(self, app: Any, view: str, wanted: Callable[[], None]) -> None:
        self.view = view
        self._ratio = 1.0
        # trame-slicer observes an event that VTK 9.6 calls outdated, at length
        vtk.vtkObject.GlobalWarningDisplayOff()
        self._slice_view = SliceView(scene=app.scene, app_logic=app.app_logic, name=view)
        vtk.vtkObject.GlobalWarningDisplayOn()
        window = self._slice_view.render_window()
        window.SetMultiSamples(0)  # a flat picture gains nothing from it, and it takes most of the time
        window.ShowWindowOff()
        self._slice_view.interactor().EnableRenderOff()
        self._slice_view.set_orientation("Axial")
        self._slice_view.set_background_color([0, 0, 0])
        self._slice_view.set_scheduled_render(_Ask(wanted))
        self._buffer = vtk.vtkImageData()
        self.resize(400, 600, 1.0)

    @property
    def node(self) -> Any:
        """The vtkMRMLSliceNode."""
        return self._slice_view.get_view_node()

    def resize(self, width: float, height: float, ratio: float) -> bool:
        """Take a new size in CSS pixels and the screen's pixels a CSS pixel; return whether it is new.

        The same part of the image stays in the middle, at the same size on the screen.
        """
        ratio = min(max(ratio, 0.5), 4.0)
        ratio = min(ratio, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        size = max(_SMALLEST, round(width * ratio)), max(_SMALLEST, round(height * ratio))
        self._ratio = ratio
        if size == self._slice_view.render_window().GetSize():
            return False
        self._slice_view.interactor().UpdateSize(*size)
        self._slice_view._update_slice_size()
        return True

    def fit(self) -> None:
        """Show the whole image."""
        self._slice_view.fit_view_to_content()

    def mouse(self, event: str, x: float, y: float, shift: bool = False, ctrl: bool = False) -> None:
        """Give an event such as "LeftButtonPress" at a place of the picture to Slicer's interactor style."""
        interactor = self._slice_view.interactor()
        height = interactor.GetSize()[1]
        interactor.SetEventInformation(int(x), height - 1 - int(y), int(ctrl), int(shift), "\0", 0, None)
        interactor.InvokeEvent(f"{event}Event")

    def picture(self, volume: Any | None) -> Picture:
        """Draw the view. volume: the vtkMRMLScalarVolumeNode that it shows, for the matrix."""
        window = self._slice_view.render_window()
        window.Render()
        slicer.vtkMRMLLayerDisplayableManager.RenderWindowBufferToImage(window, self._buffer)
        width, height, _ = self._buffer.GetDimensions()
        scalars = self._buffer.GetPointData().GetScalars()
        colours = vtk_to_numpy(scalars).reshape(height, width, -1)  # type: ignore[no-untyped-call]
        grey = np.ascontiguousarray(colours[::-1, :, 0])
        return Picture(grey, self._ratio, self._matrix(volume, height))

    def _matrix(self, volume: Any | None, height: int) -> Matrix:
        if volume is None:
            return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        xy_from_ras, ras_from_ijk, both = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(self.node.GetXYToRAS(), xy_from_ras)
        volume.GetIJKToRASMatrix(ras_from_ijk)
        vtk.vtkMatrix4x4.Multiply4x4(xy_from_ras, ras_from_ijk, both)
        at = both.GetElement
        # a slice view's xy runs upwards and counts from the centre of its first pixel
        return (
            at(0, 0),
            -at(1, 0),
            at(0, 1),
            -at(1, 1),
            at(0, 3) + 0.5,
            height - 0.5 - at(1, 3),
        )

    def close(self) -> None:
        """Give the off-screen window back."""
        self._slice_view.finalize()
