"""A file that a reader opened, under the name by which the reader knows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.radiograph_error import RadiographError
from FootDeformityLib.radiographs.read import read_radiograph


@dataclass(frozen=True)
class ImageFile:
    """path: where it lies. name: what the reader calls it; for the page only, an upload's own path tells nothing."""

    path: Path
    name: str

    @classmethod
    def named(cls, path: Path) -> ImageFile:
        """Return a file that lies where the reader put it."""
        return cls(path, path.name)

    def read(self) -> Radiograph:
        """Return the radiograph. Raises RadiographError with the reader's own name for it."""
        try:
            return read_radiograph(self.path)
        except RadiographError as error:
            raise RadiographError(self.name, error.found, error.advice) from None
