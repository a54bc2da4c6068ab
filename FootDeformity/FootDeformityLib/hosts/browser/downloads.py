"""What a reader takes away: points, numbers and a report of the exam that is open."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.comparison import Comparison
from FootDeformityLib.case.document import to_document
from FootDeformityLib.case.exam import Exam
from FootDeformityLib.case.report_text import report_text
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import write_case
from FootDeformityLib.files.case_landmarks import write_case_landmarks
from FootDeformityLib.files.case_results import CASE_FILE, CSV_FILE, LANDMARK_FILES, REPORT_FILE
from FootDeformityLib.files.measurements_csv import write_measurements
from FootDeformityLib.files.overlay import draw_overlay
from FootDeformityLib.files.report import write_exam_report, write_report
from FootDeformityLib.files.wording import capital
from FootDeformityLib.hosts.browser.feet import foot_name, measured_feet
from FootDeformityLib.radiographs.radiograph import Radiograph

#: images of an exam, by number of the foot and view
Radiographs = Mapping[tuple[int, str], Radiograph]
_Write = Callable[[Path, Radiographs], None]

_KINDS = {".json": "application/json", ".csv": "text/csv", ".html": "text/html"}
_LABELS = {
    **{name: f"{view} points for 3D Slicer" for view, name in LANDMARK_FILES.items()},
    REPORT_FILE: "Report",
    CSV_FILE: "Table of measurements",
    CASE_FILE: "Everything as data",
}


def download_list(exam: Exam) -> list[dict[str, Any]]:
    """Return what can be taken of an exam, as the page's menu shows it: files of both feet tell which foot it is."""
    files = _files(exam)
    return [{"name": name, "label": label, "href": f"room/download/{name}"} for name, (label, _) in files.items()]


def download(name: str, exam: Exam, radiographs: Radiographs) -> tuple[bytes, str]:
    """Return content and media type of a file; touches nothing of the scene, so that a thread may do it.

    Raises FootDeformityError for what the exam does not have.
    """
    found = _files(exam).get(name)
    if found is None:
        raise FootDeformityError(f"{name}: there is nothing of this name to download; open a radiograph first.")
    with tempfile.TemporaryDirectory(prefix="footdeformity-") as folder:
        file = Path(folder, name)
        found[1](file, radiographs)
        return file.read_bytes(), _KINDS[file.suffix]


def exam_text(exam: Exam, comparisons: Mapping[int, Comparison]) -> str:
    """Return the findings of every foot as text for a radiology report. comparisons: with an earlier exam, by foot."""
    texts = [report_text(case, comparisons.get(number)) for number, case in measured_feet(exam).items()]
    return "\n".join([*texts, *(f"Both feet: {text}" for text in exam.warnings)])


def _files(exam: Exam) -> dict[str, tuple[str, _Write]]:
    """Return name -> words for the reader, and how the file is written."""
    feet = measured_feet(exam)
    if len(feet) == 1:
        ((number, case),) = feet.items()
        return _files_of_foot(number, case)
    files: dict[str, tuple[str, _Write]] = {}
    if feet:
        files[REPORT_FILE] = ("Report of both feet", partial(_write_both, feet, exam.warnings))
    for number, case in feet.items():
        words = foot_name(exam, number)
        for name, (label, write) in _files_of_foot(number, case).items():
            if name != REPORT_FILE:
                prefix = words.removesuffix(" foot").replace(" ", "_")
                files[f"{prefix}_{name}"] = (f"{capital(words)}: {label}", write)
    return files


def _files_of_foot(number: int, case: Case) -> dict[str, tuple[str, _Write]]:
    names = [REPORT_FILE, *(LANDMARK_FILES[view] for view in case.views), CSV_FILE, CASE_FILE]
    return {name: (_LABELS[name], partial(_write, number, case, name)) for name in names}


def _write(number: int, case: Case, name: str, file: Path, radiographs: Radiographs) -> None:
    document = to_document(case)
    if name == CASE_FILE:
        write_case(file, document)
    elif name == CSV_FILE:
        write_measurements(file, document)
    elif name == REPORT_FILE:
        write_report(file, document, _pictures(number, case, radiographs))
    else:
        view = next(view for view, known in LANDMARK_FILES.items() if known == name)
        write_case_landmarks(file, document["landmarks"][view], radiographs[number, view].write_from_pixels)


def _write_both(feet: Mapping[int, Case], warnings: Sequence[str], file: Path, radiographs: Radiographs) -> None:
    parts = [(to_document(case), _pictures(number, case, radiographs)) for number, case in feet.items()]
    write_exam_report(file, parts, warnings)


def _pictures(number: int, case: Case, radiographs: Radiographs) -> dict[str, Image.Image]:
    document = to_document(case)
    return {
        view: draw_overlay(
            document, view, case.scheme, radiographs[number, view].pixels, crop_to_foot=True, legend=False
        )
        for view in case.views
    }
