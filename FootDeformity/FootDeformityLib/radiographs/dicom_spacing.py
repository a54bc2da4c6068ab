"""How large a pixel is: which tag is believed, and which one Slicer believes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from FootDeformityLib.radiographs.dicom_kinds import OTHER_CLASS_TAGS, RADIOGRAPH_CLASSES
from FootDeformityLib.radiographs.dicom_values import numbers, text
from FootDeformityLib.radiographs.geometry import Affine

#: detectors and film scanners have 0.05 to 0.2 mm; shrunken copies up to 1 mm
SMALLEST_MM, LARGEST_MM = 0.01, 2.0
_LARGEST_ASPECT = 4.0
_NAMES = {
    "PixelSpacing": "Pixel Spacing (0028,0030)",
    "ImagerPixelSpacing": "Imager Pixel Spacing (0018,1164)",
    "NominalScannedPixelSpacing": "Nominal Scanned Pixel Spacing (0018,2010)",
}


@dataclass(frozen=True, eq=False)
class DicomSpacing:
    """Spacings are (x = column, y = row) in mm; see the same fields of Radiograph."""

    spacing_mm: tuple[float, float] | None
    source: str
    pixel_aspect: float
    magnification: float | None
    slicer_spacing_mm: tuple[float, float]
    slicer_from_pixels: Affine
    slicer_geometry_wrong: bool
    warnings: tuple[str, ...]


def dicom_spacing(dataset: Dataset, sop_class: str) -> DicomSpacing:
    """Decide on the spacing of a radiograph.

    Pixel Spacing is used first: it refers to the patient when it was calibrated and equals Imager Pixel Spacing
    (the size on the detector) otherwise (PS3.3 10.7.1.3). Then Imager Pixel Spacing, then, for scanned
    films, Nominal Scanned Pixel Spacing. Nothing is corrected for magnification. Slicer's reader
    looks only at one tag by the kind of file and takes 1 mm without it (measured, see hosts.md).
    """
    notes: list[str] = []
    magnification = next(iter(numbers(dataset, "EstimatedRadiographicMagnificationFactor")), None)
    if magnification is not None and not 1.0 <= magnification <= 3.0:
        magnification = None
    spacing, source = None, "unknown: the file has no pixel size"
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        if keyword not in dataset:
            continue
        stated = _usable(numbers(dataset, keyword))
        if stated is None:
            notes.append(f"{_NAMES[keyword]} is empty or impossible ({_shown(dataset, keyword)}) and was not used")
        elif spacing is None:
            spacing, source = stated, _source(dataset, keyword, stated, magnification)
    if spacing is None and notes:
        source = "unknown: the pixel size in the file is empty or impossible"
    aspect = spacing[1] / spacing[0] if spacing else _stated_aspect(dataset)
    slicer = _slicer_spacing(dataset, sop_class)
    place, moved = _slicer_place(dataset, slicer)
    right = spacing or (1.0, aspect)
    wrong = moved or not all(math.isclose(a, b, rel_tol=1e-3) for a, b in zip(slicer, right, strict=True))
    if spacing is not None and wrong:
        notes.append(
            f"Slicer reads a pixel size of {slicer[0]:.4g} x {slicer[1]:.4g} mm from this file instead of "
            f"{right[0]:.4g} x {right[1]:.4g} mm"
            + (" or places it elsewhere in space" if moved else "")
            + ": use the .nrrd written beside the landmarks"
        )
    elif wrong:
        notes.append("Slicer loads this file with a wrong pixel shape: use the .nrrd written beside the landmarks")
    if spacing is None and aspect != 1.0:
        notes.append(f"pixels are not square: {aspect:.4g} times as high as wide; angles are corrected for it")
    return DicomSpacing(spacing, source, aspect, magnification, slicer, place, wrong, tuple(notes))


def _usable(stated: tuple[float, ...]) -> tuple[float, float] | None:
    """Turn the tag's order (row spacing, column spacing) into (x, y) if a foot can have it."""
    if len(stated) != 2 or not all(SMALLEST_MM <= part <= LARGEST_MM for part in stated):
        return None
    row, column = stated
    return None if max(row / column, column / row) > _LARGEST_ASPECT else (column, row)


def _shown(dataset: Dataset, keyword: str) -> str:
    stated = numbers(dataset, keyword)
    return " x ".join(f"{part:g}" for part in stated) if stated else "no numbers"


def _source(dataset: Dataset, keyword: str, spacing: tuple[float, float], magnification: float | None) -> str:
    detector = _usable(numbers(dataset, "ImagerPixelSpacing"))
    larger = f", sizes are about {(magnification - 1) * 100:.0f} % too large" if magnification else ""
    if keyword == "ImagerPixelSpacing":
        return f"{_NAMES[keyword]}: size on the detector, not corrected for magnification{larger}"
    if keyword == "NominalScannedPixelSpacing":
        return f"{_NAMES[keyword]}: size on the scanned film, not corrected for magnification"
    if detector is not None and math.isclose(detector[0], spacing[0], rel_tol=1e-3):
        return f"{_NAMES[keyword]}: equal to the size on the detector, not corrected for magnification{larger}"
    how = text(dataset, "PixelSpacingCalibrationType").upper()
    if how in ("GEOMETRY", "FIDUCIAL"):
        with_what = "the geometry of the exposure" if how == "GEOMETRY" else "an object of known size"
        return f"{_NAMES[keyword]}: calibrated with {with_what}"
    if detector is not None:
        return f"{_NAMES[keyword]}: differs from the size on the detector, so it was calibrated to the patient"
    return f"{_NAMES[keyword]}: the file does not say whether it is calibrated to the patient"


def _stated_aspect(dataset: Dataset) -> float:
    """Return height / width of a pixel from PixelAspectRatio (vertical, horizontal), 1 without a usable one."""
    ratio = numbers(dataset, "PixelAspectRatio")
    if len(ratio) != 2 or min(ratio) <= 0 or max(ratio) / min(ratio) > _LARGEST_ASPECT:
        return 1.0
    return ratio[0] / ratio[1]


def _slicer_spacing(dataset: Dataset, sop_class: str) -> tuple[float, float]:
    for keyword in RADIOGRAPH_CLASSES.get(sop_class, OTHER_CLASS_TAGS):
        stated = numbers(dataset, keyword)
        if stated:
            row, column = stated[0], stated[-1]  # GDCM repeats a single value
            # GDCM takes 1 for 0; the sign of a negative one moves into the direction
            return abs(column) or 1.0, abs(row) or 1.0
    return 1.0, 1.0


def _slicer_place(dataset: Dataset, spacing: tuple[float, float]) -> tuple[Affine, bool]:
    """Return pixels -> LPS x, y in Slicer and whether that is not simply pixel times spacing.

    Radiographs have no position in the patient, but where a file states one GDCM believes it.
    """
    plain = Affine.scaling(*spacing)
    position = numbers(dataset, "ImagePositionPatient")
    axes = numbers(dataset, "ImageOrientationPatient")
    flips = any(part < 0 for keyword in _NAMES for part in numbers(dataset, keyword))
    if len(position) != 3 and len(axes) != 6:
        return plain, flips
    x0, y0 = position[:2] if len(position) == 3 else (0.0, 0.0)
    ax, ay, az, bx, by, bz = axes if len(axes) == 6 else (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    try:
        place = Affine(np.array([[ax * spacing[0], bx * spacing[1], x0], [ay * spacing[0], by * spacing[1], y0]]))
    except ValueError:  # a plane that is seen edge-on in the axial view
        return plain, True
    return place, flips or abs(az) > 1e-3 or abs(bz) > 1e-3
