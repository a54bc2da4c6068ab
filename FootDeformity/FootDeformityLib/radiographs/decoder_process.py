"""Decoding DICOM pixels in a process of its own, for a host whose own process cannot.

3D Slicer's process holds ITK's copy of GDCM. python-gdcm beside it is bound to that copy, function by function, and the
process crashes when it ends. Besides, pydicom sees only those decoders that were there when it was imported.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from FootDeformityLib.radiographs.quiet_pydicom import quiet_pydicom

_PATIENCE_S = 120.0
_NO_DECODER = 3


class NoDecoderError(Exception):
    """Nothing here decodes this compression."""


@dataclass(frozen=True)
class DecoderProcess:
    """python: the interpreter. packages: a folder with packages that only this process uses."""

    python: str
    packages: Path

    def pixels(self, path: Path) -> NDArray[Any]:
        """Return the pixels of a DICOM file as pydicom does. Raises NoDecoderError, ValueError for broken ones."""
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, str(self.packages), *filter(None, [os.environ.get("PYTHONPATH")])]
        ended = subprocess.run(
            [self.python, "-m", __name__, str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if ended.returncode == _NO_DECODER:
            raise NoDecoderError
        if ended.returncode != 0:
            raise ValueError(f"the decoder ended with exit code {ended.returncode}")
        values: NDArray[Any] = np.load(io.BytesIO(ended.stdout), allow_pickle=False)
        return values


_process: DecoderProcess | None = None


def decode_elsewhere(process: DecoderProcess | None) -> None:
    """Let this process decode what pydicom cannot decode here from now on; None = nothing else does."""
    global _process
    _process = process


def decodes_here(syntax: str) -> bool:
    """Whether pydicom can decode a transfer syntax in this process."""
    try:
        return bool(get_decoder(UID(syntax)).is_available)
    except NotImplementedError:
        return False


def pixels_from_elsewhere(path: Path) -> NDArray[Any]:
    """Return the pixels of a file that cannot be decoded here. Raises as ``DecoderProcess.pixels``."""
    if _process is None:
        raise NoDecoderError
    return _process.pixels(path)


def main() -> int:
    """Write the pixels of the file that is named to standard output, in NumPy's format."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever decoders print
    with quiet_pydicom():
        dataset = dcmread(sys.argv[1])
        if not decodes_here(dataset.file_meta.TransferSyntaxUID):
            return _NO_DECODER
        values = pixel_array(dataset, raw=False)
    written = io.BytesIO()  # NumPy cannot write into a pipe
    np.save(written, values, allow_pickle=False)
    with answer:
        answer.write(written.getbuffer())
    return 0


if __name__ == "__main__":
    sys.exit(main())
