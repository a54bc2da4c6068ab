"""Every kind of file that is no usable radiograph gets one sentence: the file, what it is, what to do."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    MRImageStorage,
    NuclearMedicineImageStorage,
    RTStructureSetStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.radiographs import limits
from FootDeformityLib.radiographs.radiograph_error import RadiographError
from FootDeformityLib.radiographs.read import read_radiograph

Writer = Callable[..., Path]
Maker = Callable[..., Dataset]


def refused(path: Path, words: str) -> None:
    """Check the sentence: it names the file (not its folder), says ``words`` and gives advice."""
    with pytest.raises(RadiographError, match=words) as caught:
        read_radiograph(path)
    message = str(caught.value)
    assert isinstance(caught.value, FootDeformityError)
    assert message.startswith(f"{path.name}: ") and message.endswith(".") and "; " in message
    assert "\n" not in message and "Traceback" not in message and str(path.parent) not in message
    for secret in ("Doe", "4711", "0815"):
        assert secret not in message


# What stands in the way before anything is read


def test_missing(tmp_path: Path) -> None:
    refused(tmp_path / "nothing.dcm", "does not exist")


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    refused(tmp_path / "study", "is a folder")


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").touch()
    refused(tmp_path / "a.dcm", "empty")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_dicom: Writer) -> None:
    path = write_dicom()
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read anything
        real = Path.open

        def closed(self: Path, *args: Any, **kwargs: Any) -> Any:
            if self == path:
                raise PermissionError(13, "Permission denied")
            return real(self, *args, **kwargs)

        monkeypatch.setattr(Path, "open", closed)
    refused(path, "permission denied")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.dcm")
    refused(tmp_path / "pipe.dcm", "device or pipe")


def test_huge_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with path.open("wb") as stream:
        stream.write(b"II*\0")
        stream.truncate(limits.MAX_FILE_BYTES + 1)  # sparse: takes no room
    refused(path, "too large: 1000 MB")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Dear colleague, the foot is flat.\n", "a text file"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04" + bytes(40), "a ZIP archive"),
        (b"\x1f\x8b\x08" + bytes(40), "a gzip archive"),
        (b"GIF89a" + bytes(40), "a GIF image"),
        (b"BM" + bytes(40), "a BMP image"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9), "a WebP image"),
        (b"\0\0\0\x18ftypheic" + bytes(30), "a HEIC or AVIF photograph"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (bytes(range(100, 250)), "an unknown kind"),
        (b"\0", "an unknown kind"),
        (bytes(344) + b"n+1\0" + bytes(200), "a NIfTI volume"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), "a JPEG 2000 image outside DICOM"),
        (b"\x08\0\x05\0 not really DICOM " * 9, "no radiograph|broken|without an image"),
    ],
)
@pytest.mark.parametrize("name", ["a.dcm", "a.png"])
def test_foreign_files(tmp_path: Path, content: bytes, words: str, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, words)


# PNG, JPEG, TIFF


def _encoded(pixels: np.ndarray, form: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("part", [0.5, 0.05])
def test_truncated(tmp_path: Path, form: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 200)).astype(np.uint8)
    whole = _encoded(noise, form)
    (tmp_path / "a.img").write_bytes(whole[: int(len(whole) * part)])
    refused(tmp_path / "a.img", f"broken, truncated or unusual {form}")


def test_truncated_progressive_jpeg(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 200)).astype(np.uint8)
    whole = _encoded(noise, "JPEG", progressive=True)
    (tmp_path / "a.jpg").write_bytes(whole[: int(len(whole) * 0.95)])
    refused(tmp_path / "a.jpg", "broken, truncated")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_garbage_after_the_magic_number(tmp_path: Path, foot: np.ndarray, form: str) -> None:
    whole = bytearray(_encoded((foot // 16).astype(np.uint8), form))
    whole[12:] = bytes(np.random.default_rng(1).integers(0, 255, len(whole) - 12).astype(np.uint8))
    (tmp_path / "a.img").write_bytes(whole)
    refused(tmp_path / "a.img", "broken, truncated|too large|too small")


def _png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (12_000, 12_000)])
def test_decompression_bomb(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "a.png").write_bytes(_png_header(width, height))
    refused(tmp_path / "a.png", "too large")


@pytest.mark.parametrize(("shape", "words"), [((20, 20), "too small"), ((2000, 50), "strip")])
def test_impossible_sizes(tmp_path: Path, shape: tuple[int, int], words: str) -> None:
    Image.fromarray(np.zeros(shape, np.uint8)).save(tmp_path / "a.png")
    refused(tmp_path / "a.png", words)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_constant_image(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.img").write_bytes(_encoded(np.full((100, 100), 77, np.uint8), form))
    refused(tmp_path / "a.img", "shows nothing")


def test_image_without_any_number(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(_encoded(np.full((100, 100), np.nan, np.float32), "TIFF"))
    refused(tmp_path / "a.tif", "shows nothing")


def _photograph() -> np.ndarray:
    y, x = np.mgrid[:100, :100]
    return np.stack([180 + x // 4, 90 + y // 2, 60 + (x + y) // 8], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_colour_photograph(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.img").write_bytes(_encoded(_photograph(), form))
    refused(tmp_path / "a.img", "colour photograph")


def test_several_pages(tmp_path: Path, foot: np.ndarray) -> None:
    page = Image.fromarray(foot)
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page, page])
    refused(tmp_path / "a.tif", "3 pages")


def test_animation(tmp_path: Path, foot: np.ndarray) -> None:
    frame = Image.fromarray((foot // 16).astype(np.uint8))
    frame.save(tmp_path / "a.png", save_all=True, append_images=[frame.rotate(180)])
    refused(tmp_path / "a.png", "2 animation frames")


def test_tiff_stored_sideways(tmp_path: Path, foot: np.ndarray) -> None:
    Image.fromarray(foot).save(tmp_path / "a.tif", tiffinfo={274: 6})
    refused(tmp_path / "a.tif", "rows are stored as columns")


# DICOM objects that are no radiograph


@pytest.mark.parametrize(
    ("sop_class", "modality", "words"),
    [
        (CTImageStorage, "CT", "a CT image"),
        (MRImageStorage, "MR", "an MR image"),
        (UltrasoundImageStorage, "US", "an ultrasound image"),
        (NuclearMedicineImageStorage, "NM", "a nuclear medicine image"),
        (EncapsulatedPDFStorage, "DOC", "an encapsulated PDF"),
        (RTStructureSetStorage, "RTSTRUCT", "a radiotherapy structure set"),
        (SecondaryCaptureImageStorage, "CT", "a CT image"),
        (SecondaryCaptureImageStorage, "XC", "a photograph"),
        (SecondaryCaptureImageStorage, "QQ", "modality QQ"),
        ("1.2.3.4.5", "MG", "a mammogram"),
    ],
)
def test_other_objects(write_dicom: Writer, sop_class: str, modality: str, words: str) -> None:
    refused(write_dicom(sop_class=sop_class, Modality=modality), words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CT_small.dcm", "a CT image"),
        ("MR_small.dcm", "an MR image"),
        ("test-SR.dcm", "a structured report"),
        ("rtstruct.dcm", "a radiotherapy structure set"),
        ("rtplan.dcm", "a radiotherapy object"),
        ("liver_1frame.dcm", "a segmentation"),
        ("waveform_ecg.dcm", "a waveform recording"),
        ("SC_rgb_rle_2frame.dcm", "a film of 2 frames"),
        ("SC_rgb_rle.dcm", "a colour photograph"),
        ("empty_charset_LEI.dcm", "without an image"),
        ("dicomdirtests/DICOMDIR", "table of contents"),
    ],
)
def test_other_objects_of_other_makers(name: str, words: str) -> None:
    refused(Path(str(get_testdata_file(name, download=False))), words)


def test_film(write_dicom: Writer, foot: np.ndarray) -> None:
    path = write_dicom(NumberOfFrames=3, PixelData=foot.tobytes() * 3)
    refused(path, "a film of 3 frames")


# Broken DICOM


@pytest.mark.parametrize("keep", [140, 400, 0.5, 0.99])
def test_truncated_dicom(write_dicom: Writer, keep: float) -> None:
    path = write_dicom()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep if keep > 1 else len(whole) * keep)])
    refused(path, "truncated|without an image|without pixels")


def test_pixels_missing(write_dicom: Writer) -> None:
    refused(write_dicom(PixelData=None), "without pixels")


def test_pixels_on_a_server(write_dicom: Writer) -> None:
    refused(write_dicom(PixelData=None, PixelDataProviderURL="http://pacs/1"), "on a server")


def test_size_missing(write_dicom: Writer) -> None:
    refused(write_dicom(Rows=None, Columns=None), "0 x 0 pixels")


@pytest.mark.parametrize(
    "tags", [{"BitsStored": None}, {"BitsAllocated": 7}, {"PhotometricInterpretation": None}, {"SamplesPerPixel": 5}]
)
def test_pixel_tags_missing_or_impossible(write_dicom: Writer, tags: dict[str, Any]) -> None:
    refused(write_dicom(**tags), "truncated or broken")


def test_oversized_dicom(write_dicom: Writer) -> None:
    refused(write_dicom(Rows=60_000, Columns=60_000), "too large: 60000 x 60000")


def test_constant_dicom(write_dicom: Writer, foot: np.ndarray) -> None:
    refused(write_dicom(np.full_like(foot, 5)), "shows nothing")


def test_colour_dicom(write_dicom: Writer) -> None:
    refused(write_dicom(_photograph(), sop_class=SecondaryCaptureImageStorage), "colour photograph")


def _compressed(dataset: Dataset, syntax: str, frame: bytes, path: Path) -> Path:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_compressed_frame_larger_than_its_tags(dicom_dataset: Maker, tmp_path: Path, foot: np.ndarray) -> None:
    grey = (foot // 16).astype(np.uint8)
    frame = _encoded(np.tile(grey, (3, 3)), "JPEG")
    refused(_compressed(dicom_dataset(grey), JPEGBaseline8Bit, frame, tmp_path / "a.dcm"), "contradicts itself")


def test_jpeg_2000_frame_larger_than_its_tags(dicom_dataset: Maker, tmp_path: Path, foot: np.ndarray) -> None:
    dataset = dicom_dataset()
    dataset.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    dataset.Rows = 48
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    refused(tmp_path / "a.dcm", "contradicts itself: its tags state 80 x 48 pixels, the compressed image 80 x 96")


def test_broken_compressed_frame(dicom_dataset: Maker, tmp_path: Path, foot: np.ndarray) -> None:
    grey = (foot // 16).astype(np.uint8)
    frame = _encoded(grey, "JPEG")[:300]
    path = _compressed(dicom_dataset(grey), JPEG2000Lossless, b"\xff\x4f" + frame, tmp_path / "a.dcm")
    refused(path, "truncated or broken")


def test_unknown_compression(dicom_dataset: Maker, tmp_path: Path, foot: np.ndarray) -> None:
    path = _compressed(dicom_dataset(), "1.2.840.10008.1.2.4.102", b"\0\0\0\x01film", tmp_path / "a.dcm")
    refused(path, "cannot be decoded here")
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.4.102", b"1.2.840.10008.1.2.4.999"))
    refused(path, "cannot be decoded here .an unknown method.")


def test_deflated_bomb(dicom_dataset: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = dicom_dataset()
    dataset.ImageComments = ""
    dataset.add_new(0x00091010, "OB", bytes(4_000_000))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    monkeypatch.setattr("FootDeformityLib.radiographs.dicom_pixels.MAX_FILE_BYTES", 2_000_000)
    refused(tmp_path / "a.dcm", "unpacks to more than 2 MB")


def test_broken_deflated(dicom_dataset: Maker, tmp_path: Path) -> None:
    dataset = dicom_dataset()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    whole = (tmp_path / "a.dcm").read_bytes()
    (tmp_path / "a.dcm").write_bytes(whole[:500] + b"\xff" * 200 + whole[700:])
    refused(tmp_path / "a.dcm", "(broken|damaged) or truncated")


def test_random_damage_never_ends_in_a_traceback(write_dicom: Writer) -> None:
    """Whatever 60 random damages do, the file is read or refused with a sentence."""
    path = write_dicom(ImagerPixelSpacing=[0.2, 0.2], WindowCenter=800, WindowWidth=900, ViewPosition="AP")
    whole = path.read_bytes()
    random = np.random.default_rng(7)
    for _ in range(60):
        damaged = bytearray(whole)
        for position in random.integers(132, 1200, 12):
            damaged[position] = int(random.integers(0, 256))
        path.write_bytes(damaged)
        try:
            read_radiograph(path)
        except RadiographError as error:
            assert str(error).startswith("image.dcm: ") and "unforeseen" not in str(error)


def test_nothing_of_a_broken_header_reaches_the_log(
    write_dicom: Writer, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    """pydicom quotes broken values in warnings and logs: here a name in the wrong tags."""
    path = write_dicom(BodyPartExamined="SECRET ABCD 0001", StudyDate="20200102")
    path.write_bytes(
        path.read_bytes().replace(b"20200102", b"Secret 4").replace(b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.1")
    )
    recwarn.clear()
    radiograph = read_radiograph(path)
    assert caplog.text == "" and not list(recwarn)
    assert "Secret" not in " ".join(radiograph.warnings)
