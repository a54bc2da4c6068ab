"""Simulated radiographs as DICOM DX files. No patient exists, so no tag names one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, RLELossless

from FootDeformityLib.atomic_write import replacing

BITS = 12
SIMULATED_PATIENT = "SIMULATED^FOOT"

#: SNOMED CT codes of the DICOM view tables (CID 4010)
_VIEWS = {"AP": ("399348003", "antero-posterior"), "lateral": ("399260004", "medio-lateral")}
_POSITIONS = {"AP": "AP", "lateral": "ML"}


@dataclass(frozen=True)
class Shot:
    """What the tags say. side: "left" or "right". spacing: mm on the detector. distance: source to detector, mm.

    patient: names the simulated person. inverted: store black and white exchanged (MONOCHROME1), shown alike.
    """

    view: str
    side: str
    age_years: int
    spacing: float
    distance: float
    patient: str = "SIMULATED"
    inverted: bool = False


def write_dx(path: str | Path, grey: NDArray[np.floating], shot: Shot) -> None:
    """Write grey values 0..1 (H, W), bone bright, losslessly compressed. The same input gives the same bytes."""
    pixels = np.round(np.clip(grey, 0, 1) * (2**BITS - 1)).astype("<u2")
    if shot.inverted:
        pixels = (2**BITS - 1 - pixels).astype("<u2")
    study = _uid("study", shot.patient, shot.side, str(shot.age_years))
    image = FileDataset(str(path), {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    image.SOPClassUID = DigitalXRayImageStorageForPresentation
    image.SOPInstanceUID = _uid("image", shot.view, pixels.tobytes())
    image.StudyInstanceUID, image.SeriesInstanceUID = study, _uid("series", study, shot.view)
    image.ImageType = ["DERIVED", "PRIMARY", ""]
    image.DerivationDescription = "Simulated from bone surfaces: shows no patient"
    image.StudyDate = image.StudyTime = image.StudyID = image.AccessionNumber = image.ReferringPhysicianName = ""
    image.Modality, image.PresentationIntentType = "DX", "FOR PRESENTATION"
    image.Manufacturer, image.ManufacturerModelName = "FootDeformity", "simulation"
    image.StudyDescription = "Simulated foot"
    image.SeriesDescription = f"Foot {shot.view} weight-bearing {shot.side}"
    image.SeriesNumber, image.InstanceNumber = (1 if shot.view == "AP" else 2), 1
    image.PatientName, image.PatientID = SIMULATED_PATIENT, shot.patient
    image.PatientBirthDate = image.PatientSex = ""
    image.PatientAge = f"{shot.age_years:03d}Y"
    image.PatientIdentityRemoved, image.DeidentificationMethod = "YES", "simulated: there is no patient"
    image.BodyPartExamined = "FOOT"
    image.AnatomicRegionSequence = Sequence([_code("56459004", "SCT", "Foot")])
    image.ImageLaterality = shot.side[0].upper()
    image.ViewPosition = _POSITIONS[shot.view]
    image.ViewCodeSequence = Sequence([_code(_VIEWS[shot.view][0], "SCT", _VIEWS[shot.view][1])])
    image.PatientOrientation = ["R", "P"] if shot.view == "AP" else ["P", "F"]
    image.PixelSpacing = image.ImagerPixelSpacing = [round(shot.spacing, 6), round(shot.spacing, 6)]
    image.DistanceSourceToDetector = f"{shot.distance:.1f}"
    image.DetectorType = "SCINTILLATOR"
    image.BurnedInAnnotation, image.LossyImageCompression = "YES", "00"
    image.Rows, image.Columns = pixels.shape
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME1" if shot.inverted else "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, BITS, BITS - 1, 0
    image.PixelIntensityRelationship, image.PixelIntensityRelationshipSign = "LOG", 1 if shot.inverted else -1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = "0", "1", "US"
    image.WindowCenter, image.WindowWidth = str(2 ** (BITS - 1)), str(2**BITS)
    image.PresentationLUTShape = "INVERSE" if shot.inverted else "IDENTITY"
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.PixelData = pixels.tobytes()
    image.compress(RLELossless, generate_instance_uid=False, encoding_plugin="pydicom")
    with replacing(path) as temporary:
        image.save_as(temporary, enforce_file_format=True)


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _uid(*parts: str | bytes) -> str:
    """A UID of the 2.25 tree that follows from its parts."""
    digest = hashlib.sha256(b"\0".join(p if isinstance(p, bytes) else p.encode() for p in parts)).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"
