"""``footdeformity train hih`` and ``train flatnet``: a network from annotated radiographs."""

from __future__ import annotations

import argparse
from pathlib import Path

from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity train hih --view ap --data radiographs --out runs/ap
  footdeformity train hih --out runs/ap --resume                                     after an interruption
  footdeformity train hih --view ap --data corrected --init models/ap --out runs/ap2         fine-tuning
  footdeformity train hih --view lateral --data radiographs --out runs/lat --preset paper --device cuda
  footdeformity train hih --view ap --data radiographs --out runs/ap-fold1 --split 1/5             cross-validation
  footdeformity train hih --view ap --data radiographs --out runs/ap-all --split all
  footdeformity train hih --view ap --data radiographs --out runs/plain --set refinement=no --set learning_rate=5e-4
  torchrun --nproc-per-node 4 -m FootDeformityLib.hosts.command_line.main train hih --view ap ...      four GPUs
  footdeformity train flatnet --view ap --data radiographs --out runs/flat --device cuda --backbone resnet101.pth
  footdeformity train flatnet --out runs/flat --stage 2 --landmarks A1,A2                       more of the same run
  footdeformity train view --data radiographs --also simulated --out runs/view        AP, lateral or something else

--data is a folder of radiographs with Slicer landmark files (.mrk.json, .fcsv) of the same name beside them,
or one with a manifest.csv (columns image, landmarks, view, patient, split; optional uncertain, aspect_known,
spacing_mm, source, licence). One patient is never in training and validation at once; without a manifest.csv
every image counts as a patient of its own. The data are checked first, as by check-data.
RUN then holds log.csv, tensorboard, pictures of augmented images (true points blue, found ones red), run.json
with every setting, and the checkpoints."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "train",
        "train a network from radiographs annotated in 3D Slicer",
        "Train HIH, or FlatNet, the published baseline: one network for all landmarks (stage 1), one for each (stage\n"
        "2). A checkpoint is written about every minute, at the end of an epoch; the best one by validation error is\n"
        "kept. Run export afterwards to get a model that detects.",
        _EXAMPLES,
    )
    parser.add_argument("network", choices=("hih", "flatnet", "view"), help="network to train")
    parser.add_argument("--view", default="", metavar="VIEW", help="ap, lateral or another view of the scheme")
    parser.add_argument("--data", default="", metavar="DIR", help="annotated radiographs")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="DIR",
        help="view only: one more folder with a manifest.csv; its split test is judged and never trained on",
    )
    parser.add_argument("--out", required=True, metavar="RUN", help="folder of the run")
    parser.add_argument(
        "--preset",
        default="",
        metavar="NAME",
        help="size: compact (HIH's default), paper (FlatNet's), or small (FlatNet)",
    )
    parser.add_argument("--init", default="", metavar="MODELDIR", help="start from this model (fine-tuning)")
    parser.add_argument("--epochs", metavar="N", help="passes over the images (default: 150, paper 100, --init 40)")
    parser.add_argument("--batch", metavar="N", help="images a step, over all GPUs (default: 8, paper 4)")
    parser.add_argument("--seed", metavar="N", help="of everything random (default: 0)")
    parser.add_argument(
        "--split",
        metavar="K/N|all",
        help="hold out fold K of N, for cross-validate, or nothing (default: as the data say)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any setting of run.json, for example learning_rate=5e-4, refinement=no, decimal_size=0, patience=5",
    )
    parser.add_argument(
        "--config", dest="config_file", default="", metavar="FILE", help="such settings as a JSON object"
    )
    parser.add_argument("--scheme", default="", metavar="NAME", help="landmark scheme, name or JSON file")
    parser.add_argument("--device", default="auto", metavar="NAME", help="cpu, cuda, cuda:1 (default: cuda if there)")
    parser.add_argument("--strict", action="store_true", help="refuse data with unusable pairs (default: skip them)")
    parser.add_argument("--check-csv", dest="table", default="", metavar="FILE", help="write what the data check found")
    flatnet = parser.add_argument_group("flatnet only")
    flatnet.add_argument(
        "--stage", default="", choices=("1", "2", "all"), help="1: all landmarks roughly; 2: each closely"
    )
    flatnet.add_argument("--landmarks", default="", metavar="IDS", help="of stage 2, with commas (default: all)")
    flatnet.add_argument(
        "--backbone", default="", metavar="FILE", help="first weights of stage 1's ResNet (torchvision)"
    )
    flatnet.add_argument("--encoder", default="", metavar="FILE", help="first weights of stage 2's encoder (timm)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in RUN")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for unusable data or settings."""
    from FootDeformityTrainingLib.train_network import train_network
    from FootDeformityTrainingLib.training_order import TrainingOrder

    values = {name: getattr(args, name) for name in ("epochs", "batch", "seed", "split")}
    named = [f"{name}={value}" for name, value in values.items() if value is not None]
    # options are named as the fields of the order, but for these
    order = {name: value for name, value in vars(args).items() if name in TrainingOrder.__dataclass_fields__}
    order |= {"out": Path(args.out), "settings": (*named, *args.set), "also": tuple(args.also)}
    train_network(TrainingOrder(**order))
    return 0
