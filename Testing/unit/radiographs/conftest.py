"""Small radiographs, written as real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

DicomWriter = Callable[..., Path]

#: an identity that must never come out again
PATIENT = {"PatientName": "Doe^Secret", "PatientID": "ID-4711", "AccessionNumber": "ACC-0815"}


@pytest.fixture(scope="session")
def foot() -> np.ndarray:
    """12-bit picture (96, 80): dark ground, grey flesh, bright bones, no two rows or columns alike."""
    y, x = np.mgrid[:96, :80].astype(float)
    flesh = 900 * np.exp(-(((x - 40) / 24) ** 2) - (((y - 48) / 40) ** 2))
    bones = sum(1500 * np.exp(-(((x - cx) / 3.5) ** 2) - (((y - cy) / 14) ** 2)) for cx, cy in ((30, 40), (48, 55)))
    return np.clip(100 + flesh + bones + 0.8 * x + 0.5 * y, 0, 4095).astype(np.uint16)


@pytest.fixture(scope="session")
def dicom_dataset(foot: np.ndarray) -> Callable[..., Dataset]:
    """Return a function that makes a DX data set; tags by keyword, None leaves a tag out."""

    def make(
        pixels: np.ndarray | None = None, sop_class: str = DigitalXRayImageStorageForPresentation, **tags: Any
    ) -> Dataset:
        image = foot if pixels is None else pixels
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = sop_class
        dataset.SOPClassUID = sop_class
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.Modality = "DX"
        dataset.Rows, dataset.Columns = image.shape[:2]
        dataset.SamplesPerPixel = 1 if image.ndim == 2 else image.shape[2]
        dataset.PhotometricInterpretation = "MONOCHROME2" if image.ndim == 2 else "RGB"
        if image.ndim == 3:
            dataset.PlanarConfiguration = 0
        dataset.BitsAllocated = image.dtype.itemsize * 8
        dataset.BitsStored = 12 if image.dtype == np.uint16 else image.dtype.itemsize * 8
        dataset.HighBit = dataset.BitsStored - 1
        dataset.PixelRepresentation = 1 if image.dtype.kind == "i" else 0
        dataset.PixelData = image.tobytes()
        for keyword, tag in {**PATIENT, **tags}.items():
            if tag is None:
                dataset.pop(keyword, None)
            else:
                setattr(dataset, keyword, tag)
        return dataset

    return make


@pytest.fixture
def write_dicom(tmp_path: Path, dicom_dataset: Callable[..., Dataset]) -> DicomWriter:
    """Return a function that writes such a data set to a file and returns the path."""

    def write(pixels: np.ndarray | None = None, name: str = "image.dcm", **tags: Any) -> Path:
        path = tmp_path / name
        dicom_dataset(pixels, **tags).save_as(path, enforce_file_format=True)
        return path

    return write
