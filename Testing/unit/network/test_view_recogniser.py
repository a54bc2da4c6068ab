"""The shipped view recogniser: what it says of the samples, however they are turned, and of what shows no foot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.view_model import RECOGNISER, write_view_model
from FootDeformityLib.network.view_network import ViewNetwork, ViewNetworkConfig
from FootDeformityLib.network.view_opinion import ViewOpinion
from FootDeformityLib.network.view_recogniser import ViewRecogniser
from FootDeformityLib.network.view_thumbnail import THUMBNAIL_SIDE, view_thumbnail
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityLib.resources import resource_path


@pytest.fixture(scope="module")
def recogniser() -> ViewRecogniser:
    return ViewRecogniser(resource_path("Models", "view"))


def seen(recogniser: ViewRecogniser, pixels: np.ndarray) -> ViewOpinion:
    return recogniser.recognise(view_thumbnail(np.ascontiguousarray(pixels, dtype=np.float32), THUMBNAIL_SIDE))


@pytest.mark.parametrize("foot", ["normal", "flat", "cavus", "child"])
@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_the_samples_pass_as_their_view(recogniser: ViewRecogniser, foot: str, view: str) -> None:
    pixels = read_radiograph(resource_path("Samples", f"{foot}_{view.lower()}.png")).pixels
    plain = seen(recogniser, pixels)
    assert (plain.view, plain.state) == (view, "recognised")
    for changed in (np.rot90(pixels), pixels[:, ::-1]):
        # exactly alike but for the letterbox, whose padding may lie half a pixel elsewhere
        assert seen(recogniser, changed).measurable == pytest.approx(plain.measurable, abs=0.03)
    for changed in (1 - pixels, pixels * 0.8, np.minimum(pixels * 1.2, 1), pixels[::2, ::2]):
        assert seen(recogniser, changed).state != "refused"


def test_films_and_noise_are_never_recognised(recogniser: ViewRecogniser) -> None:
    generator = np.random.default_rng(0)
    y, x = np.mgrid[:300, :240] / 300
    pictures = [
        generator.random((300, 240)),
        x + 0.05 * generator.random((300, 240)),
        0.5 + 0.02 * generator.random((300, 240)),
        (np.sin(60 * y) > 0) * (generator.random((300, 240)) < 0.7),
    ]
    assert "recognised" not in [seen(recogniser, picture).state for picture in pictures]


def test_the_worker_says_the_same(recogniser: ViewRecogniser) -> None:
    radiograph = read_radiograph(resource_path("Samples", "flat_lateral.png"))
    with DetectorWorker() as worker:
        told = worker.recognise(radiograph)
    expected = seen(recogniser, radiograph.pixels)
    assert told.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert (told.refuse_below, told.sure_from, told.model) == (
        expected.refuse_below,
        expected.sure_from,
        expected.model,
    )


def test_small_enough() -> None:
    size = (resource_path("Models", "view") / "weights.safetensors").stat().st_size
    assert size < 1_500_000


def test_a_damaged_folder_is_told(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ViewNetwork(ViewNetworkConfig(channels=(4, 8)))
    write_view_model(tmp_path, network, 0.2, 0.6, {"name": "tiny"})
    assert ViewRecogniser(tmp_path).model.name.startswith("tiny ")
    with pytest.raises(FootDeformityError, match="cannot be read"):
        ViewRecogniser(tmp_path / "nothing")
    other = json.loads((tmp_path / RECOGNISER).read_text())
    shutil.copytree(tmp_path, tmp_path / "other")
    (tmp_path / "other" / RECOGNISER).write_text(json.dumps(other | {"kinds": ["AP"]}))
    with pytest.raises(FootDeformityError, match="another version"):
        ViewRecogniser(tmp_path / "other")
    (tmp_path / "weights.safetensors").write_bytes(b"no weights")
    with pytest.raises(FootDeformityError, match="SHA-256"):
        ViewRecogniser(tmp_path)
