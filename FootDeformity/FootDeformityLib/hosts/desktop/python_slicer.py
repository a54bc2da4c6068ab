"""The Python interpreter of this Slicer: its window runs in another executable."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def python_slicer() -> str:
    """Return the path of PythonSlicer, which Slicer puts on the search path; without Slicer, of this interpreter."""
    found = shutil.which("PythonSlicer")
    if found is not None:
        return found
    beside = Path(sys.executable).parent / ("PythonSlicer.exe" if sys.platform == "win32" else "PythonSlicer")
    return str(beside) if beside.exists() else sys.executable
