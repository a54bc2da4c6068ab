"""Tells whether a network has seen an image, without a list of patients in a file that is given away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from FootDeformityTrainingLib.dataset import DatasetRow

#: what a model's notes say about the images that it was trained on and that its best epoch was chosen on
TRAINED, CHOSEN = "training_images_sha256", "validation_images_sha256"
_DIGITS = 16


def image_fingerprint(path: Path) -> str:
    """Start of the SHA-256 of an image file. Nothing about the image or its patient can be read from it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]


def seen_images(training: Iterable[DatasetRow], validation: Iterable[DatasetRow]) -> dict[str, list[str]]:
    """The fingerprints of a run's images for the notes of its model, sorted."""
    rows = {TRAINED: training, CHOSEN: validation}
    return {key: sorted({image_fingerprint(row.image) for row in part}) for key, part in rows.items()}
