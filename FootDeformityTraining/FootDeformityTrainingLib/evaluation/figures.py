"""Figures 5 and 6 and the Bland-Altman plots."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.drawing import (
    HATCHES,
    MODEL_COLOURS,
    PREDICTION,
    grid_of,
    legend_above,
    new_figure,
    png,
    quiet,
)
from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult, LandmarkResult
from FootDeformityTrainingLib.evaluation.published import Published, published_label
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel
from FootDeformityTrainingLib.metrics import Mask
from FootDeformityTrainingLib.metrics_agreement import bland_altman
from FootDeformityTrainingLib.metrics_statistics import mean_with_interval


def landmark_figure(results: Sequence[LandmarkResult]) -> bytes:
    """Figure 5: NME of each landmark, one panel a view, bars with 95 % bootstrap intervals; pale: all points.

    Below each id stand the numbers of certain and of all points.
    """
    views = list(dict.fromkeys(result.cohort.view for result in results))
    figure = new_figure(9.5, 3.0 * len(views))
    for row, (view, (axes,)) in enumerate(zip(views, grid_of(figure, len(views), 1), strict=True)):
        of_view = [result for result in results if result.cohort.view == view]
        ids = of_view[0].cohort.ids
        width = 0.8 / (2 * len(of_view))
        for m, result in enumerate(of_view):
            for s, (words, mask) in enumerate(
                (("certain points", result.cohort.certain), ("all points", np.ones_like(result.cohort.certain)))
            ):
                found = [
                    mean_with_interval(1000 * result.nme[:, k], result.cohort.patients, mask[:, k])
                    for k in range(len(ids))
                ]
                value, low, high = np.array(found).T
                axes.bar(
                    np.arange(len(ids)) - 0.4 + (2 * m + s + 0.5) * width,
                    value,
                    width * 0.92,
                    yerr=np.array([value - low, high - value]),
                    color=MODEL_COLOURS[m % len(MODEL_COLOURS)],
                    alpha=1.0 if s == 0 else 0.45,
                    hatch=HATCHES[m % len(HATCHES)],
                    edgecolor="white",
                    linewidth=0,
                    error_kw={"elinewidth": 0.8, "ecolor": "#3b424c"},
                    label=f"{result.model}, {words}",
                )
        counts = [
            f"{name}\n{certain}/{every}"
            for name, certain, every in zip(
                ids, _placed(of_view[0], of_view[0].cohort.certain), _placed(of_view[0]), strict=True
            )
        ]
        axes.set_xticks(range(len(ids)), counts)
        axes.set_ylabel(f"{view}: NME x 1000", fontsize=9)
        quiet(axes)
        if row == 0:
            legend_above(figure, axes, columns=4)
    return png(figure)


def _placed(result: LandmarkResult, mask: Mask | None = None) -> list[int]:
    """How many images have each point in their truth."""
    placed = ~np.isnan(result.pixels)
    return [int(count) for count in (placed if mask is None else placed & mask).sum(axis=0)]


def efficiency_figure(models: Sequence[TestedModel], results: Sequence[LandmarkResult], published: Published) -> bytes:
    """Figure 6: parameters against seconds an image, published models as hollow marks."""
    figure = new_figure(6.5, 4.2)
    axes = grid_of(figure, 1, 1)[0][0]
    names = list(dict.fromkeys(model.name for model in models))
    known = [
        (model.name, model.view, model.parameters / 1e6, float(np.median(result.seconds)))
        for model, result in zip(models, results, strict=True)
        if model.parameters is not None
    ]
    slowest = {one[0]: one for one in sorted(known, key=lambda one: one[3])}
    for one in known:
        name, view, size, seconds = one
        axes.plot(size, seconds, "o", color=MODEL_COLOURS[names.index(name) % len(MODEL_COLOURS)], markersize=8)
        # the views of one model lie close together: the slower one's words stand above it, the other's below
        above = one is slowest[name]
        axes.annotate(
            f"{name} {view}: {size:.2f} M, {seconds:.2f} s",
            (size, seconds),
            xytext=(8, 1 if above else -1),
            textcoords="offset points",
            fontsize=8,
            va="bottom" if above else "top",
        )
    for name, figures in published.models.items():
        at = (figures.parameters / 1e6, figures.seconds_per_sample)
        axes.plot(*at, "o", markerfacecolor="none", markeredgecolor="#5b6675", markersize=8)
        label = f"{published_label(name)} (GPU)\n{at[0]:.1f} M, {at[1]:.2f} s"
        axes.annotate(label, at, xytext=(-8, -4), textcoords="offset points", fontsize=8, ha="right")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(0.3)
    axes.set_xlabel("parameters, million", fontsize=9)
    axes.set_ylabel("seconds an image", fontsize=9)
    quiet(axes, "both")
    return png(figure)


def bland_altman_figure(compared: Sequence[tuple[str, Sequence[AngleResult]]], difference: str) -> bytes | None:
    """One panel an angle and comparison: differences against means, bias and limits of agreement; None without data."""
    panels = [(who, angle) for who, angles in compared for angle in angles if np.isfinite(angle.differences).sum() > 1]
    if not panels:
        return None
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = new_figure(3.5 * columns, 2.9 * rows)
    flat = [axes for row in grid_of(figure, rows, columns) for axes in row]
    for axes in flat[len(panels) :]:
        axes.set_axis_off()
    for axes, (who, angle) in zip(flat, panels, strict=False):
        used = np.isfinite(angle.differences)
        differences, certain = angle.differences[used], angle.certain[used]
        means = angle.truth[used] + differences / 2
        plot = bland_altman(differences, np.zeros_like(differences))
        axes.axhspan(plot.bias_low, plot.bias_high, color="#d8dde4", linewidth=0)
        for level, style in ((plot.bias, "-"), (plot.lower, "--"), (plot.upper, "--"), (0.0, ":")):
            axes.axhline(level, color=PREDICTION if level else "#8b95a3", linestyle=style, linewidth=0.9)
        for mask, face in ((certain, MODEL_COLOURS[0]), (~certain, "none")):
            axes.plot(
                means[mask],
                differences[mask],
                "o",
                markersize=4,
                markerfacecolor=face,
                markeredgecolor=MODEL_COLOURS[0],
            )
        axes.set_title(
            f"{angle.label}, {who}\nbias {plot.bias:z.1f}, limits {plot.lower:z.1f} to {plot.upper:z.1f}, n = {plot.n}",
            fontsize=8,
        )
        axes.set_xlabel("mean of both, degrees", fontsize=8)
        quiet(axes)
    flat[0].set_ylabel(difference, fontsize=8)
    return png(figure)
