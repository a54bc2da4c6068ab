"""``footdeformity measure``: one foot from landmarks that a person corrected; no network is involved."""

from __future__ import annotations

import argparse

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_case_options, add_command

_EXAMPLES = """\
  footdeformity measure --ap ap.mrk.json --lateral lateral.mrk.json --age 34 --out corrected
  footdeformity measure --ap ap.mrk.json --ap-image ap.dcm --weight-bearing yes --out corrected
  footdeformity measure --lateral lateral.fcsv --lateral-image lateral.png --out corrected"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "measure",
        "angles and diagnoses of one foot from corrected landmark files",
        "Measure one foot from landmarks as 3D Slicer saves them (.mrk.json or .fcsv; the points are named A1 to A16\n"
        "and L1 to L11) and write the same results as analyze. With its image, a view gets millimetres, tags and a\n"
        "picture; without, pixels are taken as square.",
        _EXAMPLES,
    )
    parser.add_argument("--ap", metavar="FILE", help="landmarks of the AP view")
    parser.add_argument("--lateral", metavar="FILE", help="landmarks of the lateral view")
    parser.add_argument("--ap-image", metavar="FILE", help="the radiograph on which the AP landmarks lie in 3D Slicer")
    parser.add_argument("--lateral-image", metavar="FILE", help="the same for the lateral landmarks")
    add_case_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read, measure, write and print. Raises FootDeformityError."""
    from FootDeformityLib.case.from_landmark_file import view_from_landmark_file
    from FootDeformityLib.files.case_results import check_results_folder
    from FootDeformityLib.hosts.command_line.finish import finish_case
    from FootDeformityLib.measure.criteria import load_criteria
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.radiographs.read import read_radiograph

    given = {"AP": (args.ap, args.ap_image), "lateral": (args.lateral, args.lateral_image)}
    for view, (landmarks, image) in given.items():
        if image is not None and landmarks is None:
            option = f"--{view.lower()}"
            raise FootDeformityError(
                f"{option}-image is given without {option}: expected the landmarks that lie on it "
                f"(or use footdeformity analyze {option} {image} to find them)."
            )
    if args.ap is None and args.lateral is None:
        raise FootDeformityError("No landmarks given: expected --ap FILE, --lateral FILE or both.")
    load_criteria(args.criteria)
    check_results_folder(args.out)
    scheme = load_scheme()
    radiographs = {view: read_radiograph(image) for view, (_, image) in given.items() if image is not None}
    views = {
        view: view_from_landmark_file(landmarks, view, scheme, radiographs.get(view))
        for view, (landmarks, _) in given.items()
        if landmarks is not None
    }
    finish_case(args, views, radiographs)
    return 0
