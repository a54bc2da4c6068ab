"""From a DICOM data set to grey values with bright bone."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array

from FootDeformityLib.radiographs.codestream import codestream_size
from FootDeformityLib.radiographs.decoder_process import NoDecoderError, decodes_here, pixels_from_elsewhere
from FootDeformityLib.radiographs.dicom_values import items, number, text
from FootDeformityLib.radiographs.dicom_window import WINDOW_WARNING, apply_window
from FootDeformityLib.radiographs.grey import COLOUR_WARNING, ColourPhotographError, luminance
from FootDeformityLib.radiographs.intensity import ConstantImageError, normalise
from FootDeformityLib.radiographs.limits import MAX_FILE_BYTES, check_size
from FootDeformityLib.radiographs.radiograph_error import RadiographError

_AGAIN = "export the image again, best uncompressed"


def check_deflated(path: Path, transfer_syntax: str, stored: bytes) -> None:
    """Refuse a deflated data set (``stored``: the file after its header) that unpacks beyond the file limit."""
    if transfer_syntax != uid.DeflatedExplicitVRLittleEndian:
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, total = stored, 0
    try:
        while left and total <= MAX_FILE_BYTES:
            total += len(unpacker.decompress(left, 1 << 24))
            left = unpacker.unconsumed_tail
    except zlib.error as error:
        raise RadiographError(path, "is a broken or truncated DICOM file", _AGAIN) from error
    if total > MAX_FILE_BYTES:
        raise RadiographError(path, f"unpacks to more than {MAX_FILE_BYTES / 1e6:.0f} MB", _AGAIN)


def dicom_pixels(path: Path, dataset: Dataset, notes: list[str]) -> NDArray[np.float32]:
    """Return the normalised pixels (H, W) float32, bone bright, window applied. Appends warnings to ``notes``.

    Raises RadiographError when there are none or they cannot be decoded.
    """
    width, height = int(number(dataset, "Columns") or 0), int(number(dataset, "Rows") or 0)
    check_size(path, width, height)
    values = _decoded(path, dataset, width, height)
    if values.ndim == 3 and values.shape[0] == 1 and values.shape[-1] not in (3, 4):
        values = values[0]
    if values.ndim == 2:
        padding = _padding(values, dataset)
        values = _modality(values, dataset, notes)
        values, unusable = apply_window(values, dataset)
        if unusable:
            notes.append(WINDOW_WARNING)
    elif values.ndim == 3 and values.shape[-1] >= 3:
        padding = None
        values = _grey(path, values, notes)
    else:
        raise RadiographError(path, "holds more than one image", "expected a single radiograph, export it alone")
    try:
        return normalise(values, invert=_bone_is_dark(dataset, notes), padding=padding)
    except ConstantImageError:
        raise RadiographError(path, "shows nothing: all its pixels have the same value", _AGAIN) from None


def _decoded(path: Path, dataset: Dataset, width: int, height: int) -> NDArray[Any]:
    syntax = text(dataset.file_meta, "TransferSyntaxUID")
    if "PixelData" not in dataset:
        if "PixelDataProviderURL" in dataset:
            raise RadiographError(path, "only points to pixels on a server", "export the image with its pixels")
        raise RadiographError(path, "is a DICOM file without pixels", "export the image again with its pixels")
    if uid.UID(syntax).is_transfer_syntax and uid.UID(syntax).is_encapsulated:
        _check_codestream(path, dataset, width, height)
    try:
        values = pixel_array(dataset, raw=False) if decodes_here(syntax) else pixels_from_elsewhere(path)
        if text(dataset, "PhotometricInterpretation") == "PALETTE COLOR":
            values = apply_color_lut(values, dataset)
    except NoDecoderError:
        name = uid.UID(syntax).name
        shown = name if name != syntax else "an unknown method"
        raise RadiographError(path, f"is compressed in a way that cannot be decoded here ({shown})", _AGAIN) from None
    except MemoryError:
        raise
    except Exception as error:  # ValueError, KeyError, RuntimeError ... by the kind of damage
        raise RadiographError(path, "has pixels that are truncated or broken", _AGAIN) from error
    return np.asarray(values)


def _check_codestream(path: Path, dataset: Dataset, width: int, height: int) -> None:
    try:
        frame = next(generate_frames(dataset.PixelData, number_of_frames=1), b"")
    except Exception as error:
        raise RadiographError(path, "has pixels that are truncated or broken", _AGAIN) from error
    size = codestream_size(frame)
    if size is not None and size != (width, height):
        raise RadiographError(
            path,
            f"contradicts itself: its tags state {width} x {height} pixels, the compressed image {size[0]} x {size[1]}",
            _AGAIN,
        )


def _padding(values: NDArray[Any], dataset: Dataset) -> NDArray[np.bool_] | None:
    """Return where the detector saw nothing (PixelPaddingValue, a stored value), None when it saw all."""
    first = number(dataset, "PixelPaddingValue")
    if first is None:
        return None
    last = number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((first, first if last is None else last))
    padding: NDArray[np.bool_] = (values >= low) & (values <= high)
    # a wrong tag must not black out the foot
    return padding if 0 < int(padding.sum()) < 0.9 * padding.size else None


def _modality(values: NDArray[Any], dataset: Dataset, notes: list[str]) -> NDArray[Any]:
    """Apply the modality LUT or rescale slope and intercept."""
    if items(dataset, "ModalityLUTSequence"):
        try:
            return np.asarray(apply_modality_lut(values, dataset))
        except Exception:  # incomplete tables raise nearly anything
            notes.append("the modality look-up table of the file is broken and was ignored")
            return values
    if "RescaleSlope" not in dataset and "RescaleIntercept" not in dataset:
        return values
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    slope, intercept = 1.0 if slope is None else slope, 0.0 if intercept is None else intercept
    if slope == 0.0 or not math.isfinite(slope):
        notes.append("the rescale slope of the file is 0 and was ignored")
        slope = 1.0
    if (slope, intercept) == (1.0, 0.0):
        return values
    return values * np.float32(slope) + np.float32(intercept)


def _grey(path: Path, rgb: NDArray[Any], notes: list[str]) -> NDArray[np.float32]:
    full_scale = float(np.iinfo(rgb.dtype).max) if np.issubdtype(rgb.dtype, np.integer) else float(rgb.max() or 1)
    try:
        grey, coloured = luminance(rgb[..., :3], full_scale)
    except ColourPhotographError:
        raise RadiographError(
            path, "is a colour photograph or colour drawing", "expected a grey radiograph, choose the original image"
        ) from None
    if coloured:
        notes.append(COLOUR_WARNING)
    return grey


def _bone_is_dark(dataset: Dataset, notes: list[str]) -> bool:
    """Return whether higher values mean darker bone; both tags together still mean one inversion."""
    photometric = text(dataset, "PhotometricInterpretation").upper()
    if photometric == "MONOCHROME1" or text(dataset, "PresentationLUTShape").upper() == "INVERSE":
        return True
    raw = text(dataset, "PresentationIntentType").upper() == "FOR PROCESSING"
    if raw and number(dataset, "PixelIntensityRelationshipSign") == 1:
        notes.append("the file is a raw detector image (for processing) with dark bone and was inverted")
        return True
    return False
