"""What a reader takes away: points, numbers and a report of the case that is open."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import to_document
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import write_case
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.case_results import CASE_FILE, CSV_FILE, LANDMARK_FILES, REPORT_FILE
from FootDeformityLib.files.measurements_csv import write_measurements
from FootDeformityLib.files.overlay import draw_overlay
from FootDeformityLib.files.report import write_report
from FootDeformityLib.radiographs.radiograph import Radiograph

_KINDS = {".json": "application/json", ".csv": "text/csv", ".html": "text/html"}
_LABELS = {
    **{name: f"{view} points for 3D Slicer" for view, name in LANDMARK_FILES.items()},
    REPORT_FILE: "Report",
    CSV_FILE: "Table of measurements",
    CASE_FILE: "Everything as data",
}


def download_list(case: Case) -> list[dict[str, Any]]:
    """Return what can be taken of a case, as the page's menu shows it."""
    if not case.views:
        return []
    points = [LANDMARK_FILES[view] for view in case.views]
    names = [REPORT_FILE, *points, CSV_FILE, CASE_FILE]
    return [{"name": name, "label": _LABELS[name], "href": f"room/download/{name}"} for name in names]


def download(name: str, case: Case, radiographs: Mapping[str, Radiograph]) -> tuple[bytes, str]:
    """Return content and media type of a file; touches nothing of the scene, so that a thread may do it.

    Raises FootDeformityError for what the case does not have.
    """
    if name not in {item["name"] for item in download_list(case)}:
        raise FootDeformityError(f"{name}: there is nothing of this name to download; open a radiograph first.")
    with tempfile.TemporaryDirectory(prefix="footdeformity-") as folder:
        file = Path(folder, name)
        _write(file, case, radiographs)
        return file.read_bytes(), _KINDS[file.suffix]


def _write(file: Path, case: Case, radiographs: Mapping[str, Radiograph]) -> None:
    document = to_document(case)
    if file.name == CASE_FILE:
        write_case(file, document)
    elif file.name == CSV_FILE:
        write_measurements(file, document)
    elif file.name == REPORT_FILE:
        pictures = {
            view: draw_overlay(document, view, case.scheme, radiographs[view].pixels, crop_to_foot=True, legend=False)
            for view in case.views
        }
        write_report(file, document, pictures)
    else:
        view = next(view for view, name in LANDMARK_FILES.items() if name == file.name)
        write_case_landmarks(file, document["landmarks"][view], radiographs[view].write_from_pixels)
