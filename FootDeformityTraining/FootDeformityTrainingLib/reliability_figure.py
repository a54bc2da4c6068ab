"""The picture of a model's confidence: both reliability diagrams, and how early the worst images are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from FootDeformityTrainingLib.evaluation.drawing import MODEL_COLOURS, PREDICTION, grid_of, new_figure, png, quiet
from FootDeformityTrainingLib.look_first import found_early
from FootDeformityTrainingLib.metrics import Array

CAPTION = (
    "Left: confidence of a point against how often it was within the limit. Middle: expected against true error, in % "
    "of the foot length. Dots: tenths of the points; broken line: perfect; shaded: the area. Right: share of the worst "
    "tenth of the images, by their certain points, that is found by looking at the most doubtful ones first; broken "
    "line: in any order."
)
_GREY = "#8b95a3"


def reliability_figure(check: Mapping[str, Any], doubt: Array, error: Array) -> bytes:
    """PNG of three panels. check: `calibration.confidence_check`; doubt, error: (N,) of the images."""
    figure = new_figure(9.6, 3.1)
    shares, means, order = grid_of(figure, 1, 3)[0]
    confidence = [(part["mean_confidence"], list(part.values())[2]) for part in check["reliability"]]
    errors = [(part["expected_percent"], part["error_percent"]) for part in check["expected_error"]]
    for axes, pairs, words in (
        (shares, confidence, ("confidence", "share within the limit", f"area {check['reliability_area']:.3f}")),
        (
            means,
            errors,
            ("expected error, %", "true error, %", f"area {check['expected_error_area_percent']:.2f} %"),
        ),
    ):
        x, y = np.array(pairs).T
        axes.fill_between(x, x, y, color=MODEL_COLOURS[0], alpha=0.18, linewidth=0)
        axes.plot(x, y, "o-", color=MODEL_COLOURS[0], markersize=4, linewidth=1)
        top = 1.0 if axes is shares else 1.05 * float(max(x.max(), y.max()))
        axes.plot([0, top], [0, top], "--", color=_GREY, linewidth=0.9)
        axes.set_xlabel(words[0], fontsize=9)
        axes.set_ylabel(words[1], fontsize=9)
        axes.set_title(f"{words[2]}, n = {check['n']}", fontsize=9)
        quiet(axes, "both")
    known = np.isfinite(error)
    ranked = np.argsort(-doubt[known], kind="stable")
    _, count = found_early(doubt, error, 0.1)
    worst = np.isin(ranked, np.argsort(-error[known], kind="stable")[:count])
    looked = np.arange(len(ranked) + 1) / max(len(ranked), 1)
    order.step(looked, np.concatenate([[0], np.cumsum(worst) / max(count, 1)]), color=PREDICTION, where="post")
    order.plot([0, 1], [0, 1], "--", color=_GREY, linewidth=0.9)
    order.set_xlabel("share of images looked at", fontsize=9)
    order.set_ylabel("share of the worst tenth found", fontsize=9)
    order.set_title(f"look at this first, n = {len(ranked)}", fontsize=9)
    quiet(order, "both")
    return png(figure)
