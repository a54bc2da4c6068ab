"""The whole evaluation: what it writes, for the foot and for another scheme, and what it warns of."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.landmark_note import LandmarkNote
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH, HIHConfig
from FootDeformityLib.network.model_folder import write_model
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.evaluation.evaluate import choose_split, cohort_warnings, evaluate_models
from FootDeformityTrainingLib.evaluation.example_figure import example_figure
from FootDeformityTrainingLib.evaluation.tested_model import run_model
from FootDeformityTrainingLib.evaluation.training_overlap import training_overlap
from FootDeformityTrainingLib.image_fingerprint import image_fingerprint


def off_by_5(points: np.ndarray, number: int) -> np.ndarray:
    return points + np.array([3.0, 4.0])


def off_by_the_number(points: np.ndarray, number: int) -> np.ndarray:
    return points + np.array([float(number), 0.0])


@pytest.mark.slow
def test_a_page_with_all_tables_and_figures(make_folder: Any, scheme: Scheme, quiet: Any, tmp_path: Path) -> None:
    folder = make_folder("AP", [{} for _ in range(4)])
    models = [folder.model("A", "AP", off_by_5, parameters=1_000_000), folder.model("B", "AP", off_by_the_number)]
    page = evaluate_models(folder.path, models, scheme, "val", quiet)
    out = tmp_path / "out"
    out.mkdir()
    page.write(out)
    html = (out / "evaluation.html").read_text("utf-8")
    for name in (
        "Table 1",
        "Table 2",
        "Table 3a",
        "Table 3b",
        "Table 4a",
        "Table 4b",
        "Table 4c",
        "Table 5",
        "Table 6",
    ):
        assert name in html
    for name in ("figure_4_examples_ap", "figure_5_landmarks", "figure_6_efficiency", "figure_7_bland_altman"):
        with Image.open(out / f"{name}.png") as picture:
            assert min(picture.size) > 300
    assert "Table 8" not in html  # robustness only where it is asked for
    assert len(re.findall('src="data:image/png;base64,', html)) == 4
    assert not re.search("https?://", html)  # requests nothing
    markdown = (out / "evaluation.md").read_text("utf-8")
    assert "HIH, published" in markdown
    with (out / "points.csv").open() as file:
        points = list(csv.DictReader(file))
    assert len(points) == 2 * 4 * 16
    assert {row["error_px"] for row in points if row["model"] == "A"} == {"5"}
    assert "p0" not in (out / "points.csv").read_text()  # numbers instead of the manifest's patients


def test_examples_show_the_truth_blue_and_the_prediction_red(make_folder: Any, cohort_of: Any, quiet: Any) -> None:
    folder = make_folder("AP", [{}, {}])
    result = run_model(folder.model("A", "AP", off_by_5), cohort_of(folder, "AP"), quiet)
    with Image.open(io.BytesIO(example_figure([result]))) as image:
        red, green, blue = (channel.astype(int) for channel in np.asarray(image.convert("RGB")).transpose(2, 0, 1))
    assert ((blue > 180) & (red < 90) & (green < 140)).sum() > 100
    assert ((red > 180) & (green < 90) & (blue < 90)).sum() > 100


def test_landmarks_of_a_network_are_no_truth(make_folder: Any, scheme: Scheme, cohort_of: Any) -> None:
    folder = make_folder("AP", [{}, {}])
    own = folder.truth["00.png"]
    notes = [LandmarkNote(confidence=0.9, ai_lps=(float(x), float(y))).text() for x, y in own]
    write_markups(folder.path / "00.mrk.json", scheme.ids("AP"), np.column_stack([own, np.zeros(16)]), notes)
    warnings = cohort_warnings({"AP": cohort_of(folder, "AP")})
    assert any("AP: 1 of 2 landmark files stand as a network left them" in warning for warning in warnings)


def test_data_without_splits_is_evaluated_as_a_whole(make_folder: Any, cohort_of: Any) -> None:
    cohort = cohort_of(make_folder("AP", [{"split": ""}] * 3), "AP")
    chosen, words = choose_split(cohort, "val")
    assert len(chosen) == 3
    assert "names no splits" in words


def test_a_split_that_is_not_there_is_refused(make_folder: Any, cohort_of: Any) -> None:
    cohort = cohort_of(make_folder("AP", [{"split": "train"}, {"split": "val"}]), "AP")
    assert len(choose_split(cohort, "all")[0]) == 2
    with pytest.raises(FootDeformityError, match=r"--split test: no AP image.*train, val"):
        choose_split(cohort, "test")


def test_training_on_evaluated_patients_is_called_out(make_folder: Any, cohort_of: Any, scheme: Scheme) -> None:
    """The second image of patient x was trained on, so the first one is no unseen patient's."""
    rows = [{"split": "val", "patient": "x"}, {"split": "train", "patient": "x"}, {"split": "val", "patient": "y"}]
    folder = make_folder("AP", rows)
    cohort, _ = choose_split(cohort_of(folder, "AP"), "val")
    data = read_rows(folder.path, "AP", scheme)
    prints = [image_fingerprint(row.image) for row in data]
    seen = training_overlap(folder.model("m", "AP", off_by_5, training_images_sha256=prints[1:2]), cohort, data)
    assert seen.serious
    assert "1 of the 2 evaluated patients" in seen.words
    unseen = folder.model("m", "AP", off_by_5, training_images_sha256=["0" * 16], validation_images_sha256=prints[2:])
    found = training_overlap(unseen, cohort, data)
    assert not found.serious
    assert "none of the 2" in found.words
    assert "best epoch was chosen on 1" in found.words


def test_models_that_name_no_images_are_judged_by_their_number_and_sources(
    make_folder: Any, cohort_of: Any, scheme: Scheme
) -> None:
    folder = make_folder("AP", [{"split": s, "source": "atlas"} for s in ("train", "train", "val")])
    cohort = cohort_of(folder, "AP")
    data = read_rows(folder.path, "AP", scheme)
    model = folder.model("m", "AP", off_by_5, training_images=2, sources=["atlas"])
    held_out = training_overlap(model, choose_split(cohort, "val")[0], data)
    assert not held_out.serious
    assert "split train of this data, to which no evaluated patient belongs" in held_out.words
    assert training_overlap(model, choose_split(cohort, "all")[0], data).serious
    unknown = training_overlap(folder.model("m", "AP", off_by_5, training_images=7), cohort, data)
    assert unknown.serious
    assert "not known" in unknown.words


@pytest.mark.slow
def test_another_scheme_and_a_real_model_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = tuple(f"P{k}" for k in range(1, 20))
    scheme_file = tmp_path / "heads.json"
    scheme_file.write_text(json.dumps({"name": "heads", "landmarks": [{"id": i, "view": "lateral"} for i in ids]}))
    scheme = load_scheme(str(scheme_file))
    data = tmp_path / "data"
    data.mkdir()
    rng = np.random.default_rng(0)
    for number in range(3):
        points = rng.uniform(5, 60, (19, 2))
        Image.fromarray(rng.integers(0, 255, (64, 72), np.uint8)).save(data / f"{number}.png")
        write_markups(data / f"{number}.mrk.json", ids, np.column_stack([points, np.zeros(19)]), [""] * 19)
    codec = HIHCodec(input_size=64, heatmap_size=16, decimal_size=0)
    network = HIH(
        HIHConfig(19, input_size=64, stacks=1, depth=2, features=16, stem=(8, 8), decimal_size=0, refinement=False)
    )
    write_model(
        tmp_path / "model", network, view="lateral", scheme=scheme, codec=codec, normalise=True, mean_shape=None,
        confidence=None, notes={"name": "tiny", "parameters": 1234},
    )  # fmt: skip
    arguments = ["evaluate", "--data", data, "--model", f"tiny={tmp_path / 'model'}", "--out", tmp_path / "out"]
    assert main([str(word) for word in [*arguments, "--scheme", scheme_file]]) == 0
    markdown = (tmp_path / "out" / "evaluation.md").read_text("utf-8")
    assert markdown.count("Not applicable: scheme heads measures no angles") == 2
    assert "% of the landmarks' diagonal" in markdown
    assert "published" not in markdown
    with (tmp_path / "out" / "table_5_landmarks.csv").open() as file:
        assert {row["landmark"] for row in csv.DictReader(file)} == set(ids)
    assert "evaluation.html" in capsys.readouterr().out
    # the foot's scheme does not fit this model
    assert main([str(word) for word in arguments]) == 2
    assert "scheme heads, expected foot27" in capsys.readouterr().err
