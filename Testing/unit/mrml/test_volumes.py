"""Volumes that are in the scene already, however they came there and however they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import slicer
import vtk
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic
from FootDeformityLib.hosts.mrml.volume_radiograph import radiograph_of_volume
from FootDeformityLib.radiographs.read import read_radiograph


def volume(
    scene: Any, array: np.ndarray, ijk_to_ras: np.ndarray | None = None, kind: str = "vtkMRMLScalarVolumeNode"
) -> Any:
    """Add a volume of one slice: array (rows, columns[, channels])."""
    node = scene.AddNewNodeByClass(kind, "volume")
    slicer.util.updateVolumeFromArray(node, array[np.newaxis])
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy((np.diag([-1.0, -1.0, 1.0, 1.0]) if ijk_to_ras is None else ijk_to_ras).ravel())
    node.SetIJKToRASMatrix(matrix)
    return node


@pytest.fixture
def load_dicom(app: Any) -> Any:
    """Return a function that loads a DICOM file with Slicer's own loader, as the application does."""
    return lambda path: app.volumes_logic.AddArchetypeVolume(str(path), path.stem)


def test_a_dicom_that_slicer_loaded_is_known_by_its_file(logic: ReadingLogic, load_dicom: Any, samples: Path) -> None:
    node = load_dicom(samples / "normal_lateral.dcm")
    case = logic.new_case()
    case.set_volume("lateral", node)
    image, expected = case.case.views["lateral"].image, read_radiograph(samples / "normal_lateral.dcm")
    assert (image.file, image.spacing_mm) == ("normal_lateral.dcm", expected.spacing_mm)
    assert np.array_equal(case.radiograph("lateral").pixels, expected.pixels)
    assert case.case.facts.side == "right"


def test_a_pixel_size_that_slicer_overlooks_is_set_on_the_volume(
    logic: ReadingLogic, load_dicom: Any, samples: Path, tmp_path: Path
) -> None:
    dataset = pydicom.dcmread(samples / "normal_ap.dcm")
    dataset.PixelSpacing = [0.2, 0.1]  # row, column
    if "ImagerPixelSpacing" in dataset:
        del dataset.ImagerPixelSpacing
    dataset.save_as(tmp_path / "a.dcm")
    node = load_dicom(tmp_path / "a.dcm")
    assert node.GetSpacing()[:2] == (1.0, 1.0), "the trap: Slicer reads another tag"
    case = logic.new_case()
    case.set_volume("AP", node)
    assert node.GetSpacing()[:2] == pytest.approx((0.1, 0.2))
    image = case.case.views["AP"].image
    assert image.spacing_mm == (0.1, 0.2) and "Pixel Spacing" in image.spacing_source
    case.move("AP", "A1", (10.0, 20.0))
    assert case.markups("AP").GetNthControlPointPosition(0) == pytest.approx((-1.0, -4.0, 0.0))


def test_a_volume_that_was_changed_since_counts_itself(load_dicom: Any, samples: Path) -> None:
    node = load_dicom(samples / "normal_ap.dcm")
    array = slicer.util.arrayFromVolume(node)
    slicer.util.updateVolumeFromArray(node, array[:, ::-1].copy())
    found = radiograph_of_volume(node)
    assert found.radiograph.file_format == "Slicer volume"
    assert found.radiograph.spacing_source == "the volume's spacing in Slicer"


@pytest.fixture
def gradient() -> np.ndarray:
    """(40, 30): darker to the left, much darker to the top."""
    y, x = np.mgrid[:40, :30]
    return (x + 100.0 * y).astype(np.float32)


@pytest.mark.parametrize(
    ("directions", "change"),
    [
        (((-1, 0), (0, -1)), lambda a: a),
        (((1, 0), (0, -1)), lambda a: a[:, ::-1]),
        (((-1, 0), (0, 1)), lambda a: a[::-1]),
        (((1, 0), (0, 1)), lambda a: a[::-1, ::-1]),
        (((0, -1), (-1, 0)), lambda a: a.T),
        (((0, 1), (1, 0)), lambda a: a.T[::-1, ::-1]),
    ],
)
def test_a_volume_is_seen_as_slicer_shows_it(
    logic: ReadingLogic, scene: Any, gradient: np.ndarray, directions: Any, change: Any
) -> None:
    (i_r, i_a), (j_r, j_a) = directions
    di, dj = 0.25, 0.5
    place = np.array([[i_r * di, j_r * dj, 0, 7], [i_a * di, j_a * dj, 0, -3], [0, 0, 1, 5], [0, 0, 0, 1.0]])
    node = volume(scene, change(gradient), place)
    case = logic.new_case()
    case.set_volume("AP", node)
    pixels = case.radiograph("AP").pixels
    assert pixels.shape == gradient.shape
    assert (np.diff(pixels, axis=0) >= 0).all() and (np.diff(pixels, axis=1) >= 0).all()
    # right on the screen is -R, down is -A: points follow the pixels and not the array
    case.move("AP", "A1", (0.0, 0.0))
    case.move("AP", "A2", (29.0, 39.0))
    first, last = (np.array(case.markups("AP").GetNthControlPointPosition(k)) for k in range(2))
    width, height = (di, dj) if i_a == 0 else (dj, di)
    assert last - first == pytest.approx((-29 * width, -39 * height, 0.0))
    assert first[2] == 5.0
    bounds = [0.0] * 6
    node.GetRASBounds(bounds)
    assert bounds[0] < last[0] < first[0] < bounds[1] and bounds[2] < last[1] < first[1] < bounds[3]
    assert case.case.views["AP"].image.spacing_mm == pytest.approx((width, height))


@pytest.mark.parametrize("axes", [((-1, 0, 0), (0, 0, -1)), ((0, -1, 0), (0, 0, -1))])
def test_a_coronal_or_sagittal_slice_works_too(
    logic: ReadingLogic, scene: Any, gradient: np.ndarray, axes: Any
) -> None:
    place = np.eye(4)
    place[:3, 0], place[:3, 1] = (np.array(axis) * 0.3 for axis in axes)
    place[:3, 2] = np.cross(*axes)
    case = logic.new_case()
    case.set_volume("lateral", volume(scene, gradient, place))
    case.move("lateral", "L1", (10.0, 20.0))
    expected = place[:3, 0] * 10 + place[:3, 1] * 20
    assert case.markups("lateral").GetNthControlPointPosition(0) == pytest.approx(tuple(expected))
    case.markups("lateral").SetNthControlPointPosition(0, *(expected * 2))
    assert case.case.views["lateral"].landmarks["L1"].xy_px == (20.0, 40.0)


def test_angles_on_pixels_that_are_not_square(logic: ReadingLogic, scene: Any, foot_points: Any) -> None:
    angles = []
    for squeeze in (1.0, 2.0):
        case = logic.new_case()
        place = np.diag([-0.2, -0.2 * squeeze, 1.0, 1.0])
        case.set_volume("AP", volume(scene, np.random.default_rng(0).random((460, 280)), place))
        for name, (x, y) in zip(case.case.scheme.ids("AP"), foot_points["AP"], strict=True):
            case.move("AP", name, (x, y / squeeze))
        angles.append([angle.value for angle in case.case.measurements.angles.values() if angle.view == "AP"])
    assert angles[0] == pytest.approx(angles[1])


def test_pixels_of_a_millimetre_are_no_pixel_size(scene: Any, gradient: np.ndarray) -> None:
    found = radiograph_of_volume(volume(scene, gradient)).radiograph
    assert found.spacing_mm is None and "1 mm" in found.spacing_source
    far = radiograph_of_volume(volume(scene, gradient, np.diag([-5.0, -5.0, 1.0, 1.0]))).radiograph
    assert far.spacing_mm is None and "implausible" in far.spacing_source


def test_colour_is_taken_by_its_luminance(logic: ReadingLogic, scene: Any, foot_pixels: Any) -> None:
    grey = (foot_pixels["AP"] * 255).astype(np.uint8)
    node = volume(scene, np.stack([grey] * 3, axis=-1), kind="vtkMRMLVectorVolumeNode")
    case = logic.new_case()
    case.set_volume("AP", node)
    assert np.corrcoef(case.radiograph("AP").pixels.ravel(), grey.ravel())[0, 1] > 0.999
    case.invert("AP")  # colour is shown as it is; this must do no harm


def test_a_negative_is_turned_for_the_network_and_on_the_screen(
    logic: ReadingLogic, scene: Any, foot_pixels: Any, slice_views: Any
) -> None:
    node = volume(scene, 1 - foot_pixels["AP"] ** 3)
    case = logic.new_case()
    case.show_in("AP", slice_views["AP"].get_view_node())
    case.set_volume("AP", node)
    pixels = case.radiograph("AP").pixels
    assert np.corrcoef(pixels.ravel(), foot_pixels["AP"].ravel())[0, 1] > 0.8
    assert "negative" in case.radiograph("AP").warnings[0]
    assert node.GetDisplayNode().GetColorNodeID() == "vtkMRMLColorTableNodeInvertedGrey"
    again = radiograph_of_volume(node)
    assert again.negative and np.corrcoef(again.radiograph.pixels.ravel(), pixels.ravel())[0, 1] > 0.99


def test_stacks_empty_and_even_volumes_are_refused(logic: ReadingLogic, scene: Any) -> None:
    stack = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "stack")
    slicer.util.updateVolumeFromArray(stack, np.random.default_rng(0).random((4, 5, 6)))
    case = logic.new_case()
    for node, words in (
        (stack, "6 x 5 x 4 voxels"),
        (scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty"), "holds no image"),
        (volume(scene, np.full((9, 9), 3.0)), "same value"),
    ):
        with pytest.raises(FootDeformityError, match=words):
            case.set_volume("AP", node)
    assert case.volume("AP") is None and case.case.views == {} and case.markups("AP") is None


def test_points_follow_a_volume_that_is_moved(logic: ReadingLogic, scene: Any, gradient: np.ndarray) -> None:
    node = volume(scene, gradient, np.diag([-0.2, -0.2, 1.0, 1.0]))
    case = logic.new_case()
    case.set_volume("AP", node)
    case.move("AP", "A1", (10.0, 20.0))
    steps = case.exam
    node.SetOrigin(5.0, 6.0, 7.0)
    assert case.markups("AP").GetNthControlPointPosition(0) == pytest.approx((3.0, 2.0, 7.0))
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    node.SetAndObserveTransformNodeID(transform.GetID())
    assert case.markups("AP").GetTransformNodeID() == transform.GetID()
    assert case.exam == steps, "the points stay where they are on the image"


def test_a_png_is_shown_bone_bright_and_exact(logic: ReadingLogic, tmp_path: Path, foot_pixels: Any) -> None:
    deep = (foot_pixels["AP"] * 65535).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    case = logic.new_case()
    node = case.load_image(tmp_path / "deep.png", "AP")
    shown = slicer.util.arrayFromVolume(node)[0]
    assert np.array_equal(shown, read_radiograph(tmp_path / "deep.png").pixels)
    assert node.GetSpacing()[:2] == (1.0, 1.0)
    assert case.case.views["AP"].image.spacing_mm is None
