"""``footdeformity web``: the reading room in a browser on this machine."""

from __future__ import annotations

import argparse
import importlib.util

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command

_EXAMPLES = """\
  footdeformity web                                opens on a sample pair
  footdeformity web ap.dcm lateral.dcm             one foot
  footdeformity web radiographs/                   a worklist: every correction is saved beside its image
  footdeformity web radiographs/ --out landmarks   the same, saved into another folder
  footdeformity web radiographs/ --second-reader --reader CD --blinded   reads alone: nobody's points are shown

The page is served to this machine only (127.0.0.1), and it loads nothing from anywhere else."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "web",
        "the reading room in a browser",
        "Open radiographs in a browser: landmarks are found, can be dragged while angles and deformities follow, and\n"
        "confirmed. A folder becomes a worklist for annotators. Ctrl-C ends it; edits are saved as they are made.",
        _EXAMPLES,
    )
    parser.add_argument(
        "paths", nargs="*", metavar="FILE_OR_FOLDER", help="one or two radiographs of a foot, or a folder"
    )
    parser.add_argument("--port", type=_port, default=8080, help="port on 127.0.0.1 (default: 8080; 0 = any free one)")
    parser.add_argument("--no-open", action="store_true", help="print the address, open no browser")
    parser.add_argument(
        "--out", metavar="DIR", help="worklist: folder for the landmark files (default: beside the images)"
    )
    parser.add_argument("--reader", default="", metavar="INITIALS", help="whose edits these are, else the page asks")
    parser.add_argument(
        "--second-reader", action="store_true", help="worklist: own files per reader, without the points of others"
    )
    parser.add_argument("--blinded", action="store_true", help="second reader: the network's points stay hidden, too")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    if importlib.util.find_spec("trame_slicer") is None:
        raise FootDeformityError(
            "The reading room needs trame-slicer, which is not installed. Install it with: "
            'pip install "footdeformity[browser]"'
        )
    from FootDeformityLib.hosts.browser.serve import serve

    return serve(
        args.paths,
        args.port,
        open_browser=not args.no_open,
        out=args.out,
        reader=args.reader,
        second_reader=args.second_reader,
        blinded=args.blinded,
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not (int(text) == 0 or 1024 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give one from 1024 to 65535, or 0 for any free one")
    return int(text)
