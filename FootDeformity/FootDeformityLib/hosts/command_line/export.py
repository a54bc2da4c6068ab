"""``footdeformity export``: a finished run as a model folder."""

from __future__ import annotations

import argparse

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity export runs/ap --data radiographs --out models/ap
  footdeformity export runs/ap2 --out models/ap2 --blend models/ap --share 0.75      fine-tuned with --init models/ap
  footdeformity export runs/ap-all --cross-validation runs/cv/figures --out models/ap         trained with --split all
  footdeformity export runs/flat --out models/flat        a FlatNet run: both stages, once every landmark is trained"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "export",
        "turn a training run into a model that detects",
        "Validate the run's best network on its validation images, calibrate the confidence on them and write\n"
        "weights.safetensors (half precision), model.json and MODEL_CARD.md. A run on all images (--split all) takes\n"
        "figures and confidence from the cross-validation of its recipe.",
        _EXAMPLES,
    )
    parser.add_argument("run_folder", metavar="RUN", help="folder that train wrote")
    parser.add_argument("--data", metavar="DIR", help="annotated radiographs (default: where the run read them)")
    parser.add_argument("--out", required=True, metavar="MODELDIR", help="folder of the new model")
    parser.add_argument("--cross-validation", metavar="DIR", help="figures of the same recipe, from cross-validate")
    parser.add_argument(
        "--other-recipe",
        action="store_true",
        help="take these figures although the folds were trained otherwise; the card says how",
    )
    parser.add_argument("--remarks", metavar="FILE", help="Markdown for the card: who placed the points, known limits")
    parser.add_argument("--name", help="name of the model (default: footdeformity-VIEW-PRESET)")
    parser.add_argument("--blend", metavar="MODELDIR", help="blend with the model that a fine-tuning run started from")
    parser.add_argument("--share", type=float, metavar="X", help="share of the run's weights, 0..1 (with --blend: 0.5)")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for an unusable run or data."""
    from FootDeformityTrainingLib.export_model import export_model

    if args.share is not None and args.blend is None:
        raise FootDeformityError("--share needs --blend MODELDIR.")
    blend = None if args.blend is None else (args.blend, 0.5 if args.share is None else args.share)
    export_model(
        args.run_folder,
        args.out,
        args.data,
        args.name,
        args.remarks,
        blend,
        cross_validation=args.cross_validation,
        other_recipe=args.other_recipe,
    )
    return 0
