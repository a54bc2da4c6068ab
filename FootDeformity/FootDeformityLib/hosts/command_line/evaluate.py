"""``footdeformity evaluate``: the tables and figures of the paper for models on annotated radiographs."""

from __future__ import annotations

import argparse
from pathlib import Path

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command, add_out_option

_EXAMPLES = """\
  footdeformity evaluate --data radiographs --model shipped=Resources/Models --out evaluation
  footdeformity evaluate --data radiographs --view ap --model HIH=models/hih-ap --model FlatNet=models/flatnet-ap \\
                         --out evaluation
  footdeformity evaluate --data heads --scheme cephalo19.json --model HIH=models/heads --split test --out evaluation

--data is a folder as train reads it; of its manifest.csv the optional columns age_years, sex, weight_bearing,
aspect_known and spacing_mm are used, too. The first model of a view is the one that others are compared with."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "evaluate",
        "judge models on annotated radiographs: tables and figures of the paper",
        "Run models on annotated radiographs and write tables (cohort, deformities, errors, success rates, landmarks,\n"
        "efficiency, agreement) and figures as CSV, Markdown, PNG and one HTML page. Images whose pixels are not\n"
        "known to be square enter no figure of angles, deformities or agreement.",
        _EXAMPLES,
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="annotated radiographs")
    parser.add_argument(
        "--model",
        required=True,
        action="append",
        type=named_model,
        metavar="NAME=PATH",
        help="a model folder, or a folder of such (one a view); may be given several times",
    )
    parser.add_argument("--view", metavar="VIEW", help="only this view (default: all that the models detect)")
    parser.add_argument(
        "--split", choices=("val", "train", "test", "all"), default="val", help="which images (default: val)"
    )
    parser.add_argument("--scheme", default="foot27", metavar="NAME", help="landmark scheme, name or JSON file")
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="also on images made darker, brighter, inverted, turned, mirrored, resized, compressed; 12 times as long",
    )
    add_out_option(parser, "folder for the results; made if it is not there")


def named_model(text: str) -> tuple[str, Path]:
    """Read NAME=PATH; without a name the folder's. Raises argparse.ArgumentTypeError for an empty part."""
    name, separator, path = text.partition("=")
    if not separator:
        name, path = Path(text).name, text
    if not name.strip() or not path.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=PATH, such as HIH=models/ap")
    return name.strip(), Path(path)


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for unusable data or models."""
    from FootDeformityTrainingLib.evaluation.evaluate import evaluate

    evaluate(args.data, args.model, args.out, args.view, args.split, args.scheme, with_robustness=args.robustness)
    return 0
