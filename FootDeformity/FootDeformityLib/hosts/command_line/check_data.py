"""``footdeformity check-data``: what is wrong with annotated radiographs, before a network learns from them."""

from __future__ import annotations

import argparse
from pathlib import Path

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity check-data radiographs --view ap
  footdeformity check-data radiographs --view lateral --csv findings.csv"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "check-data",
        "list annotated radiographs that cannot be trained on",
        "Read every pair of image and landmark file of a view and list the unusable: unreadable files, wrong view,\n"
        "duplicate or unknown names, unknown coordinate system, points off the image, swapped or misplaced landmarks.\n"
        "Missing points and files that no person has touched are noted. Ends with 1 if a pair is unusable.",
        _EXAMPLES,
    )
    parser.add_argument("data", metavar="DIR", help="annotated radiographs, as for train")
    parser.add_argument("--view", required=True, metavar="VIEW", help="ap, lateral or another view of the scheme")
    parser.add_argument("--scheme", default="foot27", metavar="NAME", help="landmark scheme, name or JSON file")
    parser.add_argument("--csv", metavar="FILE", help="write one row a pair with what was found")
    parser.add_argument("--thumbnails", metavar="DIR", help="write a small picture of every readable image")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for a folder without annotated radiographs."""
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityTrainingLib.data_check import check_data
    from FootDeformityTrainingLib.dataset import DatasetRow, read_rows
    from FootDeformityTrainingLib.sample import Sample
    from FootDeformityTrainingLib.thumbnail import write_thumbnail

    def keep(_: DatasetRow, sample: Sample) -> None:
        write_thumbnail(Path(args.thumbnails), sample)

    scheme = load_scheme(args.scheme)
    view, folder = scheme.view_named(args.view), Path(args.data)
    rows = read_rows(folder, view, scheme)
    report = check_data(rows, scheme, view, keep if args.thumbnails else None, folder)
    print(report.table())
    if args.csv:
        report.write_csv(args.csv)
    return 1 if report.unusable else 0
