"""Corrected cases as training data: image, landmarks and a row of manifest.csv, without anything of the patient's.

Images are named by their content, because file names may hold names of patients: the same image added again replaces
its older landmarks.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.review import unconfirmed
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.nrrd_image import write_nrrd
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph

MANIFEST = "manifest.csv"
#: the trainer reads the first eight, all but the first five may be missing
COLUMNS = (
    "image",
    "landmarks",
    "view",
    "patient",
    "split",
    "uncertain",
    "aspect_known",
    "spacing_mm",
    "side",
    "age_years",
    "weight_bearing",
)


def add_to_training_set(
    case: Case,
    radiographs: Mapping[str, Radiograph],
    folder: str | os.PathLike[str],
    patient: str = "",
    allow_unreviewed: bool = False,
) -> tuple[Path, ...]:
    """Write every view of a case into a training set and return its landmark files.

    radiographs: view -> image of each view of the case. patient: a pseudonym that all exams of a patient share, so
    that none is trained and validated with; by default the image's. Raises FootDeformityError, and adds nothing, for
    points that nobody has reviewed unless ``allow_unreviewed``, for a view without its image, and for a folder that
    holds something else or cannot be written.
    """
    target = Path(folder)
    _check(case, radiographs, allow_unreviewed)
    columns, rows = _manifest(target)
    names = {view: hashlib.sha256(radiographs[view].pixels.tobytes()).hexdigest()[:16] for view in case.views}
    patient = patient or next(iter(names.values()))
    written = []
    try:
        for view, content in case.views.items():
            radiograph, stem = radiographs[view], f"{names[view]}_{view.lower()}"
            spacing = radiograph.spacing_mm or (1.0, radiograph.pixel_aspect)
            landmarks = target / f"{stem}.mrk.json"
            write_nrrd(target / f"{stem}.nrrd", radiograph.pixels, spacing)
            write_case_landmarks(landmarks, content.landmarks_document(), Affine.scaling(*spacing))
            written.append(landmarks)
            rows[f"{stem}.nrrd"] = _row(case, view, radiograph, stem, patient, rows.get(f"{stem}.nrrd", {}))
        # the row comes last: what a crash leaves before it is no part of the set
        _write_manifest(target / MANIFEST, columns, rows)
    except OSError as error:
        raise FootDeformityError(f"{target}: cannot be written ({error.strerror or error}).") from None
    return tuple(written)


def _check(case: Case, radiographs: Mapping[str, Radiograph], allow_unreviewed: bool) -> None:
    if not case.views:
        raise FootDeformityError("The case has no radiograph: nothing to add to a training set.")
    for view, content in case.views.items():
        if view not in radiographs:
            raise FootDeformityError(f"The image of the {view} view is missing: landmarks alone cannot be trained on.")
        if all(state.xy_px is None for state in content.landmarks.values()):
            raise FootDeformityError(f"The {view} view has no points. Place them before you add it to a training set.")
    left = [name for _, name in unconfirmed(case)]
    if left and not allow_unreviewed:
        shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        raise FootDeformityError(
            f"{shown} stand where the network put them: a network must not learn from itself. Confirm or move them."
        )


def _row(
    case: Case, view: str, radiograph: Radiograph, stem: str, patient: str, before: Mapping[str, str]
) -> dict[str, str]:
    """Return the row of a view; what others wrote into further columns, or as its split, is kept."""
    spacing, aspect = radiograph.spacing_mm, radiograph.pixel_aspect
    states = case.views[view].landmarks
    square = spacing is not None and spacing[0] == spacing[1]
    return {
        **before,
        "image": f"{stem}.nrrd",
        "landmarks": f"{stem}.mrk.json",
        "view": view,
        "patient": patient,
        "split": before.get("split", ""),
        "uncertain": " ".join(name for name, state in states.items() if state.uncertain and state.xy_px is not None),
        "aspect_known": "yes" if spacing is not None or aspect != 1.0 else "no",
        "spacing_mm": str(float(spacing[0])) if spacing is not None and square else "",
        "side": case.facts.side,
        "age_years": "" if case.facts.age_years is None else f"{case.facts.age_years:g}",
        "weight_bearing": case.facts.weight_bearing,
    }


def _manifest(folder: Path) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Return columns and rows (image -> row) of the folder's manifest; empty for a new folder."""
    file = folder / MANIFEST
    if not file.exists():
        if folder.is_dir() and next(folder.rglob("*.mrk.json"), None) is not None:
            raise FootDeformityError(
                f"{folder}: holds landmark files but no {MANIFEST}; with one, they would no longer be read. "
                "Choose an empty folder."
            )
        return list(COLUMNS), {}
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            columns = list(reader.fieldnames or ())
            rows = [{name: value for name, value in row.items() if isinstance(name, str)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FootDeformityError(f"{file}: cannot be read ({error}). Save it as CSV with commas in UTF-8.") from None
    if not set(COLUMNS[:5]) <= set(columns):
        raise FootDeformityError(
            f"{file}: is no manifest of a training set; expected the columns {', '.join(COLUMNS[:5])}."
        )
    return columns + [name for name in COLUMNS if name not in columns], {row["image"]: row for row in rows}


def _write_manifest(file: Path, columns: list[str], rows: Mapping[str, Mapping[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    write_text(file, text.getvalue())
