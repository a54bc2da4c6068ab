"""FlatNet: what its stages see, how boxes and masks are read, and that its folder detects like any other."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.chosen_models import chosen_models
from FootDeformityLib.network.confidence import ConfidenceModel
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.flatnet import FlatNet
from FootDeformityLib.network.flatnet_coarse import CoarseNetwork, landmark_boxes
from FootDeformityLib.network.flatnet_config import FLATNET_PRESETS, FlatNetConfig
from FootDeformityLib.network.flatnet_detector import FlatNetDetector
from FootDeformityLib.network.flatnet_geometry import coarse_view, patch_view
from FootDeformityLib.network.flatnet_patch import disc, patch_network, read_masks
from FootDeformityLib.network.model_folder import (
    FlatNetModel,
    HIHModel,
    read_hih_model,
    read_model,
    write_flatnet_model,
)
from FootDeformityLib.network.open_detector import open_detector
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph

TINY = FlatNetConfig(
    backbone="resnet18", short_side=64, long_side=96, anchor_size=16, encoder="tu-mobilenetv3_small_050",
    decoder_channels=(32, 16, 16, 16, 16), width=128, patch_size=64, disc_radius=5.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def scheme_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scheme") / "two.json"
    path.write_text(json.dumps({"name": "two", "landmarks": [{"id": i, "view": "front"} for i in ("P1", "P2")]}))
    return path


@pytest.fixture(scope="module")
def scheme(scheme_file: Path) -> Scheme:
    return load_scheme(str(scheme_file))


def write(folder: Path, scheme: Scheme, confidence: ConfidenceModel | None = None) -> Path:
    torch.manual_seed(0)
    write_flatnet_model(
        folder, FlatNet(TINY, 2), TINY, view="front", scheme=scheme, confidence=confidence, notes={"name": "flat"}
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, scheme: Scheme) -> Path:
    """A FlatNet of random weights."""
    return write(tmp_path_factory.mktemp("models") / "flat", scheme)


def pixels() -> np.ndarray:
    return np.random.default_rng(0).random((150, 100), dtype=np.float32)


@pytest.mark.parametrize("name", FLATNET_PRESETS)
def test_a_configuration_survives_json(name: str) -> None:
    config = FLATNET_PRESETS[name]
    assert FlatNetConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_image_is_shrunk_as_published() -> None:
    affine, width, height = coarse_view(2432, 3000, FlatNetConfig())
    assert affine.scale == pytest.approx(608 / 2432)
    assert (width, height) == (608, 768)  # 750 rows, filled up to a multiple of 32
    assert coarse_view(2000, 4000, FlatNetConfig())[0].scale == pytest.approx(1024 / 4000)


def test_the_patch_shows_the_coarse_landmark_in_its_middle() -> None:
    affine = patch_view(np.array([700.0, 300.0]), 4096, FlatNetConfig())
    np.testing.assert_allclose(affine.apply([700.0, 300.0]), [511.5, 511.5])
    assert affine.scale == pytest.approx(0.5)


def test_a_disc_is_read_at_its_centre() -> None:
    points = torch.rand(50, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 20 + 20
    found = read_masks((disc(points, 64, 10.0) - 0.5) * 20, 10.0)
    assert (found.points - points).abs().max() < 0.2  # what whole pixels leave open
    assert (found.points - points).mean(dim=0).abs().max() < 0.03
    assert found.quality.min() > 0.95
    np.testing.assert_allclose(found.spread, 1.0, atol=0.02)


def test_an_empty_mask_falls_back_to_its_maximum_and_says_so() -> None:
    logits = torch.full((1, 32, 32), -5.0)
    logits[0, 7, 21] = -1.0
    found = read_masks(logits, 10.0)
    assert found.points.tolist() == [[21.0, 7.0]]
    assert found.quality.item() == 0.0 and found.spread.isnan().all()


def test_scattered_and_small_masks_are_of_low_quality() -> None:
    twice = disc(torch.tensor([[15.0, 32.0]]), 64, 10.0) + disc(torch.tensor([[48.0, 32.0]]), 64, 10.0)
    small = disc(torch.tensor([[32.0, 32.0]]), 64, 4.0)
    found = read_masks((torch.cat([twice, small]) - 0.5) * 20, 10.0)
    assert found.quality[0] < 0.55 and found.spread[0] > 2
    assert found.quality[1] < 0.2 and found.spread[1] < 0.5


def test_a_landmark_outside_the_input_has_no_box() -> None:
    points = torch.tensor([[[10.0, 20.0], [-3.0, 5.0], [float("nan"), float("nan")]]], dtype=torch.float64)
    boxes = landmark_boxes(points, torch.tensor([8.0]), 64, 64)
    assert boxes[0, 0].tolist() == [6.0, 16.0, 14.0, 24.0]
    assert boxes[0, 1:].isnan().all()


def test_the_best_box_of_each_landmark_gives_its_point() -> None:
    network = CoarseNetwork(TINY, 2)
    anchors = torch.tensor([[0.0, 0.0, 10.0, 10.0], [20.0, 30.0, 40.0, 50.0], [50.0, 50.0, 60.0, 60.0]])
    logits = torch.tensor([[[0.0, -9.0], [2.0, -8.0], [1.0, -7.0]]])
    moves = torch.zeros(1, 3, 4)
    moves[0, 2, 0] = 0.5  # half a box to the right
    found = network._best({"cls_logits": logits, "bbox_regression": moves}, anchors)
    torch.testing.assert_close(found.points, torch.tensor([[[30.0, 40.0], [60.0, 55.0]]]))
    torch.testing.assert_close(found.scores, torch.tensor([[2.0, -7.0]]).sigmoid())


def test_an_image_without_landmarks_has_a_loss() -> None:
    network = CoarseNetwork(TINY, 2)
    loss = network(torch.rand(2, 1, 64, 64), torch.full((2, 2, 4), float("nan")))
    assert torch.isfinite(loss) and loss > 0


def test_anchors_stay_exact_in_half_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    network = CoarseNetwork(TINY, 2).eval()
    monkeypatch.setattr(network, "_best", lambda found, anchors: anchors)
    image = torch.rand(1, 1, 64, 960)
    with torch.inference_mode():
        exact = network(image)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert torch.equal(network(image), exact)
    assert exact.max() > 900  # where half precision tells only every fourth pixel


def test_a_folder_detects_in_a_process_of_its_own(folder: Path, scheme_file: Path, scheme: Scheme) -> None:
    assert isinstance(read_model(folder), FlatNetModel)
    heard: list[str] = []
    here = open_detector(folder, scheme).detect(pixels(), lambda part, word: heard.append(word))
    assert here.points.shape == (2, 2) and here.view == "front" and here.model.startswith("flat ")
    assert heard[-1] == "done" and "looking closely, 2 of 2" in heard
    assert np.isnan(here.expected_error).all()
    assert ((here.confidence >= 0) & (here.confidence <= 1)).all()
    radiograph = Radiograph(Path("made.png"), pixels(), "PNG", 8, None, "none")
    with DetectorWorker({"front": folder}, scheme=str(scheme_file)) as worker:
        there = worker.detect(radiograph, "front")
    np.testing.assert_allclose(there.points, here.points, atol=1e-3)


def test_confidence_is_calibrated_where_the_folder_says_how(tmp_path: Path, scheme: Scheme) -> None:
    model = ConfidenceModel(np.full(2, -5.0), np.zeros(5), 0.5)
    found = open_detector(write(tmp_path / "sure", scheme, model)).detect(pixels())
    np.testing.assert_allclose(found.expected_error, np.exp(-5.0 + 0.125))
    assert (found.confidence > 0.99).all()


def test_folders_from_before_flatnet_hold_hih(small_model: Path) -> None:
    assert "network" not in json.loads((small_model / "model.json").read_text())
    assert isinstance(read_model(small_model), HIHModel)
    assert isinstance(open_detector(small_model), Detector)


def test_the_wrong_kind_of_folder_is_refused(folder: Path, small_model: Path, tmp_path: Path, scheme: Scheme) -> None:
    with pytest.raises(FootDeformityError, match="holds a FlatNet, expected HIH"):
        read_hih_model(folder)
    with pytest.raises(FootDeformityError, match="holds no FlatNet"):
        FlatNetDetector(small_model)
    with pytest.raises(FootDeformityError, match="trained on landmark scheme two"):
        open_detector(folder, load_scheme())
    values = json.loads((folder / "model.json").read_text()) | {"network": "oracle"}
    (tmp_path / "model.json").write_text(json.dumps(values))
    with pytest.raises(FootDeformityError, match=r"network 'oracle'.*knows hih and flatnet"):
        read_model(tmp_path)


def test_weights_of_another_size_are_refused(tmp_path: Path, scheme: Scheme) -> None:
    write(tmp_path, scheme)
    settings = json.loads((tmp_path / "model.json").read_text())
    settings["architecture"]["decoder_channels"] = [16, 16, 16, 16, 16]
    (tmp_path / "model.json").write_text(json.dumps(settings))
    with pytest.raises(FootDeformityError, match="do not belong together"):
        open_detector(tmp_path)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ImportError("No module named 'torchvision'"), r'cannot be loaded.*pip install "footdeformity\[training\]"'),
        (RuntimeError("operator torchvision::nms does not exist"), r"does not fit the installed torch.*nms"),
    ],
)
def test_a_missing_library_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, words: str
) -> None:
    imported = importlib.import_module

    def without_torchvision(name: str, *rest: Any) -> Any:
        if name.startswith("torchvision"):
            raise failure
        return imported(name, *rest)

    monkeypatch.setattr("FootDeformityLib.network.flatnet_libraries.importlib.import_module", without_torchvision)
    with pytest.raises(FootDeformityError, match=words):
        CoarseNetwork(TINY, 2)


def test_unknown_networks_are_refused() -> None:
    with pytest.raises(FootDeformityError, match="backbone resnet999: expected resnet18"):
        CoarseNetwork(replace(TINY, backbone="resnet999"), 2)
    with pytest.raises(FootDeformityError, match=r"encoder nothing: not known.*tu-tf_efficientnet_lite4"):
        patch_network(replace(TINY, encoder="nothing"))
    with pytest.raises(FootDeformityError, match="at least 16"):
        patch_network(replace(TINY, decoder_channels=(32, 16, 16, 8, 8)))


def test_detectors_are_chosen_by_folder_or_name(small_model: Path, folder: Path, scheme: Scheme) -> None:
    assert chosen_models([], load_scheme()) == {}
    assert chosen_models([str(small_model)], load_scheme()) == {"lateral": small_model}
    assert chosen_models([str(folder.parent)], scheme) == {"front": folder}
    assert set(chosen_models(["ap"], load_scheme())) == {"AP"}
    with pytest.raises(FootDeformityError, match=r"--detector nothing: no model there.*one of ap, lateral"):
        chosen_models(["nothing"], load_scheme())
    with pytest.raises(FootDeformityError, match="both detect the lateral view"):
        chosen_models([str(small_model), "lateral"], load_scheme())
    with pytest.raises(FootDeformityError, match="trained on landmark scheme"):
        chosen_models([str(folder)], load_scheme())
