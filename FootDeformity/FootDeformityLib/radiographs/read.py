"""The one way into the project for image files."""

from __future__ import annotations

import os
from pathlib import Path

from FootDeformityLib.radiographs.dicom_image import read_dicom
from FootDeformityLib.radiographs.file_kind import HEAD_BYTES, file_kind, foreign_kind
from FootDeformityLib.radiographs.limits import MAX_FILE_BYTES
from FootDeformityLib.radiographs.nrrd_image import read_nrrd
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.radiograph_error import ACCEPTED_FORMATS, RadiographError
from FootDeformityLib.radiographs.raster_image import read_raster


def read_radiograph(path: str | os.PathLike[str]) -> Radiograph:
    """Read a DICOM, PNG, JPEG, TIFF or NRRD file; what it is is told from its content, not its name.

    Raises RadiographError with one sentence that names the file, what was found and what to do.
    """
    file = Path(path)
    head = _head(file)
    kind = file_kind(head)
    if kind is None:
        raise RadiographError(file, f"is {foreign_kind(head)} and no radiograph", f"choose {ACCEPTED_FORMATS}")
    try:
        if kind == "DICOM" or kind == "DICOM without preamble":
            return read_dicom(file, preamble=kind == "DICOM")
        if kind == "NRRD":
            return read_nrrd(file)
        return read_raster(file, kind)
    except MemoryError:
        raise RadiographError(
            file, "does not fit into the memory of this computer", "close other programs or export it smaller"
        ) from None
    except RadiographError:
        raise
    except OSError as error:
        raise RadiographError(
            file, f"could not be read to its end ({error.strerror or 'input/output error'})", "copy it again"
        ) from error
    except Exception as error:  # damage that nobody foresaw must not become a traceback at a doctor's desk
        raise RadiographError(
            file, f"is damaged in an unforeseen way ({type(error).__name__})", "export it again and report this file"
        ) from error


def _head(file: Path) -> bytes:
    """Return the first bytes, or raise the sentence for what stands in the way."""
    try:
        if file.is_dir():
            raise RadiographError(file, "is a folder", f"choose one file in it: {ACCEPTED_FORMATS}")
        if not file.exists():
            raise RadiographError(file, "does not exist", "check the spelling and the folder")
        if not file.is_file():
            raise RadiographError(file, "is a device or pipe and no file", f"choose {ACCEPTED_FORMATS}")
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except PermissionError:
        raise RadiographError(
            file, "may not be opened by you (permission denied)", "ask for the right to read it or copy it"
        ) from None
    except OSError as error:
        raise RadiographError(
            file, f"could not be opened ({error.strerror or 'input/output error'})", "check the drive and copy it again"
        ) from error
    if size == 0:
        raise RadiographError(file, "is empty (0 bytes)", "copy or export it again")
    if size > MAX_FILE_BYTES:
        raise RadiographError(
            file,
            f"is too large: {size / 1e6:.0f} MB",
            f"at most {MAX_FILE_BYTES / 1e6:.0f} MB are accepted, choose a single radiograph",
        )
    return head
