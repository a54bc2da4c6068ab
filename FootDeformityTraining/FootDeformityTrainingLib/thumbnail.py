"""Small pictures of annotated images, for a table of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image

from FootDeformityLib.atomic_write import replacing
from FootDeformityTrainingLib.sample import Sample
from FootDeformityTrainingLib.training_pictures import contact_sheet

_SIDE = 96


def thumbnail_file(folder: Path, image: Path) -> Path:
    """Return where the thumbnail of an image lies; its name tells nothing of the image's."""
    return folder / f"{hashlib.sha256(str(image).encode()).hexdigest()[:16]}.png"


def write_thumbnail(folder: Path, sample: Sample) -> None:
    """Write the image with its points, the longer side 96 pixels. Raises OSError."""
    picture = Image.fromarray(contact_sheet(sample.pixels[None], sample.points[None], None, _SIDE))
    with replacing(thumbnail_file(folder, sample.image)) as temporary:
        picture.save(temporary)
