"""Table 8 and figure 8: how much the error grows on disturbed images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.drawing import (
    MODEL_COLOURS,
    PREDICTION,
    grid_of,
    legend_above,
    new_figure,
    png,
    quiet,
)
from FootDeformityTrainingLib.evaluation.robustness import MOST_GROWTH, DisturbedFigures
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table

TOO_MUCH = "more than a quarter"


def robustness_table(figures: Sequence[DisturbedFigures], unit: str) -> Table:
    """One row a model, view and disturbance. unit: what relative errors are relative to, in words."""
    columns = (
        Column("view", "View"),
        Column("model", "Model"),
        Column("disturbance", "Images"),
        Column("images", "n images"),
        Column("n_certain", "n certain"),
        Column("certain_percent", f"Certain, % of {unit}", "number"),
        Column("certain_growth_percent", "Growth, %", "number", 1),
        Column("n_all", "n all"),
        Column("all_percent", f"All, % of {unit}", "number"),
        Column("all_growth_percent", "Growth, %", "number", 1),
        Column("worst_image_percent", "Worst image", "number"),
        Column("missed_images", "Nothing found"),
        Column("flag", "Grows by"),
    )
    rows: list[Sequence[Cell]] = [
        [
            row.view,
            row.model,
            row.disturbance,
            row.images,
            row.n_certain,
            row.certain,
            100 * row.growth_certain,
            row.n_all,
            row.all,
            100 * row.growth_all,
            row.worst,
            row.missed,
            TOO_MUCH if row.grows_too_much else "",
        ]
        for row in figures
    ]
    return Table(
        "table_8_robustness",
        "Table 8. Robustness against disturbed images",
        columns,
        rows,
        (
            "Each image was disturbed, written to an 8-bit PNG or JPEG file and read as a user's; so was the plain "
            "one. Growth: against the plain images, over points found on both. Worst image: mean of all its points.",
            f"Marked: a mean grows by more than {100 * MOST_GROWTH:.0f} %, or nothing was found on an image. "
            '"inverted" includes the reader, which recognises most negatives and turns them back.',
        ),
    )


def robustness_figure(figures: Sequence[DisturbedFigures], unit: str) -> bytes:
    """Figure 8: bars of the mean error of certain (full) and all (pale) points, a mark for the worst image.

    One panel a view and model; broken lines: the plain error of each and a quarter more.
    """
    panels = list(dict.fromkeys((row.view, row.model) for row in figures))
    most = max(sum((row.view, row.model) == panel for row in figures) for panel in panels)
    figure = new_figure(9.0, (0.35 * most + 0.9) * len(panels))
    for number, (panel, (axes,)) in enumerate(zip(panels, grid_of(figure, len(panels), 1), strict=True)):
        rows = [row for row in figures if (row.view, row.model) == panel]
        places = np.arange(len(rows))
        colour = MODEL_COLOURS[0]
        for kind, errors, side, alpha in (
            ("certain", [row.certain for row in rows], -0.2, 1.0),
            ("all", [row.all for row in rows], 0.2, 0.45),
        ):
            axes.barh(places + side, errors, 0.38, color=colour, alpha=alpha, label=f"{kind} points")
            limit, words = (1 + MOST_GROWTH) * errors[0], f"{kind}, plain + {100 * MOST_GROWTH:.0f} %"
            axes.axvline(limit, color=PREDICTION, linestyle="--", linewidth=0.9, alpha=alpha, label=words)
        axes.plot([row.worst for row in rows], places, "D", color="#7a7a7a", markersize=4, label="worst image")
        for place, row in zip(places, rows, strict=True):
            if row.grows_too_much:
                words = f"nothing found on {row.missed}" if row.missed else TOO_MUCH
                end = np.nan_to_num(row.worst)  # nothing found on any: no bar, no mark, but the words
                axes.annotate(words, (end, place), xytext=(8, -3), textcoords="offset points", fontsize=7)
        axes.set_yticks(places, [row.disturbance for row in rows])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_title(f"{panel[0]}, {panel[1]}, n = {rows[0].images} images", fontsize=9)
        quiet(axes, "x")
        if number == 0:
            legend_above(figure, axes, columns=5)
    axes.set_xlabel(f"error, % of {unit}", fontsize=9)
    return png(figure)
