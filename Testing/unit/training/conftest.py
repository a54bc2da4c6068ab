"""A data set of four blobs with its own landmark scheme."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import Scheme, load_scheme
from FootDeformityTrainingLib.dataset import load_sample, read_rows
from FootDeformityTrainingLib.sample import Sample

# networks this small gain nothing from a second thread and lose much where it has to be waited for
torch.set_num_threads(1)
IDS = ("P1", "P2", "P3", "P4")
_BASE = np.array([[20.0, 15.0], [60.0, 20.0], [70.0, 60.0], [25.0, 70.0]])


def blobs(points: np.ndarray, width: int = 96, height: int = 90) -> np.ndarray:
    """(4, 2) points -> (H, W) uint8 image: a dot, a ring, a large blob and a bar."""
    y, x = np.mgrid[:height, :width]
    dx, dy = (grid[None] - points[:, axis, None, None] for axis, grid in ((0, x), (1, y)))
    r = np.hypot(dx, dy)
    image = 0.1 + 0.8 * np.exp(-(r[0] ** 2) / 6) + 0.8 * np.exp(-((r[1] - 7) ** 2) / 3)
    image += 0.7 * np.exp(-(r[2] ** 2) / 50) + 0.8 * np.exp(-(dx[3] ** 2) / 80 - dy[3] ** 2 / 3)
    return (image.clip(0, 1) * 255).astype(np.uint8)


@pytest.fixture(scope="session")
def blob_scheme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scheme") / "blobs.json"
    path.write_text(json.dumps({"name": "blobs", "landmarks": [{"id": i, "view": "front"} for i in IDS]}))
    return path


@pytest.fixture(scope="session")
def blob_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve annotated images of as many patients, eight for training, with a manifest."""
    folder = tmp_path_factory.mktemp("blobs")
    rng = np.random.default_rng(0)
    rows = []
    for number in range(12):
        points = _BASE + rng.normal(0, 4, _BASE.shape)
        Image.fromarray(blobs(points)).save(folder / f"{number}.png")
        positions = np.column_stack([points, np.zeros(4)])
        write_markups(folder / f"{number}.mrk.json", IDS, positions, [""] * 4)
        rows.append(
            {
                "image": f"{number}.png",
                "landmarks": f"{number}.mrk.json",
                "view": "front",
                "patient": f"p{number}",
                "split": "train" if number < 8 else "val",
                "uncertain": "P2" if number == 3 else "",
                "source": "made",
                "licence": "MIT",
            }
        )
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def scheme_of_blobs(blob_scheme: Path) -> Scheme:
    return load_scheme(str(blob_scheme))


@pytest.fixture(scope="session")
def blob_samples(blob_folder: Path, scheme_of_blobs: Scheme) -> list[Sample]:
    return [load_sample(row, scheme_of_blobs) for row in read_rows(blob_folder, "front", scheme_of_blobs)]
