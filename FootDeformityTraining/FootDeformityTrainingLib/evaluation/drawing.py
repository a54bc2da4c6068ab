"""What the figures have in common: matplotlib without a window, PNG bytes out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

TRUTH, PREDICTION = "#2f6fdb", "#d92f2f"
#: one a model, told apart by most eyes; hatches help the others
MODEL_COLOURS = ("#2b5c8a", "#d98032", "#4f9d69", "#8a5aa8", "#7a7a7a")
HATCHES = ("", "//", "..", "xx", "\\\\")
_INK = "#3b424c"


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that can be saved without a window."""
    figure = Figure(figsize=(width, height), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def quiet(axes: Axes, grid: str = "y") -> None:
    """Axes without box and ink that says nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#aab2bd")
    axes.tick_params(colors=_INK, labelsize=8)
    if grid:
        axes.grid(axis="both" if grid == "both" else "y" if grid == "y" else "x", color="#e4e7eb", linewidth=0.7)
    axes.set_axisbelow(True)


def grid_of(figure: Figure, rows: int, columns: int) -> Sequence[Sequence[Axes]]:
    """Axes by row and column."""
    return [list(row) for row in figure.subplots(rows, columns, squeeze=False)]


def legend_above(figure: Figure, axes: Axes, columns: int) -> None:
    """The names of what ``axes`` shows, in rows above everything, where they cover no bar."""
    named = axes.get_legend_handles_labels()
    figure.legend(*named, loc="outside upper center", ncols=columns, fontsize=8, frameon=False)


def png(figure: Figure) -> bytes:
    """The figure as a PNG file, without empty margins."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", facecolor="white", bbox_inches="tight", pad_inches=0.05)
    return stream.getvalue()
