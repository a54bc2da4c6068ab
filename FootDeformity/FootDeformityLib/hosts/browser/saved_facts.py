"""What a reader stated about a foot, kept on this machine under the names of its images (image_key.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.case.facts import Side, WeightBearing
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.image_key import image_key
from FootDeformityLib.radiographs.radiograph import Radiograph


@dataclass(frozen=True)
class Statement:
    """What a person said; None where the images' tags count, or the usual criteria."""

    side: Side | None = None
    age_years: float | None = None
    weight_bearing: WeightBearing | None = None
    criteria: str | None = None


class SavedFacts:
    """One file an image; the images of a foot say the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "facts"

    def save(self, statement: Statement, radiographs: Mapping[str, Radiograph]) -> bool:
        """Keep what was stated about the foot of some images, view -> image; return whether there is anything to keep.

        Raises FootDeformityError if the disk refuses.
        """
        said = statement != Statement()
        text = json.dumps({**asdict(statement), "stated_at": datetime.now(UTC).isoformat()})
        for view, image in radiographs.items():
            file = self._file(view, image)
            try:
                if said:
                    write_text(file, text)
                else:
                    file.unlink(missing_ok=True)
            except OSError as error:
                raise FootDeformityError(
                    f"{file}: what was stated about the foot cannot be kept ({error.strerror or error})."
                ) from None
        return said

    def load(self, radiographs: Mapping[str, Radiograph]) -> Statement:
        """Return what was last stated about the foot of these images; nothing where no file can be used."""
        found = [_read(self._file(view, image)) for view, image in radiographs.items()]
        return max(found, key=lambda entry: entry[0], default=("", Statement()))[1]

    def _file(self, view: str, radiograph: Radiograph) -> Path:
        return self._folder / f"{image_key(radiograph)}.{view.lower()}.json"


def _read(file: Path) -> tuple[str, Statement]:
    """Return when it was stated, and what; a damaged file says nothing, the reader will say it again."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return str(document["stated_at"]), _checked(document)
    except (OSError, ValueError, KeyError, TypeError):
        return "", Statement()


def _checked(document: dict[str, Any]) -> Statement:
    side, age, stood = document["side"], document["age_years"], document["weight_bearing"]
    criteria = document["criteria"]
    if side not in (None, *get_args(Side)) or stood not in (None, *get_args(WeightBearing)):
        raise ValueError("not a statement about a foot")
    if not isinstance(criteria, str | None):
        raise ValueError("criteria have a name")
    return Statement(side, None if age is None else float(age), stood, criteria)
