"""``footdeformity train hih``: a network from annotated radiographs."""

from __future__ import annotations

import argparse

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity train hih --view ap --data radiographs --out runs/ap
  footdeformity train hih --view ap --data radiographs --out runs/ap --resume        after an interruption
  footdeformity train hih --view lateral --data radiographs --out runs/lat --preset paper --device cuda

--data is a folder of radiographs with Slicer landmark files (.mrk.json, .fcsv) of the same name beside them,
or one with a manifest.csv (columns image, landmarks, view, patient, split; optional uncertain, aspect_known,
spacing_mm, source, licence). One patient is never in training and validation at once; without a manifest.csv
every image counts as a patient of its own."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "train",
        "train a network from radiographs annotated in 3D Slicer",
        "Train HIH. A checkpoint is written about every minute, at the end of an epoch; the best one by validation\n"
        "error is kept. Run export afterwards to get a model that detects.",
        _EXAMPLES,
    )
    parser.add_argument("network", choices=("hih",), help="network to train")
    parser.add_argument("--view", required=True, metavar="VIEW", help="ap, lateral or another view of the scheme")
    parser.add_argument("--data", required=True, metavar="DIR", help="annotated radiographs")
    parser.add_argument("--out", required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--preset", choices=("paper", "compact"), default="compact", help="size (default: compact)")
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="passes over the training images (default: 150, paper: 100)"
    )
    parser.add_argument("--batch", type=int, metavar="N", help="images a step (default: 8, paper: 4)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random (default: 0)")
    parser.add_argument("--scheme", default="foot27", metavar="NAME", help="landmark scheme, name or JSON file")
    parser.add_argument("--device", default="auto", metavar="NAME", help="cpu, cuda, cuda:1 (default: cuda if there)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in RUN")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for unusable data or settings."""
    if (args.epochs is not None and args.epochs < 1) or (args.batch is not None and args.batch < 2):
        raise FootDeformityError("--epochs must be at least 1 and --batch at least 2.")
    from FootDeformityTrainingLib.train_hih import train_hih

    train_hih(
        data=args.data,
        view=args.view,
        out=args.out,
        preset_name=args.preset,
        epochs=args.epochs,
        batch=args.batch,
        seed=args.seed,
        scheme_name=args.scheme,
        device=args.device,
        resume=args.resume,
    )
    return 0
