"""``footdeformity simulate``: weight-bearing radiographs that show no patient, with exact landmarks and angles."""

from __future__ import annotations

import argparse
import time

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command, add_out_option

_VIEWS = {"ap": "AP", "lateral": "lateral"}
_EXAMPLES = """\
  footdeformity simulate --procedural --count 20 --out simulated
  footdeformity simulate --meshes meshes/vhf_right --count 1500 --size 512 --out simulated --views ap
  footdeformity train hih --view ap --data simulated --out runs/simulated

DIR gets one image and one Slicer landmark file (.mrk.json) a view and person, manifest.csv, which train reads, and
truth.csv with side, age, deformity and the angles of the bones in space. The same seed gives the same files. Run the
command again to go on after an interruption, or with a larger --count to add people."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "simulate",
        "make weight-bearing radiographs with exact landmarks",
        "Simulate weight-bearing radiographs of feet of all ages with every degree of the five deformities.",
        _EXAMPLES,
    )
    shapes = parser.add_mutually_exclusive_group(required=True)
    shapes.add_argument("--meshes", metavar="DIR", help="bones of one right foot, one .ply file a bone")
    shapes.add_argument("--procedural", action="store_true", help="bones made of numbers, for tests and first steps")
    parser.add_argument("--count", type=int, default=10, metavar="N", help="number of people (default: 10)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random (default: 0)")
    parser.add_argument("--size", type=int, default=1024, metavar="PX", help="longer side of an image (default: 1024)")
    parser.add_argument("--views", default="ap,lateral", metavar="LIST", help="ap, lateral or both (default)")
    parser.add_argument("--dicom", action="store_true", help="write DICOM DX instead of 16-bit PNG")
    parser.add_argument("--processes", type=int, metavar="N", help="people at a time (default: one a processor core)")
    add_out_option(parser, "folder for the images")


def run(args: argparse.Namespace) -> int:
    """Run the command. Raises FootDeformityError for unusable meshes or settings."""
    views = _views(args.views)
    if args.processes is not None and args.processes < 1:
        raise FootDeformityError(f"--processes {args.processes}: give at least 1.")
    if args.seed < 0:
        raise FootDeformityError(f"--seed {args.seed}: give 0 or more.")
    from FootDeformityTrainingLib.simulation.simulate import PROCEDURAL, Simulation, simulate

    start, first = time.monotonic(), -1

    def say(done: int, count: int) -> None:
        nonlocal first
        first = done if first < 0 else first
        made = done - first
        pace = f", {(time.monotonic() - start) / made:.1f} s each" if made else ""
        print(f"{done} of {count} people{pace}", flush=True)

    shapes = PROCEDURAL if args.procedural else args.meshes
    simulation = Simulation(shapes, args.seed, args.size, views, args.dicom)
    print(simulate(simulation, args.out, args.count, args.processes, say))
    return 0


def _views(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.lower().split(",") if name.strip()]
    unknown = [name for name in names if name not in _VIEWS]
    if unknown or not names:
        raise FootDeformityError(f"--views {text!r}: give ap, lateral or ap,lateral.")
    return tuple(_VIEWS[name] for name in _VIEWS if name in names)
