"""``footdeformity analyze``: one foot from its radiographs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import (
    Subparsers,
    add_any_image_option,
    add_case_options,
    add_command,
    add_detector_option,
)

if TYPE_CHECKING:
    from FootDeformityLib.case.view_check import Detect, Recognise

_EXAMPLES = """\
  footdeformity analyze --ap ap.dcm --lateral lateral.dcm --age 34 --weight-bearing yes --out results
  footdeformity analyze --lateral foot.png --out results        one view alone: its angles, no more
  footdeformity measure --ap results/ap.mrk.json --ap-image ap.dcm --out corrected
                                                                after correction in 3D Slicer"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "analyze",
        "landmarks, angles and diagnoses of one foot from its radiographs",
        "Find the landmarks on an AP and a lateral radiograph of one foot (DICOM, PNG, JPEG, TIFF, NRRD), measure the\n"
        "angles and write case.json, landmarks for 3D Slicer, measurements.csv, overlays and report.html.\n"
        "Options override what the files' tags say. Older results in DIR are replaced.",
        _EXAMPLES,
    )
    parser.add_argument("--ap", metavar="FILE", help="AP (dorsoplantar) radiograph")
    parser.add_argument("--lateral", metavar="FILE", help="lateral radiograph")
    add_case_options(parser)
    add_detector_option(parser)
    add_any_image_option(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command with the shipped models, or those that were chosen."""
    check_inputs(args)
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.network.chosen_models import chosen_models
    from FootDeformityLib.network.worker import DetectorWorker

    with DetectorWorker(chosen_models(args.detector, load_scheme())) as worker:
        return analyze(args, worker.detect, worker.recognise)


def check_inputs(args: argparse.Namespace) -> None:
    """Raise FootDeformityError for what can be told before anything slow starts."""
    from FootDeformityLib.files.case_results import check_results_folder
    from FootDeformityLib.measure.criteria import load_criteria

    given = [Path(file) for file in (args.ap, args.lateral) if file is not None]
    if not given:
        raise FootDeformityError("No radiograph given: expected --ap FILE, --lateral FILE or both.")
    if len(given) == 2 and all(file.is_file() for file in given) and given[0].samefile(given[1]):
        raise FootDeformityError(
            f"{args.ap}: the same file is given as --ap and as --lateral. Give it once, as the view that it shows."
        )
    load_criteria(args.criteria)
    check_results_folder(args.out)


def analyze(args: argparse.Namespace, detect: Detect, recognise: Recognise | None = None) -> int:
    """Read, detect, measure, write and print; ``detect`` finds the landmarks. Raises FootDeformityError.

    recognise: tells what an image shows, so that a wrong one is refused; None = nobody does.
    """
    from FootDeformityLib.case.from_detection import view_from_detection
    from FootDeformityLib.case.view_check import ViewGate, detect_view
    from FootDeformityLib.hosts.command_line.finish import finish_case
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.radiographs.read import read_radiograph

    scheme = load_scheme()
    files = {"AP": args.ap, "lateral": args.lateral}
    radiographs = {view: read_radiograph(file) for view, file in files.items() if file is not None}
    gate = None if recognise is None else ViewGate(recognise, "--any-image", args.any_image)
    views = {}
    for view, radiograph in radiographs.items():
        if sys.stderr.isatty():
            print(f"Looking for the landmarks of the {view} view ...", file=sys.stderr)
        views[view] = view_from_detection(radiograph, detect_view(radiograph, view, detect, gate), scheme)
    finish_case(args, views, radiographs)
    return 0
