"""FlatNet is trained stage by stage in one run folder, goes on after an interruption, and becomes a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.hosts.command_line.main import main
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityLib.network.flatnet_coarse import CoarseNetwork
from FootDeformityLib.network.flatnet_config import FlatNetConfig
from FootDeformityLib.network.flatnet_patch import disc, patch_network
from FootDeformityLib.network.model_folder import read_model
from FootDeformityLib.network.open_detector import open_detector
from FootDeformityTrainingLib.backbone_weights import load_backbone, load_encoder
from FootDeformityTrainingLib.config_override import override
from FootDeformityTrainingLib.export_model import export_model
from FootDeformityTrainingLib.flatnet_detection_recipe import FlatNetDetectionRecipe
from FootDeformityTrainingLib.flatnet_images import PatchImages, reduced_for_both
from FootDeformityTrainingLib.flatnet_patch_recipe import FlatNetPatchRecipe, dice_loss
from FootDeformityTrainingLib.flatnet_run import all_parts, chosen_parts
from FootDeformityTrainingLib.flatnet_training_config import FlatNetTrainingConfig, flatnet_preset
from FootDeformityTrainingLib.image_cache import ImageCache
from FootDeformityTrainingLib.sample import Sample, halved
from FootDeformityTrainingLib.train_flatnet import train_flatnet
from FootDeformityTrainingLib.training_order import TrainingOrder

#: a FlatNet for images of 96 x 90 pixels
SETTINGS = (
    "width=96", "patch_size=64", "disc_radius=6", "encoder=tu-mobilenetv3_small_050", "decoder_channels=32,16,16,16,16",
    "short_side=64", "long_side=96", "box_side=24", "jitter=0.15", "rotation_wide=5", "shift_wide=0.05", "flip=no",
    "brightness=0.1", "contrast=0.1", "autocast=no", "picture_every=0",
)  # fmt: skip
IDS = ("P1", "P2", "P3")
SHORT = (*SETTINGS, "epochs=1", "batch=4")


def tiny(*more: str) -> FlatNetTrainingConfig:
    own = [setting for setting in SETTINGS if not setting.startswith(("autocast", "picture_every"))]
    return override(flatnet_preset("small", "front", "blobs"), [*own, *more])


def quiet(line: str) -> None:
    return


@pytest.fixture(scope="module")
def scheme_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scheme") / "three.json"
    path.write_text(json.dumps({"name": "three", "landmarks": [{"id": i, "view": "front"} for i in IDS]}))
    return path


def annotated(folder: Path, count: int) -> Path:
    """Images with a dot, a ring and a blob that are the landmarks."""
    folder.mkdir()
    rng, (y, x) = np.random.default_rng(0), np.mgrid[:90, :96]
    for number in range(count):
        points = np.array([[30.0, 30.0], [66.0, 40.0], [45.0, 70.0]]) + rng.uniform(-8, 8, (3, 2))
        dot, ring, blob = (np.hypot(x - px, y - py) for px, py in points)
        image = 0.1 + 0.8 * np.exp(-(dot**2) / 20) + 0.8 * np.exp(-((ring - 7) ** 2) / 4)
        image += 0.6 * np.exp(-(blob**2) / 100)
        Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8)).save(folder / f"{number}.png")
        write_markups(folder / f"{number}.mrk.json", IDS, np.column_stack([points, np.zeros(3)]), [""] * 3)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return annotated(tmp_path_factory.mktemp("data") / "three", 10)


@pytest.fixture
def order(data: Path, scheme_file: Path, tmp_path: Path) -> Callable[..., TrainingOrder]:
    def make(**values: Any) -> TrainingOrder:
        usual = {"data": str(data), "view": "front", "scheme": str(scheme_file), "preset": "small", "settings": SHORT}
        return TrainingOrder(**{"out": tmp_path / "run", "device": "cpu", **usual, **values})

    return make


def weights(run: Path, part: str) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(run / part / "last.pt", weights_only=True)["network"]
    return state


def test_published_values_are_the_paper_preset() -> None:
    config = flatnet_preset("paper", "lateral", "foot27", backbone_weights="resnet101.pth", encoder_weights="lite4.pth")
    assert (config.detection.epochs, config.detection.learning_rate, config.detection.batch) == (50, 1e-5, 16)
    assert (config.patch.epochs, config.patch.learning_rate, config.patch.batch) == (10, 5e-4, 4)
    assert config.detection.weight_decay == config.patch.weight_decay == 0.0  # AdamW without decay is Adam
    assert config.architecture == replace(FlatNetConfig(), frozen_norm=True)
    from_nothing = flatnet_preset("paper", "AP", "foot27")
    assert (from_nothing.detection.learning_rate, from_nothing.patch.learning_rate) == (5e-4, 2e-3)
    assert FlatNetTrainingConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_boxes_stay_on_the_landmarks_whatever_the_view(blob_samples: list[Sample]) -> None:
    recipe = FlatNetDetectionRecipe(tiny("rotation_wide=180", "scale_wide=0.3"), blob_samples[:8], blob_samples[8:])
    recipe.prepare(torch.device("cpu"))
    batch = recipe.batch(range(8), [0, 1])
    assert torch.equal(batch.images, recipe.batch(range(8), [0, 1]).images)
    known = batch.boxes[:, 0].isfinite().all(dim=-1)  # the dot
    x, y = ((batch.boxes[known, 0, :2] + batch.boxes[known, 0, 2:]) / 2).round().long().T
    assert known.sum() >= 6
    assert batch.images[known, 0, y, x].mean() > batch.images[known].mean() + 0.3
    sides = batch.boxes[known, 0, 2] - batch.boxes[known, 0, 0]
    assert (sides.log() - np.log(24 * 64 / 90)).abs().max() < 0.31 and sides.std() > 0


def test_discs_lie_on_the_landmark_whatever_the_view(blob_samples: list[Sample]) -> None:
    recipe = FlatNetPatchRecipe(tiny("rotation_wide=180", "flip=yes"), "P1", 0, blob_samples[:8], blob_samples[8:])
    recipe.prepare(torch.device("cpu"))
    batch = recipe.batch(range(8), [3])
    assert torch.equal(batch.images, recipe.batch(range(8), [3]).images)
    assert (batch.points - 31.5).abs().max() <= 0.15 * 64 and (batch.points - 31.5).abs().max() > 3
    x, y = batch.points.round().long().T
    assert batch.images[torch.arange(8), 0, y, x].mean() > batch.images.mean() + 0.3


def test_images_without_the_landmark_are_left_out(blob_samples: list[Sample]) -> None:
    points = blob_samples[0].points.copy()
    points[1] = np.nan
    train = [replace(blob_samples[0], points=points), *blob_samples[1:4]]
    assert FlatNetPatchRecipe(tiny(), "P2", 1, train, blob_samples[8:]).images == 3
    assert FlatNetPatchRecipe(tiny(), "P1", 0, train, blob_samples[8:]).images == 4
    with pytest.raises(FootDeformityError, match=r"landmark P2: 1 training.*two and one are the least"):
        FlatNetPatchRecipe(tiny(), "P2", 1, train[:2], blob_samples[8:])


def test_what_is_kept_of_an_image_shows_the_same_patch(blob_samples: list[Sample]) -> None:
    config, sample = tiny().architecture, blob_samples[2]
    small = replace(config, patch_size=32)
    images = PatchImages([sample], 0, small, jitter=0.1)
    whole = ImageCache([sample.pixels])
    matrices = images.views(torch.tensor([0]))
    there = matrices.clone()
    there[0, :2, 2] = (small.patch_size - 1) / 2 - torch.from_numpy(sample.points[0]) * images.factor[0]
    assert images.cache.sizes[0].prod() < sample.pixels.size
    expected = whole.crop(torch.tensor([0]), there, 32, 32)
    torch.testing.assert_close(images.cache.crop(torch.tensor([0]), matrices, 32, 32), expected, atol=1e-5, rtol=0)


def test_large_images_are_reduced_and_boxes_with_them(blob_samples: list[Sample]) -> None:
    sample = blob_samples[0]
    large = replace(sample, pixels=np.kron(sample.pixels, np.ones((4, 4), np.float32)), points=sample.points * 4 + 1.5)
    config = tiny("box_side=96").architecture
    kept = reduced_for_both(large, config)
    assert kept.pixels.shape == sample.pixels.shape and kept.shrink == 4
    np.testing.assert_allclose(kept.points, sample.points)
    assert halved(kept, 0).shrink == 4
    recipe = FlatNetDetectionRecipe(tiny("box_side=96"), [kept, kept], [kept])
    boxes = recipe.batch([0, 1], [0]).boxes
    assert (boxes[:, 0, 2] - boxes[:, 0, 0]).tolist() == pytest.approx([96 / 4 * 64 / 90] * 2, rel=1e-3)


def test_dice_loss_is_zero_for_the_disc_and_one_for_its_opposite() -> None:
    target = disc(torch.tensor([[30.0, 30.0]]), 64, 8.0)
    assert dice_loss((target - 0.5) * 60, target) < 1e-3
    assert dice_loss((0.5 - target) * 60, target) > 0.999


def test_parts_are_chosen_by_stage_and_landmark(scheme_of_blobs: Scheme) -> None:
    parts = all_parts(scheme_of_blobs, "front")

    def chosen(stage: str, landmarks: str) -> list[str]:
        return [part.folder for part in chosen_parts(parts, stage, landmarks)]

    assert chosen("all", "P2, P4") == ["detection", "patch_02_P2", "patch_04_P4"]
    assert chosen("1", "all") == ["detection"]
    assert chosen("2", "") == ["patch_01_P1", "patch_02_P2", "patch_03_P3", "patch_04_P4"]
    with pytest.raises(FootDeformityError, match=r"--landmarks A1: no such landmark.*P1, P2, P3, P4"):
        chosen("2", "A1")
    with pytest.raises(FootDeformityError, match="leave --landmarks out"):
        chosen("1", "P1")


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_backbone_starts_from_its_file(tmp_path: Path, ending: str) -> None:
    from safetensors.torch import save_file
    from torchvision.models import resnet18

    torch.manual_seed(1)
    state = resnet18(num_classes=5).state_dict()
    file = tmp_path / f"resnet18{ending}"
    save_file(state, file) if ending == ".safetensors" else torch.save({"state_dict": state}, file)
    network = CoarseNetwork(replace(tiny().architecture, frozen_norm=True), 2)
    load_backbone(network.retina.backbone.body, str(file))
    assert torch.equal(network.retina.backbone.body.layer4[1].conv2.weight, state["layer4.1.conv2.weight"])


def test_an_encoder_for_colour_starts_one_for_grey(tmp_path: Path) -> None:
    from timm import create_model

    torch.manual_seed(1)
    state = create_model("mobilenetv3_small_050", num_classes=3).state_dict()
    torch.save(state, tmp_path / "encoder.pth")
    encoder = patch_network(tiny().architecture).get_submodule("encoder")
    load_encoder(encoder, str(tmp_path / "encoder.pth"))
    found = encoder.state_dict()["model.conv_stem.weight"]
    torch.testing.assert_close(found, state["conv_stem.weight"].sum(dim=1, keepdim=True))


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    body = CoarseNetwork(tiny().architecture, 2).retina.backbone.body
    with pytest.raises(FootDeformityError, match="no such file"):
        load_backbone(body, str(tmp_path / "nothing.pth"))
    torch.save({"conv9.weight": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(FootDeformityError, match=r"weights of another network.*1 are not known"):
        load_backbone(body, str(tmp_path / "other.pth"))
    torch.save(Path, tmp_path / "code.pth")  # a pickle that would run what it names
    with pytest.raises(FootDeformityError, match="cannot be read as weights"):
        load_backbone(body, str(tmp_path / "code.pth"))
    (tmp_path / "rubbish.safetensors").write_bytes(b"rubbish")
    with pytest.raises(FootDeformityError, match="cannot be read as weights"):
        load_backbone(body, str(tmp_path / "rubbish.safetensors"))


def test_an_unfinished_run_is_not_exported_and_names_what_is_missing(
    order: Callable[..., TrainingOrder], tmp_path: Path
) -> None:
    said: list[str] = []
    train_flatnet(order(stage="2", landmarks="P2"), said.append)
    assert said[-1].endswith("not trained yet: stage 1, stage 2 P1, stage 2 P3.")
    assert any(line.startswith("stage 2 P2 (1/1): epoch 1/1") for line in said)
    with pytest.raises(
        FootDeformityError, match=r"no validated network of stage 1, stage 2 P1, stage 2 P3\. Train the"
    ):
        export_model(tmp_path / "run", tmp_path / "model", report=quiet)
    assert not (tmp_path / "model").exists()
    with pytest.raises(FootDeformityError, match=r"one part \(flatnet-patch\) of a run. Give the folder above"):
        export_model(tmp_path / "run" / "patch_02_P2", tmp_path / "model", report=quiet)
    with pytest.raises(FootDeformityError, match=r"holds stage 2 P2 already; go on with --resume"):
        train_flatnet(order(), quiet)
    with pytest.raises(FootDeformityError, match=r"other settings.*learning_rate"):
        train_flatnet(order(landmarks="P1", settings=(*SHORT, "learning_rate=0.1")), quiet)
    train_flatnet(TrainingOrder(out=tmp_path / "run", device="cpu", resume=True), said.append)
    assert "stage 2 P2 (1/1): is finished (epoch 1)" in said  # and nothing that was not asked for


@pytest.mark.slow
def test_an_interrupted_run_ends_with_the_same_weights(order: Callable[..., TrainingOrder], tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("stage 2 P1 (1/2): epoch 1/"):
            raise Interrupted

    settings = (*SETTINGS, "epochs=2", "batch=4")
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    train_flatnet(order(out=straight, stage="2", landmarks="P1,P2", settings=settings), quiet)
    with pytest.MonkeyPatch.context() as patched, pytest.raises(Interrupted):
        patched.setattr("FootDeformityTrainingLib.training_loop.TrainingRun.checkpoint_seconds", 0.0)
        train_flatnet(order(out=broken, stage="2", landmarks="P1,P2", settings=settings), stop)
    assert not (broken / "patch_02_P2").exists()
    train_flatnet(TrainingOrder(out=broken, device="cpu", resume=True), quiet)
    for part in ("patch_01_P1", "patch_02_P2"):
        expected, found = weights(straight, part), weights(broken, part)
        assert all(torch.equal(expected[key], found[key]) for key in expected)


@pytest.mark.slow
def test_both_stages_learn_and_detect(tmp_path: Path, scheme_file: Path) -> None:
    """From the command line, to a model that finds the points of an image that it has not seen."""
    data, run, model = annotated(tmp_path / "images", 24), tmp_path / "run", tmp_path / "model"
    settings = (*SETTINGS, "validate_every=2", "detection.batch=4", "detection.epochs=8", "patch.epochs=12")
    settings = (*settings, "patch.learning_rate=3e-3", "seed=1")
    words = [word for setting in settings for word in ("--set", setting)]
    start = ["train", "flatnet", "--view", "front", "--data", str(data), "--scheme", str(scheme_file)]
    assert main([*start, "--out", str(run), "--preset", "small", "--device", "cpu", *words]) == 0
    assert main(["export", str(run), "--out", str(model)]) == 0
    notes = read_model(model).notes
    assert notes["validation"]["images"] == 5 and len(notes["training_images_sha256"]) == 19
    assert notes["training_seconds_per_epoch"] > 0 and set(notes["epoch"]) == {
        "stage 1",
        *(f"stage 2 {i}" for i in IDS),
    }
    card = (model / "MODEL_CARD.md").read_text()
    assert "FlatNet (stage 1 resnet18, stage 2 tu-mobilenetv3_small_050)" in card and "stage 2 P2" in card
    unseen = annotated(tmp_path / "unseen", 25) / "24.png"
    truth = json.loads((tmp_path / "unseen" / "24.mrk.json").read_text())["markups"][0]["controlPoints"]
    found = open_detector(model, load_scheme(str(scheme_file))).detect(np.asarray(Image.open(unseen), np.float32) / 255)
    error = np.linalg.norm(found.points - [np.abs(point["position"][:2]) for point in truth], axis=1)
    assert error.mean() < 3 and error.max() < 6  # the discs' radius
    assert np.isfinite(found.expected_error).all()
