"""Errors, deformities and tables of models whose misses are known."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from FootDeformityTrainingLib.evaluation.cohort import Cohort
from FootDeformityTrainingLib.evaluation.cohort_table import cohort_table
from FootDeformityTrainingLib.evaluation.diagnosis_table import diagnosis_table
from FootDeformityTrainingLib.evaluation.error_tables import angle_table, pixel_table
from FootDeformityTrainingLib.evaluation.foot_findings import judge
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult
from FootDeformityTrainingLib.evaluation.published import published_for
from FootDeformityTrainingLib.evaluation.success_tables import length_table, millimetre_table, nominal_table
from FootDeformityTrainingLib.evaluation.table import Column, Table
from FootDeformityTrainingLib.evaluation.tested_model import run_model
from FootDeformityTrainingLib.metrics_statistics import Estimate

PROFILES = ("lee2025-calibrated", "literature")


def records(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.to_csv())))


def off_by_5(points: np.ndarray, number: int) -> np.ndarray:
    return points + np.array([3.0, 4.0])


def toes_turned(degrees: float) -> Callable[[np.ndarray, int], np.ndarray]:
    """Turns the hallux about its base, in even images outwards, in odd ones not at all."""

    def miss(points: np.ndarray, number: int) -> np.ndarray:
        a = math.radians(degrees if number % 2 == 0 else 0.0)
        turn = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
        base = points[[1, 3]].mean(axis=0)
        points[:4] = (points[:4] - base) @ turn.T + base
        return points

    return miss


@pytest.fixture
def result_of(cohort_of: Any, quiet: Any) -> Callable[..., LandmarkResult]:
    def run(folder: Any, view: str, miss: Any, name: str = "m") -> LandmarkResult:
        return run_model(folder.model(name, view, miss), cohort_of(folder, view), quiet)

    return run


def test_nothing_reads_minus_zero() -> None:
    column = Column("bias", "Bias", "interval", 1)
    assert column.words(Estimate(-0.04, -0.2, 0.1)) == "0.0 (-0.2 to 0.1)"
    assert Column("growth", "Growth", "number", 1).words(-0.04) == "0.0"


def test_every_unit_of_the_same_error(make_folder: Any, result_of: Any, foot_points: Any) -> None:
    folder = make_folder("AP", [{}, {"spacing_mm": "0.1"}])
    result = result_of(folder, "AP", off_by_5)
    np.testing.assert_allclose(result.pixels, 5.0)
    np.testing.assert_allclose(result.nme, 5 / 520)
    np.testing.assert_allclose(result.nominal, 0.75)
    np.testing.assert_array_equal(np.isnan(result.millimetres), [[True] * 16, [False] * 16])
    np.testing.assert_allclose(result.millimetres[1], 0.5)
    # foot length: m(A1, A3) = (100, 60) to A16 = (190, 420), the second image 2 % larger
    length = math.hypot(90, 360)
    np.testing.assert_allclose(result.percent[:, 0], [500 / length, 500 / (1.02 * length)])
    for angle in result.angles:  # a shift turns nothing
        np.testing.assert_allclose(angle.differences, 0.0, atol=1e-9)


def test_a_turned_toe_is_an_angle_error(make_folder: Any, result_of: Any) -> None:
    result = result_of(make_folder("AP", [{}, {}]), "AP", toes_turned(7.0))
    hallux = next(angle for angle in result.angles if angle.name == "hallux_abductus")
    np.testing.assert_allclose(np.abs(hallux.differences), [7.0, 0.0], atol=1e-9)
    others = [angle for angle in result.angles if angle.name != "hallux_abductus"]
    np.testing.assert_allclose([angle.differences for angle in others], 0.0, atol=1e-9)


def test_unknown_aspect_enters_no_angle_and_no_deformity(make_folder: Any, result_of: Any) -> None:
    rows = [{}, {"aspect_known": "no"}, {}]
    result = result_of(make_folder("AP", rows), "AP", toes_turned(7.0))
    for angle in result.angles:
        np.testing.assert_array_equal(np.isfinite(angle.differences), [True, False, True])
    for judged in judge(result.cohort, result.predicted, "literature"):
        assert judged.counts.n == 2
        assert judged.reasons == {"pixels not known to be square": 1}
    row = next(r for r in records(angle_table([result], published_for(result.cohort.scheme))) if r["points"] == "all")
    assert row["n"] == "2"
    assert records(pixel_table([result]))[0]["images"] == "3"  # distances of points are distances


def test_certain_points_stand_apart(make_folder: Any, result_of: Any) -> None:
    def miss(points: np.ndarray, number: int) -> np.ndarray:
        points[13] += [0.0, 30.0]
        return points

    result = result_of(make_folder("AP", [{"uncertain": "A14 A16"}, {"uncertain": "A14"}]), "AP", miss)
    certain, every = records(pixel_table([result]))
    assert (certain["points"], certain["n"], float(certain["error_px"])) == ("certain", "29", 0.0)
    assert (every["points"], every["n"]) == ("all", "32")
    assert float(every["error_px"]) == pytest.approx(2 * 30 / 32, rel=1e-5)
    angles = records(angle_table([result], published_for(result.cohort.scheme)))
    kite = [row for row in angles if row["angle"].startswith("AP talo") and row["model"] == "m"]
    assert [(row["points"], row["n"]) for row in kite] == [("certain", "0"), ("all", "2")]


def test_points_that_were_not_found_count_as_failures(make_folder: Any, result_of: Any) -> None:
    def miss(points: np.ndarray, number: int) -> np.ndarray:
        points[0] = np.nan
        return points

    result = result_of(make_folder("AP", [{}, {}]), "AP", miss)
    row = records(pixel_table([result]))[1]
    assert (row["n"], row["not_found"], row["error_px"]) == ("30", "2", "0")
    rates = records(length_table([result], published_for(result.cohort.scheme)))[1]
    assert float(rates["sdr_4_percent"]) == pytest.approx(100 * 30 / 32, rel=1e-5)
    hallux = [r for r in records(angle_table([result], published_for(result.cohort.scheme))) if "hallux" in r["angle"]]
    assert [(r["n"], r["not_measurable"]) for r in hallux if r["model"] == "m"] == [("0", "2")] * 2


def test_success_rates_are_strictly_below_the_limit(make_folder: Any, result_of: Any) -> None:
    folder = make_folder("AP", [{"spacing_mm": "0.2"}, {"spacing_mm": "0.2"}])

    def miss(points: np.ndarray, number: int) -> np.ndarray:
        return points + np.array([10.0, 0.0])  # 2.0 mm, 1.5 nominal

    result = result_of(folder, "AP", miss)
    millimetres = records(millimetre_table([result]))[1]
    assert float(millimetres["mre_mm"]) == pytest.approx(2.0)
    assert [millimetres[f"sdr_{k}_mm"] for k in (1, 2, 3)] == ["0", "0", "100"]
    nominal = records(nominal_table([result], published_for(result.cohort.scheme)))
    assert [nominal[1][f"sdr_{k}_nominal_mm"] for k in (1, 2)] == ["0", "100"]
    published = [row for row in nominal if row["model"] == "HIH, published"]
    assert published[0]["sdr_1_nominal_mm"] == "95.7"


def test_deformities_are_counted_against_the_readers_points(make_folder: Any, result_of: Any) -> None:
    """The example foot has a hallux of 0 degrees: turned by 30 in images 0, 2 and 4 it becomes a false positive."""
    rows = [{}, {}, {}, {}, {"weight_bearing": "no"}, {"age_years": "5"}, {"weight_bearing": ""}]
    folder = make_folder("AP", rows)
    sign = 1.0 if _hallux(result_of(folder, "AP", toes_turned(30.0)))[0] > 0 else -1.0
    result = result_of(folder, "AP", toes_turned(30.0 * sign))
    hallux = next(j for j in judge(result.cohort, result.predicted, "literature") if j.deformity == "hallux_valgus")
    assert hallux.counts == (0, 3, 0, 2)  # images 0, 2, 6 turned; 1 and 3 not
    assert hallux.reasons == {"not weight-bearing": 1, "too young": 1}
    table = diagnosis_table([result], PROFILES, published_for(result.cohort.scheme))
    row = next(r for r in records(table) if r["deformity"] == "hallux valgus" and r["criteria"] == "literature")
    assert (row["accuracy_count"], row["accuracy_n"], row["specificity_percent"]) == ("2", "5", "40")
    assert row["sensitivity_n"] == "0"
    together = [r for r in records(table) if r["deformity"].startswith("all") and r["criteria"] == "literature"]
    assert together[0]["accuracy_n"] == "15"  # three deformities of the AP view
    assert any(r["model"] == "HIH, published" and r["accuracy_percent"] == "85.9" for r in records(table))


def _hallux(result: LandmarkResult) -> np.ndarray:
    return next(angle.differences for angle in result.angles if angle.name == "hallux_abductus")


def test_without_any_weight_bearing_image_the_table_says_so(make_folder: Any, result_of: Any) -> None:
    result = result_of(make_folder("lateral", [{"weight_bearing": "no"}] * 2), "lateral", off_by_5)
    table = diagnosis_table([result], PROFILES, published_for(result.cohort.scheme))
    assert table.columns == ()
    assert "none of the 2 images" in table.notes[0]
    assert "2 not weight-bearing" in table.notes[0]


def test_models_are_compared_with_the_first(make_folder: Any, result_of: Any) -> None:
    folder = make_folder("AP", [{} for _ in range(6)])
    first = result_of(folder, "AP", lambda points, n: points + np.array([1.0 + 0.1 * n, 0.0]), "first")
    second = result_of(folder, "AP", lambda points, n: points + np.array([2.0 + 0.3 * n, 0.0]), "second")
    rows = [row for row in records(pixel_table([first, second])) if row["points"] == "all"]
    assert [row["model"] for row in rows] == ["first", "second"]
    assert rows[0]["p_t_test"] == ""
    assert float(rows[1]["difference"]) == pytest.approx(1.0 + 0.2 * 2.5, rel=1e-5)
    assert rows[1]["paired_patients"] == "6"
    assert float(rows[1]["p_t_test"]) < 0.01
    assert float(rows[1]["p_wilcoxon"]) == pytest.approx(2 / 2**6, rel=1e-5)  # all six signs alike


def test_splits_are_described_and_compared(make_folder: Any, cohort_of: Any) -> None:
    rows = [{"split": "train", "sex": "M", "age_years": str(30 + k)} for k in range(4)]
    rows += [{"split": "val", "sex": "f", "age_years": "12", "patient": "same"}] * 2 + [{"split": "test", "sex": ""}]
    cohort: Cohort = cohort_of(make_folder("AP", rows), "AP")
    table = {r["characteristic"]: r for r in records(cohort_table({"AP": cohort}, ["literature"]))}
    assert [table["images"][s] for s in ("train", "val", "test")] == ["4", "2", "1"]
    assert table["patients"]["val"] == "1"
    assert table["age, years"]["train"] == "31.5 (1.3), n = 4"
    assert table["age below 18"]["val"] == "1/1 (100.0 %)"
    assert table["male"]["train"] == "4/4 (100.0 %)"
    assert table["male"]["test"] == "– (1 unknown)"
    assert table["age below 18"]["statistic"] == "chi-square, few"
    assert table["hallux valgus (literature)"]["train"] == "0/4 (0.0 %)"
