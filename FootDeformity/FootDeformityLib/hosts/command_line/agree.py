"""``footdeformity agree``: how far two readers of the same radiographs agree."""

from __future__ import annotations

import argparse

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command, folder_name

_EXAMPLES = """\
  footdeformity agree first second --images radiographs --out agreement
  footdeformity agree first second --images radiographs/manifest.csv

Both folders hold landmark files (.mrk.json or .fcsv) of the same names. A manifest.csv tells whose pixels are known
to be square (aspect_known), how large they are (spacing_mm) and which images belong to one patient."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "agree",
        "compare two readers' landmark files of the same radiographs",
        "Distances of points per landmark, and ICC, Bland-Altman figures and smallest detectable change per angle.",
        _EXAMPLES,
    )
    parser.add_argument("first", metavar="A", help="folder of the first reader")
    parser.add_argument("second", metavar="B", help="folder of the second reader")
    parser.add_argument("--images", metavar="DIR", help="the radiographs, or a manifest.csv that names them")
    parser.add_argument("--scheme", default="foot27", metavar="NAME", help="landmark scheme, name or JSON file")
    parser.add_argument("--out", type=folder_name, metavar="DIR", help="folder for the page with plots and CSV files")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for unusable input."""
    from FootDeformityTrainingLib.evaluation.reader_agreement import agree

    agree(args.first, args.second, args.out, args.images, args.scheme)
    return 0
