"""PNG, JPEG and TIFF."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from FootDeformityLib.radiographs.grey import COLOUR_WARNING, ColourPhotographError, luminance
from FootDeformityLib.radiographs.intensity import ConstantImageError, normalise
from FootDeformityLib.radiographs.inverted import INVERTED_WARNING, looks_inverted
from FootDeformityLib.radiographs.limits import MAX_PIXELS, check_size
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.radiograph_error import RadiographError
from FootDeformityLib.radiographs.truncated_jpeg import mend

_ORIENTATION = 0x0112
_SUBFILE_TYPE = 254
_MOST_PREVIEWS = 8
_NO_SPACING = "unknown: {format} files do not state the size of a pixel in the body"
_BITS = {"1": 1, "I;16": 16, "I;16L": 16, "I;16B": 16, "I;16N": 16, "I": 32, "F": 32}


def read_raster(path: Path, file_format: str) -> Radiograph:
    """Read the single image of a PNG, JPEG or TIFF file (``file_format``). Raises RadiographError."""
    notes: list[str] = []
    image = _open(path, file_format)
    with image:
        check_size(path, image.width, image.height)
        _refuse_several(path, image, file_format)
        slicer_differs = _orientation_note(path, image, file_format, notes)  # a TIFF forgets it on loading
        whole, missing = _loaded(path, image, file_format, notes)
        values, bits = _grey_values(path, whole, file_format, notes)
    padding = None
    if missing:
        padding = np.zeros(values.shape, dtype=bool)
        padding[-missing:] = True
    try:
        pixels = normalise(values, padding=padding)
    except ConstantImageError:
        raise RadiographError(
            path, "shows nothing: all its pixels have the same value", "export the image again"
        ) from None
    if looks_inverted(pixels):
        pixels = np.float32(1.0) - pixels
        notes.append(INVERTED_WARNING)
    return Radiograph(
        path=path,
        pixels=pixels,
        file_format=file_format,
        bits=bits,
        spacing_mm=None,
        spacing_source=_NO_SPACING.format(format=file_format),
        slicer_geometry_wrong=slicer_differs,
        warnings=tuple(notes),
    )


def _open(path: Path, file_format: str) -> Image.Image:
    with warnings.catch_warnings():
        # our own limit is checked next, before any pixel is decoded
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(path, formats=[file_format])
        except Image.DecompressionBombError:
            raise RadiographError(
                path,
                "is too large",
                f"at most {MAX_PIXELS / 1e6:.0f} megapixels are accepted, export the image smaller",
            ) from None
        except Exception as error:  # Pillow's plugins raise nearly anything on a broken header
            raise _broken(path, file_format) from error


def _broken(path: Path, file_format: str) -> RadiographError:
    return RadiographError(
        path,
        f"is a broken, truncated or unusual {file_format} file",
        f"export it again as an 8-bit or 16-bit grey {file_format}, or use the DICOM file",
    )


def _refuse_several(path: Path, image: Image.Image, file_format: str) -> None:
    # a JPEG with a second picture (MPO) is one photograph with its preview
    try:
        count = 1 if file_format == "JPEG" else int(getattr(image, "n_frames", 1))
        if file_format == "TIFF" and 1 < count <= _MOST_PREVIEWS:
            count = _full_pages(image, count)
    except Exception as error:  # a broken list of pages
        raise _broken(path, file_format) from error
    if count > 1:
        what = "pages" if file_format == "TIFF" else "animation frames"
        raise RadiographError(
            path, f"holds {count} {what}", "expected one image, save the wanted one as a file of its own"
        )


def _full_pages(image: Image.Image, count: int) -> int:
    """Count the pages of a TIFF that are no reduced previews of another; the first one is current afterwards."""
    full = 0
    for page in range(count):
        image.seek(page)
        full += page == 0 or not int(image.getexif().get(_SUBFILE_TYPE, 0)) & 1
    image.seek(0)
    return full


def _orientation_note(path: Path, image: Image.Image, file_format: str, notes: list[str]) -> bool:
    """Note a rotation that other programs apply; return whether Slicer shows other rows than ours."""
    if file_format != "TIFF" and "exif" not in image.info:
        return False
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # broken EXIF data concern nobody here
        return False
    if orientation in (None, 1) or not isinstance(orientation, int) or not 1 <= orientation <= 8:
        return False
    if file_format == "TIFF":
        if orientation >= 5:  # Pillow 13 scrambles the pixels of uncompressed ones, ITK shows other rows again
            raise RadiographError(
                path, "is a TIFF whose rows are stored as columns (orientation tag)", "save it upright as TIFF or PNG"
            )
        # Pillow turns it upright, ITK does so for bottom-left (4) only
        notes.append("the TIFF is stored turned or mirrored (orientation tag) and was turned upright")
        return orientation != 4
    notes.append(
        f"the {file_format} asks to be shown turned (EXIF orientation {orientation}); like in Slicer this is "
        "ignored, points refer to the image as it is stored"
    )
    return False


def _loaded(path: Path, image: Image.Image, file_format: str, notes: list[str]) -> tuple[Image.Image, int]:
    """Decode the pixels; return the image and how many rows at the bottom are missing."""
    try:
        image.load()
        return image, 0
    except MemoryError:
        raise
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error ...
        try:
            mended = mend(path) if file_format == "JPEG" else None
        except Exception:
            mended = None
        if mended is None:
            raise _broken(path, file_format) from error
        notes.append(f"the file is damaged: the lowest {mended[1]} of {image.height} rows are missing and shown black")
        return mended


def _grey_values(path: Path, image: Image.Image, file_format: str, notes: list[str]) -> tuple[NDArray[Any], int]:
    """Return grey values (H, W) and the bits a channel."""
    bits = _BITS.get(image.mode, 8)
    if image.mode == "1":
        notes.append("the image has only black and white, no grey levels: expect poor landmarks")
        return np.asarray(image.convert("L")), bits
    if image.mode == "L" or image.mode in _BITS:
        return np.asarray(image), bits
    try:
        alpha = _alpha(image)
        rgb = np.asarray(image.convert("RGB"))
    except ValueError as error:  # a colour space that Pillow cannot convert
        raise _broken(path, file_format) from error
    try:
        grey, coloured = luminance(rgb, 255.0)
    except ColourPhotographError:
        raise RadiographError(
            path, "is a colour photograph", "expected a grey radiograph, export it from the X-ray system"
        ) from None
    if coloured:
        notes.append(COLOUR_WARNING)
    if alpha is not None:
        grey *= alpha
    return grey, bits


def _alpha(image: Image.Image) -> NDArray[np.float32] | None:
    """Return opacity 0..1 where some pixels are transparent (they are shown black), else None."""
    if not image.has_transparency_data:
        return None
    alpha = np.asarray(image.convert("RGBA"))[..., 3]
    return None if alpha.min() == 255 or alpha.max() == 0 else alpha.astype(np.float32) / np.float32(255)
