"""cross_validation.json, and whether it speaks of a run that is to become a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.fold_runs import recipe_of
from FootDeformityTrainingLib.split import ALL
from FootDeformityTrainingLib.training_config import TrainingConfig
from FootDeformityTrainingLib.training_loop import settings_differences

NAME = "cross_validation"
FIGURES, PICTURE = f"{NAME}.json", "reliability.png"
FORMAT = 2


def read_cross_validation(folder: str | Path) -> dict[str, Any]:
    """The figures that cross-validate wrote. Raises FootDeformityError if the folder holds none of this version."""
    path = Path(folder) / FIGURES
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        found = values["format"]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise FootDeformityError(
            f"{folder}: {FIGURES} cannot be read ({error}). Give the folder that cross-validate wrote."
        ) from error
    if found != FORMAT:
        raise FootDeformityError(f"{path}: format {found}, this version reads {FORMAT}. Run cross-validate again.")
    return values


def check_speaks_of(
    values: dict[str, Any],
    folder: str | Path,
    run: Path,
    config: TrainingConfig,
    share: float,
    images: set[str],
    other_recipe: bool = False,
) -> list[str]:
    """Raise FootDeformityError unless the folds were trained as the run was, on the images that it was trained on.

    share: of the run's weights in the model; images: fingerprints of the run's images. other_recipe: the run may have
    other settings, and images that the folds had not; the differences are returned in words, for the card.
    """
    if config.split != ALL:
        words = f"holds out fold {config.split}" if config.split else "holds out the data's own validation images"
        raise FootDeformityError(
            f"{run}: {words}. Figures of a cross-validation stand for the network that was trained on all images: give "
            f"the run of train --split {ALL}."
        )
    # another seed is the same recipe; it need not be the folds' one
    different = [
        words for words in settings_differences(values["recipe"], recipe_of(config)) if not words.startswith("seed:")
    ]
    judged = set(values["images_sha256"])
    if share != values["share_of_run"]:
        different.append(f"share of the run's weights: {values['share_of_run']:g} then, {share:g} now")
    different = [words.replace(" then, ", " in the folds, ").replace(" now", " here") for words in different]
    if other_recipe and judged <= images:
        more = len(images - judged)
        return [*different, *([f"{more} images more here"] if more else [])]
    if different:
        words = ", ".join(different)
        raise FootDeformityError(
            f"{folder}: its folds were trained otherwise than {run} ({words}), so its figures say nothing about it. "
            "Train the folds and the run with the same settings, or export with --other-recipe, and the card says so."
        )
    if judged != images:
        raise FootDeformityError(
            f"{folder}: its folds were trained on {len(judged)} images, {run} on {len(images)}, and "
            f"{len(judged ^ images)} are not the same. Use one data folder for the folds and the run."
        )
    return []
