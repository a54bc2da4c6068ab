"""Data folders of the example foot, and detectors that miss its points by what a test says."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.files.markups import write_markups
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityTrainingLib.dataset import read_rows
from FootDeformityTrainingLib.evaluation.cohort import Cohort, read_cohort
from FootDeformityTrainingLib.evaluation.tested_model import TestedModel

COLUMNS = ("image", "landmarks", "view", "patient", "split", "weight_bearing", "age_years", "sex", "uncertain")
COLUMNS += ("spacing_mm", "aspect_known", "source")
Miss = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class FootFolder:
    """A data folder and its truth: file name of the image -> points (K, 2)."""

    path: Path
    truth: dict[str, np.ndarray]

    def model(self, name: str, view: str, miss: Miss, **notes: object) -> TestedModel:
        """A detector that finds truth + miss(truth, number of the image)."""
        names = sorted(self.truth)

        def detect(radiograph: Radiograph) -> Detection:
            truth = self.truth[radiograph.path.name]
            points = miss(truth.copy(), names.index(radiograph.path.name))
            return Detection(view, points, np.ones(len(points)), np.full(len(points), np.nan), name)

        return TestedModel(name, view, lambda: nullcontext(detect), f"{name} 0123", dict(notes))


MakeFolder = Callable[[str, Sequence[dict[str, str]]], FootFolder]


@pytest.fixture
def make_folder(tmp_path: Path, foot_points: dict[str, np.ndarray], scheme: Scheme) -> MakeFolder:
    """Write one image of the example foot a row; a row names manifest columns that differ from the usual."""

    def make(view: str, rows: Sequence[dict[str, str]]) -> FootFolder:
        folder = tmp_path / f"data_{view.lower()}"
        folder.mkdir()
        truth, entries = {}, []
        for number, row in enumerate(rows):
            # no two alike: shifted and a little larger each
            points = foot_points[view] * (1 + 0.02 * number) + [number, 2 * number]
            stem = f"{number:02}"
            truth[f"{stem}.png"] = points
            Image.fromarray(np.tile(np.arange(520, dtype=np.uint16) // 3 + number, (500, 1)).astype(np.uint8)).save(
                folder / f"{stem}.png"
            )
            ids = scheme.ids(view)
            write_markups(
                folder / f"{stem}.mrk.json", ids, np.column_stack([points, np.zeros(len(ids))]), [""] * len(ids)
            )
            usual = {"patient": f"p{number}", "split": "val", "weight_bearing": "yes", "age_years": "40"}
            entry = {"image": f"{stem}.png", "landmarks": f"{stem}.mrk.json", "view": view, **usual, **row}
            entries.append(entry)
        with (folder / "manifest.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(entries)
        return FootFolder(folder, truth)

    return make


@pytest.fixture
def cohort_of(scheme: Scheme) -> Callable[[FootFolder, str], Cohort]:
    def read(folder: FootFolder, view: str) -> Cohort:
        return read_cohort(read_rows(folder.path, view, scheme), view, scheme, lambda line: pytest.fail(line))

    return read


@pytest.fixture
def quiet() -> Callable[[str], None]:
    return lambda line: None
