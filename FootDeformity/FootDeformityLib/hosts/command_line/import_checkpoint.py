"""``footdeformity import-checkpoint``: the authors' weights as a model folder of ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_VIEWS = {"ap": "AP", "lateral": "lateral"}
_EXAMPLES = """\
  footdeformity import-checkpoint best.pth --view ap --out models/ap-lee2025"""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "import-checkpoint",
        "turn a checkpoint of the code of Lee et al. 2025 into a model folder",
        "Read a checkpoint written by the HIH code released with Lee et al. 2025 and write it as a model folder\n"
        "(safetensors + model.json, full precision). Only tensors and numbers are unpickled.",
        _EXAMPLES,
    )
    parser.add_argument("checkpoint", metavar="FILE", help="the authors' .pth file")
    parser.add_argument("--view", choices=tuple(_VIEWS), required=True, help="view that the network was trained on")
    parser.add_argument("--out", required=True, metavar="MODELDIR", help="folder of the new model")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for anything that is not such a checkpoint."""
    from FootDeformityLib.measure.scheme import load_scheme
    from FootDeformityLib.network.hih import parameter_count
    from FootDeformityLib.network.imported_checkpoint import import_checkpoint
    from FootDeformityLib.network.model_folder import write_model

    view, scheme = _VIEWS[args.view], load_scheme()
    network, codec = import_checkpoint(args.checkpoint)
    expected, found = len(scheme.ids(view)), network.config.landmarks
    if found != expected:
        raise FootDeformityError(
            f"{args.checkpoint}: has {found} landmarks, the {view} view has {expected}. Choose the other --view?"
        )
    write_model(
        args.out,
        network,
        view=view,
        scheme=scheme,
        codec=codec,
        normalise=False,
        mean_shape=None,
        confidence=None,
        half=False,
        notes={
            "name": f"imported {Path(args.checkpoint).name}",
            "origin": "code released with Lee et al. 2025, Yonsei Med J 66(8):491-501",
            "limits": "expects one foot, upright, filling the image; confidence is the height of the peak",
        },
    )
    print(f"{args.out}: {view} model, {parameter_count(network) / 1e6:.1f} M parameters in use.")
    return 0
