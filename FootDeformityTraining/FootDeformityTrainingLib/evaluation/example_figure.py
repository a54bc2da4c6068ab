"""Figure 4: radiographs with the readers' points in blue and the model's in red."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.evaluation.drawing import PREDICTION, TRUTH, grid_of, new_figure, png
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.metrics import Array, image_means

#: which images are shown: by the mean error of the first model's certain points, as parts of the sorted list
_SHOWN = (("best", 0.0), ("median", 0.5), ("worst tenth", 0.9), ("worst", 1.0))
_MARGIN = 0.12


def example_figure(results: Sequence[LandmarkResult]) -> bytes:
    """One view: a column an image, a row a model. results: models of this view on the same images."""
    chosen = choose_examples(results[0])
    width = 3.4
    boxes = [_box(results, index) for _, index in chosen]
    tallest = max((box[3] - box[2]) / (box[1] - box[0]) for box in boxes)
    figure = new_figure(width * len(chosen), (width * min(tallest, 2.4) + 0.7) * len(results) + 0.3)
    axes = grid_of(figure, len(results), len(chosen))
    for column, ((words, index), box) in enumerate(zip(chosen, boxes, strict=True)):
        pixels = read_radiograph(results[0].cohort.rows[index].image).pixels
        for row, result in enumerate(results):
            _panel(axes[row][column], pixels, result, index, box)
            error = float(image_means(result.percent, result.cohort.certain)[index])
            if np.isnan(error):
                error = float(image_means(result.percent)[index])
            axes[row][column].set_title(f"{result.model}, {words}: {error:.2f} %", fontsize=9)
    figure.suptitle("blue rings: readers (thin: marked as estimates); red crosses: model", fontsize=9)
    return png(figure)


def choose_examples(result: LandmarkResult) -> list[tuple[str, int]]:
    """Words and index of the images to show, each once, from best to worst."""
    means = image_means(result.percent, result.cohort.certain)
    means = np.where(np.isnan(means), image_means(result.percent), means)
    order = [int(index) for index in np.argsort(means) if np.isfinite(means[index])] or [0]
    chosen: dict[int, str] = {}
    for words, part in _SHOWN:
        chosen.setdefault(order[round(part * (len(order) - 1))], words)
    return [(words, index) for index, words in chosen.items()]


def _panel(axes: Axes, pixels: NDArray[np.float32], result: LandmarkResult, index: int, box: Array) -> None:
    truth, found = result.cohort.points[index], result.predicted[index]
    certain = result.cohort.certain[index]
    shown = pixels[max(0, int(box[2])) : int(box[3]) + 1, max(0, int(box[0])) : int(box[1]) + 1]
    low, high = np.percentile(shown, [1, 99.7])
    axes.imshow(pixels, cmap="gray", vmin=low, vmax=high, interpolation="lanczos")
    axes.plot(*np.stack([truth, found], axis=1).transpose(2, 1, 0), color="#ffffff", linewidth=0.7, alpha=0.8)
    for mask, width in ((certain, 1.4), (~certain, 0.6)):
        axes.plot(
            *truth[mask].T, "o", markersize=6, markerfacecolor="none", markeredgecolor=TRUTH, markeredgewidth=width
        )
    axes.plot(*found.T, "x", markersize=4.5, color=PREDICTION, markeredgewidth=1.2)
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[3], box[2])
    # true proportions where the file states them
    axes.set_aspect(float(result.cohort.scale[index, 1] / result.cohort.scale[index, 0]))
    axes.set_anchor("N")
    axes.set_axis_off()


def _box(results: Sequence[LandmarkResult], index: int) -> Array:
    """Left, right, top, bottom of the foot and all that was found, with a margin, within the image."""
    points = np.concatenate([results[0].cohort.points[index], *(result.predicted[index] for result in results)])
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    edge = _MARGIN * float((high - low).max())
    height, width = results[0].cohort.sizes[index]
    return np.array(
        [
            max(low[0] - edge, -0.5),
            min(high[0] + edge, width - 0.5),
            max(low[1] - edge, -0.5),
            min(high[1] + edge, height - 0.5),
        ]
    )
