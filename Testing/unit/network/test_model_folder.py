"""A model folder comes back as written; a damaged or foreign one is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.detector import Detector
from FootDeformityLib.network.model_folder import load_hih, read_model

FOREIGN = {"name": "foot27", "sha256": "0" * 64, "landmarks": ["L1"]}


def change(folder: Path, **values: object) -> None:
    settings = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(settings | values))


def test_round_trip_in_half_precision(small_model: Path) -> None:
    network = load_hih(small_model)
    assert not network.training and all(p.dtype == torch.float32 for p in network.parameters())
    assert network.config.features == 8 and read_model(small_model).view == "lateral"
    kinds = {p.name for p in small_model.iterdir()}
    assert kinds == {"model.json", "weights.safetensors"}  # no temporary file left
    assert (small_model / "weights.safetensors").stat().st_size < 2.6 * sum(p.numel() for p in network.parameters())


def test_detector_detects_in_image_pixels(small_model: Path) -> None:
    heard: list[tuple[float, str]] = []
    pixels = np.random.default_rng(0).random((120, 200), dtype=np.float32)
    detection = Detector(small_model).detect(pixels, lambda part, word: heard.append((part, word)))
    assert detection.view == "lateral" and detection.points.shape == (11, 2)
    assert np.isfinite(detection.points).all()
    assert ((detection.confidence >= 0) & (detection.confidence <= 1)).all()
    assert detection.model.startswith("small ") and heard[-1][0] == 1.0
    again = Detector(small_model).detect(pixels)
    np.testing.assert_array_equal(again.points, detection.points)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda f: (f / "model.json").unlink(), "not a model folder"),
        (lambda f: (f / "model.json").write_text("{"), "not a valid model description"),
        (lambda f: change(f, format=99), "model format 99"),
        (lambda f: change(f, codec={"size": 3}), "not a valid model description"),
        (lambda f: (f / "weights.safetensors").unlink(), "weights are missing"),
        (lambda f: (f / "weights.safetensors").write_bytes(b"x" * 100), "SHA-256"),
        (lambda f: change(f, scheme=FOREIGN), "trained on landmark scheme foot27 000000000000, expected foot27"),
    ],
)
def test_damaged_folders_are_refused(small_model: Path, damage: object, reason: str) -> None:
    damage(small_model)  # type: ignore[operator]
    with pytest.raises(FootDeformityError, match=reason) as caught:
        Detector(small_model, load_scheme())
    assert str(small_model) in str(caught.value)


def test_weights_of_another_architecture_are_refused(small_model: Path) -> None:
    settings = json.loads((small_model / "model.json").read_text())
    change(small_model, architecture=settings["architecture"] | {"stacks": 2})
    with pytest.raises(FootDeformityError, match="do not belong together"):
        load_hih(small_model)
