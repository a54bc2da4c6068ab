"""``footdeformity models``: which models are there and what their cards say."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.command_line.parsing import Subparsers, add_command
from FootDeformityLib.hosts.model_figures import ModelFigures, model_figures
from FootDeformityLib.network.model_library import model_for, user_models_folder

if TYPE_CHECKING:
    from FootDeformityLib.network.model_folder import ModelFolder

_EXAMPLES = """\
  footdeformity models
  footdeformity models models/mine          beside the installed ones

Errors are those of each model's own card: in % of foot length, certain points and all points, either of the folds of a
cross-validation of its recipe or on its validation patients, none of whom the judged network was trained on. Compare
models by evaluate, on the same images."""
_HEAD = (
    "", "Model", "View", "Parameters", "Trained on", "Judged by", "n", "Error certain", "n", "Error all", "SDR 4 %",
    "Folder",
)  # fmt: skip


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = add_command(
        subparsers,
        "models",
        "list installed models with the figures of their cards",
        "List the installed models; * marks the one that detects its view.",
        _EXAMPLES,
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="other model folders, or folders of such")


def run(args: argparse.Namespace) -> int:
    """Print the table. Broken models are named below it (exit code 1). Raises FootDeformityError if there is none."""
    from FootDeformityLib.network.model_folder import SETTINGS, read_model
    from FootDeformityLib.resources import resource_path

    rows: list[tuple[str, ...]] = [_HEAD]
    angles, problems = [], []
    installed = [root for root in (resource_path("Models"), user_models_folder()) if root.is_dir()]
    for root in [*installed, *map(Path, args.folders)]:
        found = sorted(file.parent for file in [*root.glob(SETTINGS), *root.glob(f"*/{SETTINGS}")])
        if not found:
            problems.append(f"{root}: no model here ({SETTINGS} is missing). Give a folder that export wrote.")
        for folder in found:
            try:
                model = read_model(folder)
                figures = model_figures(model.notes)
                rows.append(_row(model, folder, figures))
                angles += [f"  {model.name}: {figures.angles}"] if figures.angles else []
            except FootDeformityError as error:
                problems.append(str(error))
    if len(rows) == 1:
        raise FootDeformityError(" ".join(problems))
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if angles:
        print("Mean angle errors in degrees against the readers:")
    for line in (*angles, *problems):
        print(line)
    return 1 if problems else 0


def _row(model: ModelFolder, folder: Path, figures: ModelFigures) -> tuple[str, ...]:
    return (
        "*" if _in_use(model, folder) else "",
        model.name,
        model.view,
        figures.parameters,
        figures.images,
        figures.judged_by,
        figures.certain_points,
        figures.certain_error,
        figures.points,
        figures.error,
        figures.success_4_percent,
        str(folder),
    )


def _in_use(model: ModelFolder, folder: Path) -> bool:
    try:
        return folder.resolve() == model_for(model.view).resolve()
    except FootDeformityError:  # a model of another scheme's view, or the chosen one is gone
        return False
