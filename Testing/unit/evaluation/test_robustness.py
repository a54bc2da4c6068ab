"""Disturbed copies of evaluated images: points are mapped back exactly, growth is counted and flagged."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityTrainingLib.evaluation import robustness_table as robustness_table_module
from FootDeformityTrainingLib.evaluation.disturbances import DISTURBANCES, PLAIN, Disturbance
from FootDeformityTrainingLib.evaluation.evaluate import evaluate_models
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.robustness import DisturbedFigures, figures_of, robustness
from FootDeformityTrainingLib.evaluation.robustness_table import TOO_MUCH, robustness_figure, robustness_table
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel

#: middles of white squares of 8 pixels a side
PLACES = np.array([[15.5, 23.5], [63.5, 39.5], [39.5, 87.5]])


def squares() -> np.ndarray:
    image = np.full((120, 90), 40, dtype=np.uint8)
    for x, y in PLACES:
        image[int(y - 3.5) : int(y + 4.5), int(x - 3.5) : int(x + 4.5)] = 200
    return image


def centre_of_square(image: np.ndarray, near: np.ndarray, half: float, inverted: bool) -> np.ndarray:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    weight = (255.0 - image if inverted else image.astype(float)) - (215 if inverted else 40)
    weight = np.clip(weight, 5, None) - 5
    weight[(abs(columns - near[0]) > half) | (abs(rows - near[1]) > half)] = 0
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda each: each.name)
def test_points_follow_the_pixels_exactly(disturbance: Disturbance) -> None:
    content, affine = disturbance.file(squares())
    with Image.open(io.BytesIO(content)) as file:
        image = np.asarray(file)
    for place in PLACES[1:]:  # the first lies under the text
        moved = affine.apply(place)
        dark = disturbance.name == "inverted"
        grey = 255 - image if dark else image
        found = centre_of_square(grey, moved, 9 * affine.scale, inverted=False)
        np.testing.assert_allclose(found, moved, atol=0.35 if disturbance.ending == ".jpg" else 0.06)


def test_disturbances_differ_from_the_plain_image_and_keep_its_size_where_they_should() -> None:
    seen = set()
    for disturbance in DISTURBANCES:
        content, _ = disturbance.file(squares())
        with Image.open(io.BytesIO(content)) as file:
            seen.add(file.convert("L").tobytes())
            factor = {"half the pixels a side": 0.5, "twice the pixels a side": 2.0}.get(disturbance.name, 1.0)
            sides = sorted(file.size)
        assert sides == [90 * factor, 120 * factor]
    assert len(seen) == len(DISTURBANCES)


def test_a_disturbed_image_is_read_as_a_user_gets_it() -> None:
    rows, columns = np.mgrid[:120, :90]
    foot = np.exp(-(((rows - 60) / 25) ** 4) - ((columns - 45) / 12) ** 4).astype(np.float32)
    by_name = {each.name: each for each in DISTURBANCES}
    read, _ = by_name["inverted"].read(foot)
    np.testing.assert_allclose(read.pixels, foot, atol=0.02)  # recognised as a negative
    assert any("negative" in text for text in read.warnings)
    read, affine = by_name["half the pixels a side"].read(foot)
    assert read.pixels.shape == (60, 45) and affine.scale == pytest.approx(0.5)
    assert by_name["JPEG, quality 30"].read(foot)[0].file_format == "JPEG"


def model_that_misses(folder: Any, by: Callable[[Radiograph, np.ndarray], np.ndarray]) -> TestedModel:
    """Knows the truth by the order in which images come, plain first, and misses it as ``by`` says."""
    truths = [folder.truth[name] for name in sorted(folder.truth)]
    calls = iter([(image, disturbance) for image in truths for disturbance in (PLAIN, *DISTURBANCES[1:])])

    def detect(radiograph: Radiograph) -> Detection:
        truth, disturbance = next(calls)
        _, affine = disturbance.change(np.zeros((500, 520), np.uint8))
        points = affine.apply(by(radiograph, truth.copy()))
        return Detection("AP", points, np.ones(len(points)), np.full(len(points), np.nan), "m")

    return TestedModel("m", "AP", lambda: nullcontext(detect), "m 0123", {})


def test_points_found_on_the_disturbed_image_count_on_the_original(
    make_folder: Any, cohort_of: Any, quiet: Any
) -> None:
    folder = make_folder("AP", [{}, {}])
    model = model_that_misses(folder, lambda _, truth: truth + np.array([3.0, 4.0]))
    rows = robustness(model, cohort_of(folder, "AP"), quiet)
    assert [row.disturbance for row in rows] == [each.name for each in DISTURBANCES]
    assert all(row.growth_all == pytest.approx(0, abs=1e-9) and not row.grows_too_much for row in rows)
    assert all((row.images, row.n_all, row.missed) == (2, 32, 0) for row in rows)


def test_growth_above_a_quarter_and_misses_are_marked(make_folder: Any, cohort_of: Any, quiet: Any) -> None:
    folder = make_folder("AP", [{}, {}])

    def by(radiograph: Radiograph, truth: np.ndarray) -> np.ndarray:
        if radiograph.file_format == "JPEG":
            raise FootDeformityError("no foot")
        return truth + ([1.3, 0.0] if radiograph.width > 600 else [1.2, 0.0] if radiograph.width < 400 else [1.0, 0.0])

    rows = {row.disturbance: row for row in robustness(model_that_misses(folder, by), cohort_of(folder, "AP"), quiet)}
    assert rows["twice the pixels a side"].growth_all == pytest.approx(0.3)
    assert rows["half the pixels a side"].growth_certain == pytest.approx(0.2)
    assert rows["JPEG, quality 30"].missed == 2
    marked = {name for name, row in rows.items() if row.grows_too_much}
    assert marked == {"twice the pixels a side", "JPEG, quality 30"}
    table = robustness_table(list(rows.values()), "foot length")
    assert table.to_csv().count(TOO_MUCH) == 2
    assert "n certain" in table.to_markdown()
    with Image.open(io.BytesIO(robustness_figure(list(rows.values()), "foot length"))) as picture:
        assert min(picture.size) > 400


def test_the_figure_says_where_nothing_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing, few = float("nan"), DisturbedFigures("m", "AP", "JPEG, quality 30", 3, 2.0, 9, 0.0, 2.5, 12, 0.0, 4.0, 1)
    plain = replace(few, disturbance="plain", missed=0)
    none = replace(few, disturbance="dim", certain=nothing, all=nothing, worst=nothing, n_certain=0, n_all=0, missed=3)
    drawn: list[Figure] = []
    monkeypatch.setattr(robustness_table_module, "png", lambda figure: drawn.append(figure) or b"")
    robustness_figure([plain, few, none], "foot length")
    (axes,) = drawn[0].axes
    words = {text.get_text(): text.xy for text in axes.texts if isinstance(text, Annotation)}
    assert words == {"nothing found on 1": (4.0, 1), "nothing found on 3": (0.0, 2)}
    limits = {str(line.get_label()): line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"}
    assert limits == {"certain, plain + 25 %": 2.5, "all, plain + 25 %": 3.125}


def test_growth_compares_points_found_on_both(make_folder: Any, cohort_of: Any) -> None:
    cohort = cohort_of(make_folder("AP", [{}, {}]), "AP")
    seconds = np.zeros(2)
    plain = LandmarkResult("m", cohort, cohort.points + np.array([1.0, 0.0]), seconds)
    disturbed = cohort.points + np.array([1.0, 0.0])
    plain.predicted[0] += [9.0, 0.0]
    disturbed[0] = np.nan  # the bad image was not found: no gain
    figures = figures_of(LandmarkResult("m", cohort, disturbed, seconds), "dim", plain)
    assert figures.growth_all == pytest.approx(0)
    assert figures.missed == 1 and figures.grows_too_much


@pytest.mark.slow
def test_the_page_shows_robustness_on_demand(make_folder: Any, scheme: Scheme, quiet: Any) -> None:
    folder = make_folder("AP", [{}, {}])
    model = folder.model("m", "AP", lambda points, number: points + 1.0)
    # the folder's model knows images by name: stand in for it on disturbed files
    missing = model_that_misses(folder, lambda _, truth: truth + 1.0)
    model = TestedModel("m", "AP", _first_then(model, missing), "m 0123", {})
    page = evaluate_models(folder.path, [model], scheme, "val", quiet, with_robustness=True)
    assert "Table 8. Robustness" in page.to_html() and "figure_8_robustness.png" in page.to_markdown()


def _first_then(first: TestedModel, then: TestedModel) -> Callable[[], Any]:
    starts = iter([first.start, then.start])
    return lambda: next(starts)()
