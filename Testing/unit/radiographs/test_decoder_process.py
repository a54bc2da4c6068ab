"""What cannot be decoded in this process is decoded in another one, and is the same picture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless

from FootDeformityLib.radiographs import decoder_process, dicom_pixels
from FootDeformityLib.radiographs.decoder_process import DecoderProcess, decode_elsewhere
from FootDeformityLib.radiographs.radiograph_error import RadiographError
from FootDeformityLib.radiographs.read import read_radiograph


@pytest.fixture
def compressed(dicom_dataset: Callable[..., Dataset], tmp_path: Path) -> Path:
    dataset = dicom_dataset()
    dataset.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    dataset.save_as(tmp_path / "foot.dcm", enforce_file_format=True)
    return tmp_path / "foot.dcm"


@pytest.fixture
def no_decoder_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(dicom_pixels, "decodes_here", lambda syntax: False)
    decode_elsewhere(None)
    yield
    decode_elsewhere(None)


def test_the_picture_is_the_same(
    compressed: Path, tmp_path: Path, no_decoder_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RadiographError, match=r"cannot be decoded here .JPEG 2000"):
        read_radiograph(compressed)
    decode_elsewhere(DecoderProcess(sys.executable, tmp_path))
    elsewhere = read_radiograph(compressed)
    monkeypatch.setattr(dicom_pixels, "decodes_here", decoder_process.decodes_here)
    np.testing.assert_array_equal(elsewhere.pixels, read_radiograph(compressed).pixels)


def test_packages_of_the_folder_are_found_there_alone(compressed: Path, tmp_path: Path, no_decoder_here: None) -> None:
    folder = tmp_path / "packages"
    (folder / "pydicom").mkdir(parents=True)
    (folder / "pydicom" / "__init__.py").write_text("raise RuntimeError('this one was found')")
    with pytest.raises(ValueError, match="exit code 1"):
        DecoderProcess(sys.executable, folder).pixels(compressed)


def test_what_is_broken_or_unknown_there_is_told_as_if_it_were_here(
    compressed: Path, tmp_path: Path, no_decoder_here: None
) -> None:
    decode_elsewhere(DecoderProcess(sys.executable, tmp_path))
    whole = compressed.read_bytes()
    compressed.write_bytes(whole.replace(b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.4.99"))
    with pytest.raises(RadiographError, match=r"cannot be decoded here .an unknown method"):
        read_radiograph(compressed)
    start = whole.index(b"\xff\x4f\xff\x51")
    compressed.write_bytes(whole[: start + 200] + b"\xff" * 400 + whole[start + 600 :])
    with pytest.raises(RadiographError, match="truncated or broken"):
        read_radiograph(compressed)
