"""A radiograph from a volume of the scene, and a volume from a radiograph.

What is known about an image besides its pixels is kept as an attribute of the volume node, so that it comes back
with a saved scene.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.volume_geometry import (
    PixelOrder,
    VolumeGeometry,
    check_single_slice,
    upright_order,
    volume_geometry,
)
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.grey import COLOUR_WARNING, ColourPhotographError, luminance
from FootDeformityLib.radiographs.intensity import ConstantImageError, normalise, sample
from FootDeformityLib.radiographs.inverted import INVERTED_WARNING, looks_inverted
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

_ATTRIBUTE = "FootDeformity.Radiograph"
#: a millimetre that is no measurement: what readers put where a file says nothing
_PLAUSIBLE_MM = (0.01, 2.0)


@dataclass(frozen=True, eq=False)
class VolumeRadiograph:
    """The radiograph that a volume node shows. negative: bone is dark in the volume's own values."""

    radiograph: Radiograph
    order: PixelOrder
    negative: bool

    def geometry(self, volume: Any) -> VolumeGeometry:
        """Return where the radiograph's pixels lie now. Raises FootDeformityError if they are not these any more."""
        geometry = volume_geometry(volume, self.order)
        if (geometry.width, geometry.height) != (self.radiograph.width, self.radiograph.height):
            raise FootDeformityError(f"{volume.GetName()}: was cropped or resampled. Choose it again.")
        return geometry


def volume_of_radiograph(
    scene: Any, radiograph: Radiograph, lps_from_pixels: Affine | None = None
) -> tuple[Any, VolumeRadiograph]:
    """Add and return a volume that shows the radiograph, bone bright.

    lps_from_pixels: where it is to lie; None = in the frame in which its landmark files lie. This works for files that
    Slicer cannot read in every host (PNG, JPEG), and where it would get the pixel size wrong.
    """
    volume = slicer.vtkMRMLScalarVolumeNode()
    volume.SetName(scene.GenerateUniqueName(radiograph.path.stem))
    scene.AddNode(volume)
    slicer.util.updateVolumeFromArray(volume, radiograph.pixels[np.newaxis])
    place = np.eye(4)
    lps = (lps_from_pixels or radiograph.write_from_pixels).matrix
    place[:2, :2], place[:2, 3] = -lps[:, :2], -lps[:, 2]
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(place.ravel())
    volume.SetIJKToRASMatrix(matrix)
    volume.CreateDefaultDisplayNodes()
    image = VolumeRadiograph(radiograph, PixelOrder(), False)
    _remember(volume, image)
    return volume, image


def radiograph_of_volume(volume: Any) -> VolumeRadiograph:
    """Return what a volume node shows: as its file tells it where that is known, else from the node alone.

    The file's pixel size is set on the volume where Slicer read another one. Raises FootDeformityError.
    """
    check_single_slice(volume)
    known = _remembered(volume) or _from_file(volume) or _from_node(volume)
    _remember(volume, known)
    return known


def _from_file(volume: Any) -> VolumeRadiograph | None:
    file = _file_of(volume)
    if file is None:
        return None
    try:
        radiograph = read_radiograph(file)
    except FootDeformityError:  # Slicer reads more kinds of files than we do: the node is all there is
        return None
    likeness = _likeness(radiograph.pixels, _values(volume)[0])
    if abs(likeness) < 0.9:  # cropped, filtered or turned since it was loaded
        return None
    x, y = radiograph.write_spacing
    if not np.allclose(volume.GetSpacing()[:2], (x, y), rtol=1e-6):
        volume.SetSpacing(x, y, volume.GetSpacing()[2])
    return VolumeRadiograph(radiograph, PixelOrder(), likeness < 0)


def _file_of(volume: Any) -> Path | None:
    storage = volume.GetStorageNode()
    name = storage.GetFullNameFromFileName() if storage is not None and storage.GetFileName() else None
    instances = (volume.GetAttribute("DICOM.instanceUIDs") or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if not name and len(instances) == 1 and database is not None:
        name = database.fileForInstance(instances[0])
    return Path(name) if name and Path(name).is_file() else None


def _from_node(volume: Any) -> VolumeRadiograph:
    order, notes = upright_order(volume), []
    values, coloured = _values(volume)
    if coloured:
        notes.append(COLOUR_WARNING)
    pixels = _normalised(volume, order.arranged(values))
    negative = looks_inverted(pixels)
    if negative:
        pixels = 1 - pixels
        notes.append(INVERTED_WARNING)
    geometry = volume_geometry(volume, order)
    spacing, source = _stated_spacing(geometry)
    radiograph = Radiograph(
        path=Path(volume.GetName() or "volume"),
        pixels=pixels,
        file_format="Slicer volume",
        bits=volume.GetImageData().GetScalarSize() * 8,
        spacing_mm=spacing,
        spacing_source=source,
        slicer_spacing_mm=geometry.spacing,
        slicer_from_pixels=geometry.lps_from_pixels,
        pixel_aspect=geometry.spacing[1] / geometry.spacing[0],
        warnings=tuple(notes),
    )
    return VolumeRadiograph(radiograph, order, negative)


def _stated_spacing(geometry: VolumeGeometry) -> tuple[tuple[float, float] | None, str]:
    x, y = geometry.spacing
    low, high = _PLAUSIBLE_MM
    if np.allclose((x, y), 1.0, atol=1e-9):
        return None, "unknown: the volume in Slicer has pixels of 1 mm, which stands for no pixel size"
    if not (low <= x <= high and low <= y <= high):
        return None, f"unknown: the volume's pixel size of {x:.4g} x {y:.4g} mm is implausible for a radiograph"
    return (x, y), "the volume's spacing in Slicer"


def _values(volume: Any) -> tuple[NDArray[Any], bool]:
    """Return the grey values (rows, columns) in the volume's own order, and whether colour was lost."""
    array = slicer.util.arrayFromVolume(volume)[0]
    if array.ndim == 2:
        return array, False
    if array.shape[-1] not in (3, 4):
        return array[..., 0], False
    full = float(np.iinfo(array.dtype).max) if np.issubdtype(array.dtype, np.integer) else float(array.max() or 1.0)
    try:
        return luminance(array[..., :3], full)
    except ColourPhotographError:
        raise FootDeformityError(
            f"{volume.GetName()}: is a colour photograph; expected a grey radiograph. Choose another volume."
        ) from None


def _normalised(volume: Any, values: NDArray[Any], invert: bool = False) -> NDArray[np.float32]:
    try:
        return normalise(values, invert)
    except ConstantImageError:
        raise FootDeformityError(
            f"{volume.GetName()}: shows nothing, all its pixels have the same value. Choose another volume."
        ) from None


def _likeness(pixels: NDArray[np.float32], values: NDArray[Any]) -> float:
    """Return the correlation of two images; 0 where they have not even the same size."""
    if pixels.shape != values.shape:
        return 0.0
    first, second = (sample(image).astype(np.float64).ravel() for image in (pixels, values))
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _remember(volume: Any, known: VolumeRadiograph) -> None:
    image = known.radiograph
    volume.SetAttribute(
        _ATTRIBUTE,
        json.dumps(
            {
                "size": [image.width, image.height],
                "file": image.path.name,
                "order": [known.order.transposed, known.order.flipped_x, known.order.flipped_y],
                "negative": known.negative,
                "slicer_from_pixels": image.slicer_from_pixels.matrix.tolist(),
                **{name: getattr(image, name) for name in _PLAIN},
            }
        ),
    )


#: fields of Radiograph that JSON holds as they are
_PLAIN = (
    "file_format", "bits", "spacing_mm", "spacing_source", "slicer_spacing_mm", "slicer_geometry_wrong",
    "pixel_aspect", "magnification", "view", "side", "age_years", "weight_bearing", "warnings",
)  # fmt: skip


def _remembered(volume: Any) -> VolumeRadiograph | None:
    try:
        kept = json.loads(volume.GetAttribute(_ATTRIBUTE) or "null")
        order = PixelOrder(*kept["order"])
        values = order.arranged(_values(volume)[0])
        if list(values.shape[::-1]) != kept["size"]:  # cropped or resampled since
            return None
        plain: dict[str, Any] = {
            name: tuple(kept[name]) if isinstance(kept[name], list) else kept[name] for name in _PLAIN
        }
        radiograph = Radiograph(
            path=Path(kept["file"]),
            pixels=_normalised(volume, values, kept["negative"]),
            slicer_from_pixels=Affine(np.array(kept["slicer_from_pixels"])),
            **plain,
        )
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, FootDeformityError):
            raise
        return None
    return VolumeRadiograph(radiograph, order, kept["negative"])


def in_scene(known: VolumeRadiograph, geometry: VolumeGeometry) -> Radiograph:
    """Return the radiograph with the frame that it has in this scene, for landmark files that were saved on it."""
    return replace(known.radiograph, slicer_from_pixels=geometry.lps_from_pixels, slicer_geometry_wrong=False)
