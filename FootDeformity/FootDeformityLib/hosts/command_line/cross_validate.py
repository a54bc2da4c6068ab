"""``footdeformity cross-validate``: the runs of all folds judged together on images they were not trained on."""

from __future__ import annotations

import argparse

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command, add_out_option

_EXAMPLES = """\
  for k in 1 2 3 4 5; do footdeformity train hih --view ap --data radiographs --split $k/5 --out runs/cv/$k; done
  footdeformity cross-validate runs/cv/1 runs/cv/2 runs/cv/3 runs/cv/4 runs/cv/5 --out runs/cv/figures
  footdeformity cross-validate runs/cv/? --simulated other-feet --out runs/cv/figures
  footdeformity train hih --view ap --data radiographs --split all --out runs/ap
  footdeformity export runs/ap --cross-validation runs/cv/figures --out models/ap

Patients are dealt out to the folds by source and weight-bearing, the same way for the same --seed. Simulated images
are trained on in every fold and held out in none."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "cross-validate",
        "judge the runs of all folds on the images that each held out",
        "Run each fold's network over the images it was not trained on and pool them: errors of points and angles,\n"
        "points on wrong bones, confidence, and the order in which a worklist shows the images, with 95 % intervals\n"
        "over patients. Writes cross_validation.json, .html, .md, tables as CSV and pictures as PNG.",
        _EXAMPLES,
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folders of train --split K/N, one for each fold")
    parser.add_argument("--data", metavar="DIR", help="annotated radiographs (default: where the runs read them)")
    parser.add_argument(
        "--simulated", metavar="DIR", help="simulated feet; the first fold judges those it was not trained on"
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        metavar="X",
        help="blend each run with the model that it started from, as export --blend does: share of the run's weights",
    )
    add_out_option(parser, "folder for the figures; made if it is not there")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for runs that do not belong together or data that are not theirs."""
    from FootDeformityTrainingLib.cross_validation import cross_validate

    cross_validate(args.runs, args.out, args.data, args.simulated, args.share)
    return 0
