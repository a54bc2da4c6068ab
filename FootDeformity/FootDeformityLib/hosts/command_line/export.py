"""``footdeformity export``: a finished run as a model folder."""

from __future__ import annotations

import argparse

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity export runs/ap --data radiographs --out models/ap"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "export",
        "turn a training run into a model that detects",
        "Validate the run's best network on its validation images, calibrate the confidence on them and write\n"
        "weights.safetensors (half precision), model.json and MODEL_CARD.md.",
        _EXAMPLES,
    )
    parser.add_argument("run_folder", metavar="RUN", help="folder that train wrote")
    parser.add_argument("--data", metavar="DIR", help="annotated radiographs (default: where the run read them)")
    parser.add_argument("--out", required=True, metavar="MODELDIR", help="folder of the new model")
    parser.add_argument("--name", help="name of the model (default: footdeformity-VIEW-PRESET)")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for an unusable run or data."""
    from FootDeformityTrainingLib.export_model import export_model

    export_model(args.run_folder, args.out, args.data, args.name)
    return 0
