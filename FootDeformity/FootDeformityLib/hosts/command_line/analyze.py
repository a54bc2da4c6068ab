"""``footdeformity analyze``: one foot from its radiographs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_case_options, add_command
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.radiograph import Radiograph

#: finds the landmarks of a view ("AP" or "lateral") in a radiograph, as DetectorWorker.detect does
Detect = Callable[[Radiograph, str], Detection]
#: below this mean confidence the network is asked about the other view, too
_IN_DOUBT = 0.5

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


def run(args: argparse.Namespace) -> int:
    """Run the command with the shipped models."""
    check_inputs(args)
    from FootDeformityLib.network.worker import DetectorWorker

    with DetectorWorker() as worker:
        return analyze(args, worker.detect)


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


def analyze(args: argparse.Namespace, detect: Detect) -> int:
    """Read, detect, measure, write and print; ``detect`` finds the landmarks. Raises FootDeformityError."""
    from FootDeformityLib.case.from_detection import view_from_detection
    from FootDeformityLib.hosts.command_line.finish import finish_case
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.radiographs.read import read_radiograph

    scheme = load_scheme()
    files = {"AP": args.ap, "lateral": args.lateral}
    radiographs = {view: read_radiograph(file) for view, file in files.items() if file is not None}
    views = {}
    for view, radiograph in radiographs.items():
        if sys.stderr.isatty():
            print(f"Looking for the landmarks of the {view} view ...", file=sys.stderr)
        found = detect(radiograph, view)
        found = replace(found, warnings=(*found.warnings, *_other_view(radiograph, found, detect)))
        views[view] = view_from_detection(radiograph, found, scheme)
    finish_case(args, views, radiographs)
    return 0


def _other_view(radiograph: Radiograph, found: Detection, detect: Detect) -> list[str]:
    """Return a warning if the network is in doubt, and much surer that the image shows the other view."""
    if found.confidence.mean() >= _IN_DOUBT:
        return []
    other = {"AP": "lateral", "lateral": "AP"}[found.view]
    words = f"in doubt about most landmarks: does {radiograph.path.name} show the {found.view} view of one foot?"
    try:
        surer = detect(radiograph, other)
    except FootDeformityError:  # no model for that view: nothing to compare with
        return [words]
    if surer.doubt < 0.7 * found.doubt:
        return [f"{radiograph.path.name} looks like the {other} view and not like {found.view}: is it the right file?"]
    return [words]
