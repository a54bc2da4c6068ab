"""Everything that one measured foot leaves on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import CaseDocument, read_case, write_case
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.measurements_csv import write_measurements
from FootDeformityLib.files.nrrd_image import write_nrrd
from FootDeformityLib.files.overlay import draw_overlay
from FootDeformityLib.files.report import write_report
from FootDeformityLib.files.results_folder import ResultsFolder, sha256_of
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph

LANDMARK_FILES = {"AP": "ap.mrk.json", "lateral": "lateral.mrk.json"}
IMAGE_FILES = {"AP": "ap.nrrd", "lateral": "lateral.nrrd"}
OVERLAY_FILES = {"AP": "overlay_ap.png", "lateral": "overlay_lateral.png"}
CASE_FILE, CSV_FILE, REPORT_FILE = "case.json", "measurements.csv", "report.html"
RESULT_FILES = (
    CASE_FILE,
    *LANDMARK_FILES.values(),
    *IMAGE_FILES.values(),
    CSV_FILE,
    *OVERLAY_FILES.values(),
    REPORT_FILE,
)


def check_results_folder(out: str | os.PathLike[str]) -> None:
    """Raise FootDeformityError if results cannot go there; call it before slow work."""
    ResultsFolder(out, RESULT_FILES).check()


def write_case_results(
    out: str | os.PathLike[str], document: CaseDocument, scheme: Scheme, radiographs: Mapping[str, Radiograph]
) -> list[str]:
    """Write all RESULT_FILES of a case into ``out``, all or none; return notes for the user.

    radiographs: view -> image; a view of the document without one is drawn on an empty ground. Older
    results are replaced as a whole, landmark files that a person changed are kept under another name,
    other files are left alone. Raises FootDeformityError when the folder cannot be written.
    """
    folder = ResultsFolder(out, RESULT_FILES)
    views = [view for view in LANDMARK_FILES if document["images"][view] is not None]
    notes: list[str] = []
    with folder.staged() as stage:
        pictures: dict[str, Image.Image] = {}
        hashes: dict[str, str] = {}
        for view in views:
            radiograph = radiographs.get(view)
            lps_from_pixels = radiograph.write_from_pixels if radiograph else Affine.identity()
            if radiograph is not None and radiograph.slicer_geometry_wrong:
                write_nrrd(stage / IMAGE_FILES[view], radiograph.pixels, radiograph.write_spacing)
            landmarks = stage / LANDMARK_FILES[view]
            write_case_landmarks(landmarks, document["landmarks"][view], lps_from_pixels)
            hashes[landmarks.name] = sha256_of(landmarks)
            pixels = radiograph.pixels if radiograph else None
            draw_overlay(document, view, scheme, pixels).save(stage / OVERLAY_FILES[view], compress_level=3)
            pictures[view] = draw_overlay(document, view, scheme, pixels, crop_to_foot=True, legend=False)
        write_case(stage / CASE_FILE, document | {"landmark_files": hashes})
        write_measurements(stage / CSV_FILE, document)
        write_report(stage / REPORT_FILE, document, pictures)
        kept = folder.keep_edited(LANDMARK_FILES.values(), _known_hashes(folder.out, hashes))
        if kept:
            notes.append(f"Landmarks in {folder.out} had been edited; they are kept as {', '.join(kept)}.")
    return notes


def _known_hashes(out: Path, new: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each landmark file the contents that need not be kept: as written before, or as written now."""
    known = {name: {new[name]} if name in new else set() for name in LANDMARK_FILES.values()}
    try:
        written = read_case(out / CASE_FILE).get("landmark_files", {})
    except FootDeformityError:
        return known
    for name, content in written.items():
        known.setdefault(name, set()).add(content)
    return known
