"""``footdeformity combine-data``: one data folder from several."""

from __future__ import annotations

import argparse
from pathlib import Path

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command, add_out_option

_EXAMPLES = """\
  footdeformity combine-data public corrected --view ap --out both
  footdeformity train hih --view ap --data both --out runs/ap"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "combine-data",
        "make one data folder from several",
        "Write a manifest.csv that names the annotated images of several folders; the images stay where they are.",
        _EXAMPLES,
    )
    parser.add_argument("folders", nargs="+", metavar="DIR", help="annotated radiographs, as for train")
    parser.add_argument("--view", required=True, metavar="VIEW", help="ap, lateral or another view of the scheme")
    parser.add_argument("--scheme", default="foot27", metavar="NAME", help="landmark scheme, name or JSON file")
    add_out_option(parser, "folder of the manifest; made if it is not there")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for a folder without annotated radiographs of the view."""
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityTrainingLib.combined_folder import combine_folders

    scheme, out = load_scheme(args.scheme), Path(args.out)
    view = scheme.view_named(args.view)
    count = combine_folders([Path(folder) for folder in args.folders], view, scheme, out)
    print(f"{out}: {count} {view} images of {len(args.folders)} folders")
    return 0
