"""Figures whose words can be read: none lies on another, none on a bar."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from FootDeformityLib.measure.scheme import Scheme
from FootDeformityTrainingLib.evaluation import figures
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.published import published_for


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Figure]:
    """Return a function that gives the last figure, laid out, instead of its PNG."""
    kept: list[Figure] = []
    monkeypatch.setattr(figures, "png", lambda figure: kept.append(figure) or b"")

    def last() -> Figure:
        FigureCanvasAgg(kept[-1]).draw()
        return kept[-1]

    return last


@pytest.mark.parametrize("seconds", [(0.38, 0.40), (0.40, 0.38), (0.4, 0.4)])
def test_both_views_of_a_model_are_named_apart(
    make_folder: Any, cohort_of: Any, scheme: Scheme, drawn: Callable[[], Figure], seconds: tuple[float, float]
) -> None:
    models, results = [], []
    for view, time, parameters in zip(("AP", "lateral"), seconds, (2_650_000, 2_600_000), strict=True):
        folder = make_folder(view, [{}])
        cohort = cohort_of(folder, view)
        models.append(folder.model("shipped", view, lambda points, number: points, parameters=parameters))
        results.append(LandmarkResult("shipped", cohort, cohort.points, np.array([time])))
    figures.efficiency_figure(models, results, published_for(scheme))
    (axes,) = drawn().axes
    words = [text for text in axes.texts if isinstance(text, Annotation)]
    assert len(words) == 4
    for one, other in itertools.combinations(words, 2):
        assert not one.get_window_extent().overlaps(other.get_window_extent()), (one.get_text(), other.get_text())


def test_the_names_of_the_bars_stand_outside_the_axes(
    make_folder: Any, cohort_of: Any, drawn: Callable[[], Figure]
) -> None:
    cohort = cohort_of(make_folder("AP", [{}, {}]), "AP")
    figures.landmark_figure([LandmarkResult("m", cohort, cohort.points + 5.0, np.zeros(2))])
    figure = drawn()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["m, certain points", "m, all points"]
    assert not figure.legends[0].get_window_extent().overlaps(figure.axes[0].get_window_extent())
