"""The command ``footdeformity``: parses, runs one command, and says foreseeable problems in one sentence."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from FootDeformityLib import __version__
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import HelpFormatter

#: modules with add_parser(subparsers) and run(args) -> exit code; importing them must stay light
COMMANDS = (
    "analyze",
    "measure",
    "detect",
    "web",
    "check_data",
    "combine_data",
    "train",
    "cross_validate",
    "export",
    "import_checkpoint",
    "evaluate",
    "agree",
    "models",
    "simulate",
)

_DESCRIPTION = """\
From foot radiographs to 27 landmarks, 7 angles and 5 diagnoses.
Research software, not a medical device."""
_EXAMPLES = """\
examples:
  footdeformity analyze --ap ap.dcm --lateral lateral.dcm --age 34 --out results
  footdeformity measure --ap results/ap.mrk.json --ap-image ap.dcm --out corrected
  footdeformity detect images --view auto --out landmarks
  footdeformity analyze --help

exit codes: 0 done, 1 done but some files failed, 2 nothing done (the reason is printed), 130 interrupted"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="footdeformity",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"footdeformity {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"FootDeformityLib.hosts.command_line.{name}")
        module.add_parser(subparsers)
        subparsers.choices[name.replace("_", "-")].set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (default: sys.argv) and return the exit code; bugs raise."""
    args = build_parser().parse_args(arguments)
    _stop_like_ctrl_c()
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except FootDeformityError as error:
        print(f"footdeformity {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nfootdeformity: interrupted; nothing half-written is left behind.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe, such as head, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _stop_like_ctrl_c() -> None:
    """Let a polite kill clean up as Ctrl-C does; only the main thread may say so."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:
        return


if __name__ == "__main__":
    sys.exit(main())
