"""What the commands' options have in common."""

from __future__ import annotations

import argparse
import math
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Subparsers: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = object

#: FractionOfAYear is not asked for: "14" and "14.5" are ages
_OLDEST = 130.0


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples as they are written; options wrap at the terminal's width."""


def add_command(
    subparsers: Subparsers, name: str, summary: str, description: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command with a description and examples below its options."""
    return subparsers.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"examples:\n{examples}",
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )


def add_case_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that describe one foot and where its results go."""
    parser.add_argument(
        "--age", type=age_in_years, metavar="YEARS", help="age at the exposure; children have own limits"
    )
    parser.add_argument("--side", choices=("left", "right"), help="side of the foot")
    parser.add_argument(
        "--weight-bearing",
        choices=("yes", "no", "unknown"),
        help="whether the person stood on the foot; every diagnosis assumes it",
    )
    parser.add_argument(
        "--criteria",
        default="literature",
        metavar="NAME",
        help="criteria profile: literature (default), lee2025-calibrated, or a file of your own",
    )
    add_out_option(parser, "folder for the results; made if it is not there")


def add_out_option(parser: argparse.ArgumentParser, words: str) -> None:
    """Add --out DIR."""
    parser.add_argument("--out", required=True, type=folder_name, metavar="DIR", help=words)


def add_detector_option(parser: argparse.ArgumentParser) -> None:
    """Add --detector NAME|PATH."""
    parser.add_argument(
        "--detector",
        action="append",
        default=[],
        metavar="NAME|PATH",
        help="model that finds the landmarks of its view instead of the shipped one: folder that export wrote, HIH or "
        "FlatNet, or name of an installed model; once a view",
    )


def add_any_image_option(parser: argparse.ArgumentParser) -> None:
    """Add --any-image."""
    parser.add_argument(
        "--any-image",
        action="store_true",
        help="place points even on an image that does not look like an AP or lateral foot; a warning stays",
    )


def folder_name(text: str) -> str:
    """Refuse an empty name, such as that of a shell variable which is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; give a folder for the results")
    return text


def age_in_years(text: str) -> float:
    """Read an age. Raises argparse.ArgumentTypeError with a sentence."""
    try:
        age = float(text) if re.fullmatch(r"\s*\+?\d+(\.\d*)?\s*", text) else math.nan
    except ValueError:
        age = math.nan
    if not 0 <= age <= _OLDEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no age; give years from 0 to {_OLDEST:.0f}, for example 14 or 14.5"
        )
    return age
