"""Which pixel size is believed, which one Slicer believes, and the words for it.

The Slicer side was measured by loading such files with slicer-core 5.13 (vtkMRMLVolumeArchetypeStorageNode).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from FootDeformityLib.radiographs.read import read_radiograph

Writer = Callable[..., Path]
DX, CR, SC = DigitalXRayImageStorageForPresentation, ComputedRadiographyImageStorage, SecondaryCaptureImageStorage
MF = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
P, I, N = "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"  # noqa: E741


@pytest.mark.parametrize(
    ("sop_class", "tags", "spacing", "words", "slicer", "wrong"),
    [
        (DX, {I: [0.2, 0.21]}, (0.21, 0.2), "on the detector", (0.21, 0.2), False),
        (CR, {I: [0.2, 0.21]}, (0.21, 0.2), "on the detector", (0.21, 0.2), False),
        (DX, {P: [0.2, 0.21]}, (0.21, 0.2), "does not say whether", (1, 1), True),
        (CR, {P: [0.2, 0.21]}, (0.21, 0.2), "does not say whether", (1, 1), True),
        (DX, {P: [0.2, 0.2], I: [0.2, 0.2]}, (0.2, 0.2), "equal to the size on the detector", (0.2, 0.2), False),
        (DX, {P: [0.18, 0.18], I: [0.2, 0.2]}, (0.18, 0.18), "calibrated to the patient", (0.2, 0.2), True),
        (
            DX,
            {P: [0.18, 0.18], I: [0.2, 0.2], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.18, 0.18),
            "object of known size",
            (0.2, 0.2),
            True,
        ),
        (SC, {P: [0.2, 0.21]}, (0.21, 0.2), "does not say whether", (0.21, 0.2), False),
        (SC, {I: [0.2, 0.21]}, (0.21, 0.2), "on the detector", (1, 1), True),
        (SC, {N: [0.2, 0.21]}, (0.21, 0.2), "scanned film", (0.21, 0.2), False),
        (MF, {P: [0.2, 0.21]}, (0.21, 0.2), "does not say whether", (1, 1), True),
        (DX, {}, None, "has no pixel size", (1, 1), False),
        (DX, {P: [0, 0], I: [0.2, 0.2]}, (0.2, 0.2), "on the detector", (0.2, 0.2), False),
    ],
)
def test_policy(
    write_dicom: Writer,
    sop_class: str,
    tags: dict[str, Any],
    spacing: tuple[float, float] | None,
    words: str,
    slicer: tuple[float, float],
    wrong: bool,
) -> None:
    radiograph = read_radiograph(write_dicom(sop_class=sop_class, **tags))
    assert radiograph.spacing_mm == spacing
    assert words in radiograph.spacing_source
    assert radiograph.slicer_spacing_mm == slicer
    assert radiograph.slicer_geometry_wrong is wrong
    assert any("Slicer" in warning for warning in radiograph.warnings) is wrong


@pytest.mark.parametrize("stated", [[0, 0], [-0.2, 0.2], [50, 50], [0.0001, 0.0001], [0.1, 1.5], ""], ids=str)
def test_impossible_spacing_is_no_spacing(write_dicom: Writer, stated: Any) -> None:
    radiograph = read_radiograph(write_dicom(ImagerPixelSpacing=stated))
    assert radiograph.spacing_mm is None
    assert "empty or impossible" in radiograph.spacing_source
    assert any("was not used" in warning for warning in radiograph.warnings)


def test_spacing_that_is_no_number_is_no_spacing(write_dicom: Writer) -> None:
    path = write_dicom(ImagerPixelSpacing=[0.25, 0.25])
    path.write_bytes(path.read_bytes().replace(b"0.25\\0.25", b"abcd\\efgh"))
    radiograph = read_radiograph(path)
    assert radiograph.spacing_mm is None and radiograph.slicer_spacing_mm == (1, 1)


def test_landmarks_are_written_in_the_frame_that_is_right(write_dicom: Writer) -> None:
    right = read_radiograph(write_dicom(ImagerPixelSpacing=[0.2, 0.21]))
    np.testing.assert_allclose(right.to_slicer([10.0, 20.0]), [2.1, 4.0])
    np.testing.assert_allclose(right.write_from_pixels.apply([10.0, 20.0]), [2.1, 4.0])
    np.testing.assert_allclose(right.from_slicer([2.1, 4.0]), [10.0, 20.0])
    wrong = read_radiograph(write_dicom(PixelSpacing=[0.2, 0.21]))
    np.testing.assert_allclose(wrong.to_slicer([10.0, 20.0]), [10.0, 20.0])
    np.testing.assert_allclose(wrong.write_from_pixels.apply([10.0, 20.0]), [2.1, 4.0])


def test_magnification_is_told_and_not_applied(write_dicom: Writer) -> None:
    radiograph = read_radiograph(
        write_dicom(ImagerPixelSpacing=[0.2, 0.2], EstimatedRadiographicMagnificationFactor="1.05")
    )
    assert radiograph.spacing_mm == (0.2, 0.2) and radiograph.magnification == 1.05
    assert "5 % too large" in radiograph.spacing_source


def test_pixel_aspect_ratio_without_spacing_keeps_angles_true(write_dicom: Writer) -> None:
    radiograph = read_radiograph(write_dicom(PixelAspectRatio=[3, 2]))
    assert radiograph.spacing_mm is None and radiograph.pixel_aspect == 1.5
    np.testing.assert_allclose(radiograph.square_from_pixels.apply([10.0, 10.0]), [10.0, 15.0])
    assert radiograph.slicer_geometry_wrong and radiograph.write_spacing == (1.0, 1.5)
    assert any("not square" in warning for warning in radiograph.warnings)


def test_non_square_spacing_is_the_aspect(write_dicom: Writer) -> None:
    radiograph = read_radiograph(write_dicom(ImagerPixelSpacing=[0.3, 0.2]))
    assert radiograph.pixel_aspect == pytest.approx(1.5)


def test_a_stated_position_in_the_patient_moves_points_in_slicer(write_dicom: Writer) -> None:
    radiograph = read_radiograph(
        write_dicom(
            sop_class=SC,
            PixelSpacing=[0.2, 0.3],
            ImagePositionPatient=[10, 20, 30],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )
    )
    np.testing.assert_allclose(radiograph.to_slicer([100.0, 100.0]), [40.0, 40.0])
    assert not radiograph.slicer_geometry_wrong


def test_a_coronal_position_needs_the_nrrd(write_dicom: Writer) -> None:
    radiograph = read_radiograph(
        write_dicom(
            ImagerPixelSpacing=[0.2, 0.2],
            ImagePositionPatient=[10, 20, 30],
            ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
        )
    )
    assert radiograph.slicer_geometry_wrong and radiograph.write_spacing == (0.2, 0.2)
