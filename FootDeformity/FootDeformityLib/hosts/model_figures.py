"""What a model's card says, in ready texts for the tables of every host. No torch here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ModelFigures:
    """Texts; "?" where the card does not say. Errors in % of foot length, on patients that the network never saw.

    judged_by: "5 folds" for a cross-validated recipe, else "validation": one split. angles: mean errors in degrees
    with n, "" where the card has none.
    """

    parameters: str
    images: str
    judged_by: str
    certain_points: str
    certain_error: str
    points: str
    error: str
    success_4_percent: str
    angles: str


def model_figures(notes: Mapping[str, Any]) -> ModelFigures:
    """Return the figures of the notes in a model.json."""
    parameters, images = notes.get("parameters"), notes.get("training_images")
    figures = notes.get("validation", {})
    certain, every = (figures.get(part, {}) for part in ("certain", "all"))
    folds = notes.get("cross_validation", {}).get("folds")
    return ModelFigures(
        f"{parameters / 1e6:.2f} M" if parameters else "?",
        f"{images} images" if images else "?",
        f"{folds} folds" if folds else "validation" if figures else "?",
        str(certain.get("n", "?")),
        _percent(certain.get("error_percent"), 2),
        str(every.get("n", "?")),
        _percent(every.get("error_percent"), 2),
        _percent(every.get("sdr_percent", {}).get("4"), 1),
        ", ".join(_angle(angle) for angle in figures.get("angles", {}).values() if angle["all"]["n"]),
    )


def read_description(folder: Path) -> Mapping[str, Any]:
    """Return what the model.json of a folder says, empty where there is none to read."""
    try:
        description = json.loads((folder / "model.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return description if isinstance(description, dict) else {}


def _percent(value: float | None, decimals: int) -> str:
    return "?" if value is None else f"{value:.{decimals}f} %"


def _angle(angle: Mapping[str, Any]) -> str:
    return f"{angle['label']} {angle['all']['error_degrees']:.1f} (n = {angle['all']['n']})"
