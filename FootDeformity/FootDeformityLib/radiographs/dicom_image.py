"""DICOM files: sniffing, refusing and putting one Radiograph together."""

from __future__ import annotations

from pathlib import Path

from pydicom import dcmread, uid
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.filereader import read_file_meta_info

from FootDeformityLib.radiographs.dicom_age import dicom_age
from FootDeformityLib.radiographs.dicom_hints import (
    dicom_side,
    dicom_view,
    dicom_weight_bearing,
    note_other_body_part,
)
from FootDeformityLib.radiographs.dicom_kinds import refuse_other_objects
from FootDeformityLib.radiographs.dicom_pixels import check_deflated, dicom_pixels
from FootDeformityLib.radiographs.dicom_spacing import dicom_spacing
from FootDeformityLib.radiographs.dicom_values import number, text
from FootDeformityLib.radiographs.file_kind import HEAD_BYTES, foreign_kind
from FootDeformityLib.radiographs.quiet_pydicom import quiet_pydicom
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.radiograph_error import ACCEPTED_FORMATS, RadiographError


def read_dicom(path: Path, preamble: bool = True) -> Radiograph:
    """Read a single-frame CR, DX or secondary capture image. Raises RadiographError.

    preamble: the file starts with the 128 bytes and "DICM" that the standard asks for.
    """
    with quiet_pydicom():
        return _radiograph(path, preamble)


def _radiograph(path: Path, preamble: bool) -> Radiograph:
    dataset = _dataset(path, preamble)
    sop_class = text(dataset, "SOPClassUID") or text(dataset.file_meta, "MediaStorageSOPClassUID")
    if not preamble and not sop_class and "Rows" not in dataset:
        with path.open("rb") as stream:
            found = foreign_kind(stream.read(HEAD_BYTES))
        raise RadiographError(path, f"is {found} and no radiograph", f"choose {ACCEPTED_FORMATS}")
    refuse_other_objects(path, dataset, sop_class)
    notes: list[str] = []
    pixels = dicom_pixels(path, dataset, notes)
    spacing = dicom_spacing(dataset, sop_class)
    notes.extend(spacing.warnings)
    note_other_body_part(dataset, notes)
    modality = text(dataset, "Modality").upper()
    return Radiograph(
        path=path,
        pixels=pixels,
        file_format=f"DICOM {modality}" if modality.isalnum() and len(modality) <= 4 else "DICOM",
        bits=int(number(dataset, "BitsStored") or number(dataset, "BitsAllocated") or 0),
        spacing_mm=spacing.spacing_mm,
        spacing_source=spacing.source,
        slicer_spacing_mm=spacing.slicer_spacing_mm,
        slicer_from_pixels=spacing.slicer_from_pixels,
        slicer_geometry_wrong=spacing.slicer_geometry_wrong,
        pixel_aspect=spacing.pixel_aspect,
        magnification=spacing.magnification,
        view=dicom_view(dataset, notes),
        side=dicom_side(dataset, notes),
        age_years=dicom_age(dataset, notes),
        weight_bearing=dicom_weight_bearing(dataset, notes),
        warnings=tuple(notes),
    )


def _dataset(path: Path, preamble: bool) -> FileDataset:
    try:
        if preamble:
            meta = read_file_meta_info(path)
            syntax = text(meta, "TransferSyntaxUID")
            if syntax == uid.DeflatedExplicitVRLittleEndian:
                start = 144 + int(meta.FileMetaInformationGroupLength)
                check_deflated(path, syntax, path.read_bytes()[start:])
        dataset = dcmread(path, force=not preamble)
    except (RadiographError, MemoryError, PermissionError):
        raise
    except Exception as error:  # damaged headers raise nearly anything
        raise RadiographError(path, "is a broken or truncated DICOM file", "copy or export the image again") from error
    if not hasattr(dataset, "file_meta") or dataset.file_meta is None:
        dataset.file_meta = FileMetaDataset()
    if not text(dataset.file_meta, "TransferSyntaxUID"):
        # what pydicom found by looking at the tags
        implicit, little = dataset.original_encoding
        dataset.file_meta.TransferSyntaxUID = (
            uid.ImplicitVRLittleEndian
            if implicit
            else (uid.ExplicitVRLittleEndian if little or little is None else uid.ExplicitVRBigEndian)
        )
    return dataset
