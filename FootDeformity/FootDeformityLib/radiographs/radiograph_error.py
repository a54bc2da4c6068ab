"""The sentence a person sees when a file cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError

#: what every refusal of a foreign format ends with
ACCEPTED_FORMATS = "a radiograph as DICOM (CR, DX, SC), PNG, JPEG, TIFF or NRRD"


class RadiographError(FootDeformityError):
    """A file that cannot be used as a radiograph.

    path: only its last part is shown (folders may carry a patient's name). found: what the file is or
    lacks. advice: what was expected and what to do.
    """

    def __init__(self, path: str | os.PathLike[str], found: str, advice: str) -> None:
        self.path = Path(path)
        self.found = found
        self.advice = advice
        super().__init__(f"{self.path.name or self.path}: {found}; {advice}.")
