"""Corrections of images that belong to no worklist, kept on this machine so that a crash loses nothing.

A file of points per image, named by image_key.py: no name and no tag of a patient is kept.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.hosts.browser.image_key import image_key
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.radiographs.radiograph import Radiograph


def state_folder() -> Path:
    """Return where this user's programs keep what they have to remember; FOOTDEFORMITY_STATE names another place."""
    named = os.environ.get("FOOTDEFORMITY_STATE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "FootDeformity"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "FootDeformity"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "footdeformity"


class SavedPoints:
    """Points of images by their content, and the initials of whoever reads on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, case: Case, view: str, radiograph: Radiograph) -> bool:
        """Keep a view's points if a person answers for one of them, else forget them; return whether they are kept.

        Raises FootDeformityError if the disk refuses.
        """
        file = self._file(view, radiograph)
        try:
            if not any(mark.edited_at for mark in case.views[view].landmarks.values()):
                file.unlink(missing_ok=True)
                return False
            write_case_landmarks(file, case.views[view].landmarks_document(), radiograph.write_from_pixels)
        except OSError as error:
            raise FootDeformityError(f"{file}: corrections cannot be kept ({error.strerror or error}).") from None
        return True

    def load(self, view: str, radiograph: Radiograph) -> CaseView | None:
        """Return the kept points of an image, None without any that can be used."""
        file = self._file(view, radiograph)
        try:
            if not file.exists():
                return None
            return view_from_landmark_file(file, view, load_scheme(), radiograph, radiograph.write_from_pixels)
        except FootDeformityError:  # of an older version, or damaged: the image is still there to be read again
            return None

    @property
    def reader(self) -> str:
        """Initials, "" until somebody gave them."""
        try:
            return (self._folder / "reader.txt").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    @reader.setter
    def reader(self, initials: str) -> None:
        try:
            write_text(self._folder / "reader.txt", initials)
        except OSError as error:
            raise FootDeformityError(f"{self._folder}: initials cannot be kept ({error.strerror or error}).") from None

    def _file(self, view: str, radiograph: Radiograph) -> Path:
        return self._folder / "points" / f"{image_key(radiograph)}.{view.lower()}.mrk.json"
