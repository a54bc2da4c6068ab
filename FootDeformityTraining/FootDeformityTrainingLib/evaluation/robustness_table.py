"""Table 8 and figure 8: how much the error grows on disturbed images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.drawing import MODEL_COLOURS, PREDICTION, grid_of, new_figure, png, quiet
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

    One panel a view and model; broken line: the certain points' plain error and a quarter more.
    """
    panels = list(dict.fromkeys((row.view, row.model) for row in figures))
    most = max(sum((row.view, row.model) == panel for row in figures) for panel in panels)
    figure = new_figure(9.0, (0.35 * most + 0.9) * len(panels))
    for number, (panel, (axes,)) in enumerate(zip(panels, grid_of(figure, len(panels), 1), strict=True)):
        rows = [row for row in figures if (row.view, row.model) == panel]
        places = np.arange(len(rows))
        colour = MODEL_COLOURS[0]
        axes.barh(places - 0.2, [row.certain for row in rows], 0.38, color=colour, label="certain points")
        axes.barh(places + 0.2, [row.all for row in rows], 0.38, color=colour, alpha=0.45, label="all points")
        axes.plot([row.worst for row in rows], places, "D", color="#7a7a7a", markersize=4, label="worst image")
        limit = (1 + MOST_GROWTH) * rows[0].certain
        axes.axvline(limit, color=PREDICTION, linestyle="--", linewidth=0.9, label="certain, plain + 25 %")
        for place, row in zip(places, rows, strict=True):
            if row.grows_too_much:
                axes.annotate(TOO_MUCH, (row.worst, place), xytext=(8, -3), textcoords="offset points", fontsize=7)
        axes.set_yticks(places, [row.disturbance for row in rows])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_title(f"{panel[0]}, {panel[1]}, n = {rows[0].images} images", fontsize=9)
        quiet(axes, "x")
        if number == 0:
            figure.legend(
                *axes.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=8, frameon=False
            )
    axes.set_xlabel(f"error, % of {unit}", fontsize=9)
    return png(figure)
