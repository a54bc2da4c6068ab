"""DICOM pixels: bone comes out bright, once, whatever the tags and the compression."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DeflatedExplicitVRLittleEndian,
    DigitalXRayImageStorageForPresentation,
    DigitalXRayImageStorageForProcessing,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from FootDeformityLib.radiographs.read import read_radiograph

Writer = Callable[..., Path]
Maker = Callable[..., Dataset]


def scaled(values: np.ndarray) -> np.ndarray:
    low, high = np.percentile(values, [0.5, 99.5])
    return np.clip((values - low) / (high - low), 0, 1)


@pytest.mark.parametrize(
    "sop_class",
    [
        ComputedRadiographyImageStorage,
        DigitalXRayImageStorageForPresentation,
        DigitalXRayImageStorageForProcessing,
        SecondaryCaptureImageStorage,
    ],
)
def test_plain_radiographs(write_dicom: Writer, foot: np.ndarray, sop_class: str) -> None:
    radiograph = read_radiograph(write_dicom(sop_class=sop_class))
    assert radiograph.pixels.dtype == np.float32 and radiograph.bits == 12
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    assert radiograph.warnings == ()


def test_monochrome1_is_inverted_once(write_dicom: Writer, foot: np.ndarray) -> None:
    negative = (4095 - foot).astype(np.uint16)
    for tags in ({}, {"PresentationLUTShape": "INVERSE"}):
        path = write_dicom(negative, PhotometricInterpretation="MONOCHROME1", **tags)
        np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_raw_detector_images_are_inverted_with_a_warning(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(
        (4095 - foot).astype(np.uint16), PresentationIntentType="FOR PROCESSING", PixelIntensityRelationshipSign=1
    )
    radiograph = read_radiograph(path)
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    assert "raw detector image" in radiograph.warnings[0]


def test_a_negative_rescale_slope_turns_the_picture(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom((4095 - foot).astype(np.uint16), RescaleSlope=-2, RescaleIntercept=10)
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_an_impossible_rescale_slope_is_ignored_with_a_warning(write_dicom: Writer, foot: np.ndarray) -> None:
    radiograph = read_radiograph(write_dicom(RescaleSlope=0, RescaleIntercept=5))
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    assert any("slope" in warning for warning in radiograph.warnings)


def test_signed_pixels(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom((foot.astype(np.int32) - 2048).astype(np.int16))
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_the_window_is_applied_after_rescaling(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(
        RescaleSlope=2, RescaleIntercept=-100, WindowCenter=1500, WindowWidth=1001, VOILUTFunction="LINEAR_EXACT"
    )
    expected = scaled(np.clip(foot * 2.0 - 100, 1500 - 500.5, 1500 + 500.5))
    np.testing.assert_allclose(read_radiograph(path).pixels, expected, atol=1e-4)


def test_of_several_windows_the_first_that_shows_the_foot_counts(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(WindowCenter=[60000, 800, 10], WindowWidth=[100, 900, 5])
    expected = scaled(np.clip(foot, 799.5 - 449.5, 799.5 + 449.5))
    radiograph = read_radiograph(path)
    np.testing.assert_allclose(radiograph.pixels, expected, atol=1e-4)
    assert radiograph.warnings == ()


@pytest.mark.parametrize(("center", "width"), [(60000, 100), (-5000, 10), (800, 0), (800, -5)])
def test_a_window_that_hides_the_foot_is_replaced(
    write_dicom: Writer, foot: np.ndarray, center: int, width: int
) -> None:
    radiograph = read_radiograph(write_dicom(WindowCenter=center, WindowWidth=width))
    np.testing.assert_allclose(radiograph.pixels, scaled(foot), atol=1e-5)
    assert any("window" in warning for warning in radiograph.warnings)


def test_a_sigmoid_window_keeps_the_order(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(WindowCenter=900, WindowWidth=900, VOILUTFunction="SIGMOID")
    expected = scaled(1 / (1 + np.exp(-4 * (foot.astype(float) - 900) / 900)))
    np.testing.assert_allclose(read_radiograph(path).pixels, expected, atol=1e-4)


def _table(values: np.ndarray) -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [len(values), 0, 16])
    item.add_new(0x00283006, "US", [int(value) for value in values])
    return item


def test_a_voi_table_is_applied(write_dicom: Writer, foot: np.ndarray) -> None:
    curve = (np.linspace(0, 1, 4096) ** 0.5 * 65535).astype(np.uint16)
    path = write_dicom(VOILUTSequence=[_table(curve)])
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(curve[foot].astype(float)), atol=1e-4)


def test_a_voi_table_that_hides_the_foot_gives_way_to_the_window(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(VOILUTSequence=[_table(np.full(4096, 7))], WindowCenter=800, WindowWidth=900)
    expected = scaled(np.clip(foot, 799.5 - 449.5, 799.5 + 449.5))
    np.testing.assert_allclose(read_radiograph(path).pixels, expected, atol=1e-4)


def test_a_modality_table_is_applied(write_dicom: Writer, foot: np.ndarray) -> None:
    curve = (np.linspace(0, 1, 4096) ** 2 * 65535).astype(np.uint16)
    item = _table(curve)
    item.ModalityLUTType = "US"
    path = write_dicom(ModalityLUTSequence=[item])
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(curve[foot].astype(float)), atol=1e-4)


def test_padding_is_black_and_does_not_stretch_the_greys(write_dicom: Writer, foot: np.ndarray) -> None:
    padded = foot.copy()
    padded[:, :20] = 4095
    pixels = read_radiograph(write_dicom(padded, PixelPaddingValue=4095)).pixels
    assert (pixels[:, :20] == 0).all()
    np.testing.assert_allclose(pixels[:, 20:], scaled(foot[:, 20:]), atol=1e-5)


def test_a_padding_value_that_would_hide_everything_is_not_believed(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(PixelPaddingValue=0, PixelPaddingRangeLimit=4095)
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_grey_stored_as_colour_is_read_by_its_luminance(write_dicom: Writer, foot: np.ndarray) -> None:
    grey = (foot // 16).astype(np.uint8)
    path = write_dicom(np.stack([grey] * 3, axis=-1), sop_class=SecondaryCaptureImageStorage, Modality="OT")
    radiograph = read_radiograph(path)
    np.testing.assert_allclose(radiograph.pixels, scaled(grey), atol=1e-4)
    assert radiograph.bits == 8 and radiograph.warnings == ()


def test_grey_stored_as_ybr(write_dicom: Writer, foot: np.ndarray) -> None:
    grey = (foot // 16).astype(np.uint8)
    ybr = np.stack([grey, np.full_like(grey, 128), np.full_like(grey, 128)], axis=-1)
    path = write_dicom(ybr, sop_class=SecondaryCaptureImageStorage, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(grey), atol=0.01)


def test_palette_colour(write_dicom: Writer, foot: np.ndarray) -> None:
    indices = (foot // 16).astype(np.uint8)
    ramp = (np.arange(256, dtype=np.uint16) * 257).tobytes()
    tables = {}
    for colour in ("Red", "Green", "Blue"):
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        tables[f"{colour}PaletteColorLookupTableData"] = ramp
    path = write_dicom(
        indices, sop_class=SecondaryCaptureImageStorage, PhotometricInterpretation="PALETTE COLOR", **tables
    )
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(indices), atol=1e-3)


def test_one_frame_of_a_multi_frame_class_is_fine(write_dicom: Writer, foot: np.ndarray) -> None:
    np.testing.assert_allclose(read_radiograph(write_dicom(NumberOfFrames=1)).pixels, scaled(foot), atol=1e-5)


@pytest.mark.parametrize("name", ["IM000001", "radiograph.jpg", "Fuß links (1).DCM"])
def test_the_content_counts_and_not_the_name(write_dicom: Writer, foot: np.ndarray, name: str) -> None:
    np.testing.assert_allclose(read_radiograph(write_dicom(name=name)).pixels, scaled(foot), atol=1e-5)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_uncompressed_transfer_syntaxes(dicom_dataset: Maker, foot: np.ndarray, tmp_path: Path, syntax: str) -> None:
    dataset = dicom_dataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = foot.astype(">u2").tobytes()
        dataset["PixelData"].VR = "OW"
    dataset.save_as(tmp_path / "image", enforce_file_format=True)
    np.testing.assert_allclose(read_radiograph(tmp_path / "image").pixels, scaled(foot), atol=1e-5)


@pytest.mark.parametrize("implicit", [True, False])
def test_old_files_without_preamble(dicom_dataset: Maker, foot: np.ndarray, tmp_path: Path, implicit: bool) -> None:
    dataset = dicom_dataset()
    del dataset.file_meta
    with (tmp_path / "old").open("wb") as stream:
        dataset.save_as(stream, implicit_vr=implicit, little_endian=True)
    np.testing.assert_allclose(read_radiograph(tmp_path / "old").pixels, scaled(foot), atol=1e-5)


def _jpeg_lossless(pixels: np.ndarray, bits: int = 12) -> bytes:
    """Encode as JPEG lossless, process 14, first-order prediction (ITU T.81 annex H), 5-bit category codes."""
    values = pixels.astype(np.int64)
    predicted = np.empty_like(values)
    predicted[:, 1:] = values[:, :-1]
    predicted[1:, 0] = values[:-1, 0]
    predicted[0, 0] = 1 << (bits - 1)
    stream = []
    for difference in (values - predicted).ravel().tolist():
        category = abs(difference).bit_length()
        stream.append(f"{category:05b}")
        if category:
            code = difference if difference > 0 else difference + (1 << category) - 1
            stream.append(f"{code:0{category}b}")
    joined = "".join(stream)
    joined += "1" * (-len(joined) % 8)
    data = int(joined, 2).to_bytes(len(joined) // 8, "big").replace(b"\xff", b"\xff\x00")
    height, width = pixels.shape
    frame = (
        b"\xff\xc3\x00\x0b" + bytes([bits]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    )
    table = b"\xff\xc4\x00\x24\x00" + bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x00\x00"
    return b"\xff\xd8" + frame + table + scan + data + b"\xff\xd9"


def _save_compressed(dataset: Dataset, syntax: str, frame: bytes, path: Path) -> Path:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_jpeg_lossless(dicom_dataset: Maker, foot: np.ndarray, tmp_path: Path) -> None:
    path = _save_compressed(dicom_dataset(), JPEGLosslessSV1, _jpeg_lossless(foot), tmp_path / "ll.dcm")
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(foot), atol=1e-5)


def test_jpeg_baseline(dicom_dataset: Maker, foot: np.ndarray, tmp_path: Path) -> None:
    grey = (foot // 16).astype(np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(grey).save(encoded, "JPEG", quality=95)
    path = _save_compressed(dicom_dataset(grey), JPEGBaseline8Bit, encoded.getvalue(), tmp_path / "jpeg.dcm")
    np.testing.assert_allclose(read_radiograph(path).pixels, scaled(grey), atol=0.03)


@pytest.mark.parametrize(("syntax", "plugin"), [(RLELossless, "pydicom"), (JPEG2000Lossless, "pylibjpeg")])
def test_rle_and_jpeg_2000(dicom_dataset: Maker, foot: np.ndarray, tmp_path: Path, syntax: str, plugin: str) -> None:
    dataset = dicom_dataset()
    dataset.compress(syntax, encoding_plugin=plugin)
    dataset.save_as(tmp_path / "image.dcm", enforce_file_format=True)
    np.testing.assert_allclose(read_radiograph(tmp_path / "image.dcm").pixels, scaled(foot), atol=1e-5)


def test_jpeg_ls(tmp_path: Path) -> None:
    plain = dcmread(get_testdata_file("MR_small.dcm", download=False))
    dataset = dcmread(get_testdata_file("MR_small_jpeg_ls_lossless.dcm", download=False))
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    dataset.Modality = "CR"
    del dataset.WindowCenter, dataset.WindowWidth
    dataset.save_as(tmp_path / "ls.dcm")
    np.testing.assert_allclose(read_radiograph(tmp_path / "ls.dcm").pixels, scaled(plain.pixel_array), atol=1e-4)


def test_nothing_about_the_patient_is_kept(write_dicom: Writer) -> None:
    radiograph = read_radiograph(write_dicom(PatientBirthDate="19700102", StudyDate="20200304", PatientAge="030Y"))
    shown = repr({name: getattr(radiograph, name) for name in radiograph.__dataclass_fields__})
    for secret in ("Doe", "Secret", "4711", "0815", "19700102", "20200304"):
        assert secret not in shown
