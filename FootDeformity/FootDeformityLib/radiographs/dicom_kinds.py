"""Which DICOM objects are radiographs and what the others are called."""

from __future__ import annotations

from pathlib import Path

from pydicom import uid
from pydicom.dataset import Dataset

from FootDeformityLib.radiographs.dicom_values import number, text
from FootDeformityLib.radiographs.radiograph_error import RadiographError

_ADVICE = "expected a foot radiograph (DICOM CR, DX or SC), choose that file of the study"

#: SOP class -> which spacing tags Slicer's GDCM reader looks at, in order (measured on slicer-core 5.13)
_IMAGER = ("ImagerPixelSpacing",)
RADIOGRAPH_CLASSES: dict[str, tuple[str, ...]] = {
    uid.ComputedRadiographyImageStorage: _IMAGER,
    uid.DigitalXRayImageStorageForPresentation: _IMAGER,
    uid.DigitalXRayImageStorageForProcessing: _IMAGER,
    uid.XRayRadiofluoroscopicImageStorage: _IMAGER,
    uid.XRayAngiographicImageStorage: _IMAGER,
    uid.SecondaryCaptureImageStorage: ("PixelSpacing", "NominalScannedPixelSpacing"),
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage: (),
    uid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage: (),
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage: (),
}
#: for files of an unknown class (measured: a private class uses PixelSpacing)
OTHER_CLASS_TAGS = ("PixelSpacing",)

_RADIOGRAPH_MODALITIES = {"", "CR", "DX", "DR", "RG", "RF", "XA", "SC", "OT"}
_MODALITY_NAMES = {
    "CT": "a CT image",
    "MR": "an MR image",
    "US": "an ultrasound image",
    "NM": "a nuclear medicine image",
    "PT": "a PET image",
    "MG": "a mammogram",
    "IO": "a dental radiograph",
    "PX": "a panoramic dental radiograph",
    "XC": "a photograph",
    "ES": "an endoscopy image",
    "GM": "a microscopy image",
    "SM": "a microscopy image",
    "OP": "an eye photograph",
    "SR": "a structured report",
    "DOC": "an encapsulated document",
    "PR": "a presentation state",
    "KO": "a list of key images",
    "SEG": "a segmentation",
    "RTSTRUCT": "a radiotherapy structure set",
    "RTPLAN": "a radiotherapy plan",
    "RTDOSE": "a radiotherapy dose",
    "RTIMAGE": "a radiotherapy image",
    "ECG": "an ECG",
}
_CLASS_WORDS = (
    ("Encapsulated PDF", "an encapsulated PDF document"),
    ("Encapsulated", "an encapsulated document"),
    ("Structure Set", "a radiotherapy structure set"),
    (" SR ", "a structured report"),
    ("Presentation State", "a presentation state"),
    ("Key Object", "a list of key images"),
    ("Waveform", "a waveform recording"),
    ("ECG", "an ECG"),
    ("CT Image", "a CT image"),
    ("MR Image", "an MR image"),
    ("Ultrasound", "an ultrasound image"),
    ("Nuclear", "a nuclear medicine image"),
    ("Positron", "a PET image"),
    ("Mammography", "a mammogram"),
    ("Intra-Oral", "a dental radiograph"),
    ("Segmentation", "a segmentation"),
    (" RT ", "a radiotherapy object"),
    ("Photographic", "a photograph"),
)


def refuse_other_objects(path: Path, dataset: Dataset, sop_class: str) -> None:
    """Raise RadiographError unless the data set is a single-frame radiograph with pixels."""
    if sop_class == uid.MediaStorageDirectoryStorage or "DirectoryRecordSequence" in dataset:
        raise RadiographError(
            path,
            "is the table of contents of a DICOM disc (DICOMDIR) and holds no image",
            "choose one of the image files in the folders beside it",
        )
    modality = text(dataset, "Modality").upper()
    class_name = uid.UID(sop_class).name if sop_class else ""
    if sop_class not in RADIOGRAPH_CLASSES:
        for word, what in _CLASS_WORDS:
            if word in f" {class_name} ":
                raise RadiographError(path, f"is {what} and no radiograph", _ADVICE)
    if modality not in _RADIOGRAPH_MODALITIES:
        what = _MODALITY_NAMES.get(modality, f"a DICOM object of the modality {_code(modality)}")
        raise RadiographError(path, f"is {what} and no radiograph", _ADVICE)
    if not any(keyword in dataset for keyword in ("PixelData", "Rows", "Columns")):
        if sop_class in RADIOGRAPH_CLASSES:
            raise RadiographError(
                path, "is a damaged or truncated DICOM file: its image is missing", "copy or export the image again"
            )
        raise RadiographError(path, "is a DICOM object without an image", _ADVICE)
    frames = number(dataset, "NumberOfFrames")
    if frames is not None and frames > 1:
        raise RadiographError(
            path, f"is a film of {frames:.0f} frames", "expected a single radiograph, export the wanted frame alone"
        )


def _code(modality: str) -> str:
    """A modality code is at most 16 capitals; anything else is not repeated."""
    return modality if modality.isalnum() and len(modality) <= 16 else "unknown"
