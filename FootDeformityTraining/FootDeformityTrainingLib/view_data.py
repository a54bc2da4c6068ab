"""Images by what they show, for the view recogniser: any folder with a manifest.csv; landmarks are not needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.view_opinion import KINDS
from FootDeformityLib.network.view_thumbnail import view_thumbnail
from FootDeformityLib.radiographs.geometry import letterbox
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.dataset import SIMULATED, manifest_table

#: pixels of the longer side that are kept of a training image: enough for a close look at half of it
KEPT_SIDE = 256
_COLUMNS = {"image", "view", "patient", "split"}


@dataclass(frozen=True)
class ViewImage:
    """One image. kind: of KINDS; shown: as the manifest calls it. judged_only: never trained on (split test)."""

    image: Path
    kind: str
    shown: str
    patient: str
    judged_only: bool
    simulated: bool
    source: str


def read_view_images(folders: Sequence[str | Path]) -> list[ViewImage]:
    """Every image that the folders' manifest.csv name, with or without landmarks.

    view: AP, lateral, oblique, ankle AP; everything else counts as no view of a foot. Raises FootDeformityError.
    """
    images = [image for folder in folders for image in _of_manifest(Path(folder) / "manifest.csv")]
    for kind in KINDS[:2]:
        if not any(image.kind == kind and not image.judged_only for image in images):
            raise FootDeformityError(
                f"{', '.join(map(str, folders))}: no {kind} image to train on. Expected a manifest.csv "
                f"with the columns {', '.join(sorted(_COLUMNS))}."
            )
    return images


def _of_manifest(path: Path) -> list[ViewImage]:
    return [
        ViewImage(
            image=path.parent / row["image"],
            kind=row["view"] if row["view"] in KINDS else "other",
            shown=row["view"] or "other",
            patient=row["patient"] or row["image"],
            judged_only=row["split"] == "test",
            simulated=row.get("quality") == SIMULATED,
            source=", ".join(filter(None, (row.get("source"), row.get("licence")))),
        )
        for row in manifest_table(path, _COLUMNS)
    ]


def small_pixels(image: Path) -> NDArray[np.float32]:
    """The image with a longer side of at most KEPT_SIDE pixels. Raises FootDeformityError."""
    pixels = read_radiograph(image).pixels
    height, width = pixels.shape
    if max(height, width) <= KEPT_SIDE:
        return pixels
    box = letterbox(width, height, KEPT_SIDE)
    low, high = box.apply([[-0.5, -0.5], [width - 0.5, height - 0.5]])
    (x0, y0), (x1, y1) = np.floor(low + 0.5).astype(int), np.ceil(high + 0.5).astype(int)
    return np.ascontiguousarray(view_thumbnail(pixels, KEPT_SIDE)[y0:y1, x0:x1])


def load_small(images: Sequence[ViewImage], report: Callable[[str], None]) -> list[NDArray[np.float32]]:
    """Decode all images, small. Raises FootDeformityError for one that cannot be used."""
    small = []
    for number, image in enumerate(images, start=1):
        small.append(small_pixels(image.image))
        if number % 200 == 0:
            report(f"{number} of {len(images)} images read")
    return small


def folds_of(images: Sequence[ViewImage], count: int, seed: int) -> NDArray[np.int64]:
    """(N,) fold of each image, the same for one patient; -1 for simulated and judged-only images: in none."""
    patients: dict[tuple[str, str], list[str]] = defaultdict(list)
    fold: dict[str, int] = {}
    for image in images:
        if image.patient not in fold and not image.simulated and not image.judged_only:
            patients[image.shown, image.source].append(image.patient)
            fold[image.patient] = -1
    generator, dealt = np.random.default_rng(seed), 0
    for kind in sorted(patients):  # every kind is spread evenly
        for patient in generator.permutation(patients[kind]).tolist():
            fold[patient] = dealt % count
            dealt += 1
    return np.array([-1 if one.simulated or one.judged_only else fold[one.patient] for one in images])
