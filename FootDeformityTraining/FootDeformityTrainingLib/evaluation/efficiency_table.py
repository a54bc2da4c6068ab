"""Table 6: what a model costs: parameters, time of training and of one image."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.published import Published, published_label
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel


def efficiency_table(models: Sequence[TestedModel], results: Sequence[LandmarkResult], published: Published) -> Table:
    """One row a model and view; models and results belong together one by one."""
    rows: list[Sequence[Cell]] = []
    for model, result in zip(models, results, strict=True):
        seconds = result.seconds
        rows.append(
            [
                model.name,
                model.view,
                model.identity,
                None if model.parameters is None else model.parameters / 1e6,
                model.seconds_per_epoch,
                model.notes.get("training_images"),
                float(np.median(seconds)),
                float(np.percentile(seconds, 95)),
                len(seconds),
            ]
        )
    rows += [
        [
            published_label(name),
            "",
            "",
            figures.parameters / 1e6,
            figures.training_seconds_per_epoch,
            None,
            figures.seconds_per_sample,
            math.nan,
            None,
        ]
        for name, figures in published.models.items()
    ]
    return Table(
        "table_6_efficiency",
        "Table 6. Efficiency",
        (
            Column("model", "Model"),
            Column("view", "View"),
            Column("weights", "Weights"),
            Column("parameters_million", "Parameters, million", "number"),
            Column("training_seconds_per_epoch", "Training, s an epoch", "number", 1),
            Column("training_images", "Training images"),
            Column("seconds_per_image", "Detection, s an image (median)", "number", 3),
            Column("seconds_per_image_p95", "95th percentile", "number", 3),
            Column("n", "n"),
        ),
        rows,
        (
            "Detection: from decoded pixels to landmarks, warm, one image at a time, on the machine and beside the "
            "load of this evaluation. Training time as the model states it, on the machine that trained it.",
            *([published.note] if published.models else []),
        ),
    )
