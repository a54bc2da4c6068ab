"""Annotated folders: radiographs with Slicer landmark files, with or without a manifest.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.landmark_file import landmark_view, load_landmarks
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.radiograph import Radiograph, WeightBearing
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.sample import Array, Sample

#: .nrrd first: detect writes one beside an image that Slicer misreads, and the points lie on it; nothing: a DICOM
#: file without ending, or a.png of a.png.mrk.json
_IMAGE_ENDINGS = (".nrrd", "", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".dcm", ".dicom")
#: quality of a simulated image in a manifest.csv
SIMULATED = "simulated"
_LANDMARK_ENDINGS = (".mrk.json", ".fcsv")
_WEIGHT_BEARING: dict[str, WeightBearing] = {"yes": "yes", "no": "no"}


@dataclass(frozen=True)
class DatasetRow:
    """One annotated image of a data folder, nothing decoded yet. Paths are absolute."""

    image: Path
    landmarks: Path
    view: str
    patient: str
    split: str  # "train", "val", "test" (training leaves it alone) or "" where nobody decided
    uncertain: tuple[str, ...] = ()
    aspect_known: bool = True
    spacing_mm: float | None = None
    source: str = ""  # with its licence, for the model card
    age_years: float | None = None
    sex: str = ""  # as the manifest writes it
    weight_bearing: WeightBearing = "unknown"
    simulated: bool = False  # by `footdeformity simulate`, which says so in the column quality


def read_rows(folder: Path, view: str, scheme: Scheme) -> list[DatasetRow]:
    """List the annotated images of a view: from manifest.csv, else every image with a landmark file beside it.

    A folder may hold files of several views. Raises FootDeformityError when it is missing or holds none.
    """
    if not folder.is_dir():
        raise FootDeformityError(f"{folder}: no such folder. Give the folder that holds the annotated radiographs.")
    manifest = folder / "manifest.csv"
    rows = _rows_of_manifest(manifest, view) if manifest.is_file() else _rows_of_folder(folder, view, scheme)
    if not rows:
        raise FootDeformityError(
            f"{folder}: no annotated {view} radiograph found. Expected images with .mrk.json or .fcsv files beside "
            "them, or a manifest.csv with the columns image, landmarks, view, patient, split."
        )
    return rows


def split_rows(rows: list[DatasetRow], validation_share: float, seed: int) -> tuple[list[DatasetRow], list[DatasetRow]]:
    """Training and validation rows, never one patient in both.

    Rows that name a split keep it; of the other patients a share is drawn for validation.
    """
    train = [row for row in rows if row.split == "train"]
    validation = [row for row in rows if row.split == "val"]
    open_rows = [row for row in rows if row.split == ""]
    patients = sorted({row.patient for row in open_rows})
    drawn = np.random.default_rng(seed).permutation(len(patients))[: round(validation_share * len(patients))]
    held = {patients[i] for i in drawn}
    train += [row for row in open_rows if row.patient not in held]
    validation += [row for row in open_rows if row.patient in held]
    both = {row.patient for row in train} & {row.patient for row in validation}
    if both:
        raise FootDeformityError(
            f"patient {sorted(both)[0]} is in training and validation ({len(both)} such): give each patient one split."
        )
    if not train or not validation:
        raise FootDeformityError(
            f"{len(train)} training and {len(validation)} validation images: both are needed. Annotate more patients."
        )
    return train, validation


def load_sample(row: DatasetRow, scheme: Scheme) -> Sample:
    """Decode one row. Landmarks come in image pixels. Raises FootDeformityError for unusable files."""
    radiograph, points, uncertain = load_annotation(row, scheme)
    return Sample(
        image=row.image,
        view=row.view,
        patient=row.patient,
        points=points,
        uncertain=uncertain,
        pixels=radiograph.pixels,
        aspect_known=row.aspect_known,
        spacing_mm=row.spacing_mm or (radiograph.spacing_mm[0] if radiograph.spacing_mm else None),
        source=row.source,
    )


def load_annotation(row: DatasetRow, scheme: Scheme) -> tuple[Radiograph, Array, NDArray[np.bool_]]:
    """Radiograph, points (K, 2) in image pixels (NaN = missing) and which of them (K,) are estimates.

    Raises FootDeformityError for unusable files.
    """
    radiograph = read_radiograph(row.image)
    loaded = load_landmarks(row.landmarks, scheme, row.view)
    points = radiograph.from_slicer(loaded.points)
    placed, outside = int(np.isfinite(points).all(axis=1).sum()), radiograph.points_outside(points)
    if placed < 3:
        raise FootDeformityError(
            f"{row.landmarks}: fewer than three landmarks are defined; place more or leave it out."
        )
    if 2 * outside >= placed:
        raise FootDeformityError(
            f"{row.landmarks}: {outside} of {placed} points lie off the image {row.image.name}: they belong to another."
        )
    named = np.array([identifier in row.uncertain for identifier in scheme.ids(row.view)])
    return radiograph, points, loaded.uncertain | named


def manifest_table(manifest: Path, columns: set[str]) -> list[dict[str, str]]:
    """The rows of a manifest.csv. Raises FootDeformityError if it cannot be read, names nothing or lacks a column."""
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            table = list(csv.DictReader(file, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FootDeformityError(
            f"{manifest}: cannot be read ({error}). Save it as CSV with commas in UTF-8."
        ) from error
    missing = columns - set(table[0] if table else ())
    if missing:
        raise FootDeformityError(
            f"{manifest}: column {sorted(missing)[0]} is missing, or there are no images in it; see README of the "
            "training data."
        )
    return table


def _rows_of_manifest(manifest: Path, view: str) -> list[DatasetRow]:
    rows = []
    for entry in manifest_table(manifest, {"image", "landmarks", "view", "patient", "split"}):
        if entry["view"] != view or not entry["landmarks"] or entry["split"] not in ("train", "val", "test", ""):
            continue
        rows.append(
            DatasetRow(
                image=manifest.parent / entry["image"],
                landmarks=manifest.parent / entry["landmarks"],
                view=view,
                patient=entry["patient"] or entry["image"],
                split=entry["split"],
                uncertain=tuple((entry.get("uncertain") or "").split()),
                aspect_known=(entry.get("aspect_known") or "yes") == "yes",
                spacing_mm=_number(entry, "spacing_mm", "millimetres", manifest),
                source=", ".join(filter(None, (entry.get("source"), entry.get("licence")))),
                age_years=_number(entry, "age_years", "years", manifest),
                sex=(entry.get("sex") or "").strip().lower(),
                simulated=entry.get("quality") == SIMULATED,
                weight_bearing=_WEIGHT_BEARING.get((entry.get("weight_bearing") or "").strip().lower(), "unknown"),
            )
        )
    return rows


def _rows_of_folder(folder: Path, view: str, scheme: Scheme) -> list[DatasetRow]:
    return [
        DatasetRow(image, landmarks, view, patient=_stem(landmarks), split="")
        for landmarks, image in landmark_files(folder)
        if image is not None and _may_show(view, landmarks, scheme)
    ]


def landmark_files(folder: Path) -> list[tuple[Path, Path | None]]:
    """Every landmark file below the folder with the image beside it that has its name, None where there is none."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    by_name = {str(path).casefold(): path for path in files}  # FOOT.PNG belongs to FOOT.mrk.json
    found = []
    for landmarks in (path for path in files if path.name.endswith(_LANDMARK_ENDINGS)):
        names = [str(landmarks.with_name(_stem(landmarks) + ending)) for ending in _IMAGE_ENDINGS]
        found.append((landmarks, next((p for name in names if (p := by_name.get(name.casefold()))), None)))
    return found


def _stem(landmarks: Path) -> str:
    return landmarks.name.removesuffix(".mrk.json").removesuffix(".fcsv")


def _may_show(view: str, landmarks: Path, scheme: Scheme) -> bool:
    """Leave out other views' files; a broken one stays, so that load_sample says what is wrong with it."""
    try:
        return landmark_view(landmarks, scheme) in (view, None)
    except FootDeformityError:
        return True


def _number(entry: dict[str, str], column: str, unit: str, manifest: Path) -> float | None:
    text = entry.get(column)
    try:
        return float(text) if text else None
    except ValueError:
        raise FootDeformityError(f"{manifest}: {column} {text!r} is no number of {unit}.") from None
