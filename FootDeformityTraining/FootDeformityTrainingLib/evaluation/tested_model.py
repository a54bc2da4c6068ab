"""A model as evaluation sees it: something that finds landmarks, and what its folder says about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.model_folder import SETTINGS, read_model
from FootDeformityLib.network.worker import DetectorWorker
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph
from FootDeformityTrainingLib.evaluation.cohort import Cohort
from FootDeformityTrainingLib.evaluation.landmark_results import LandmarkResult

Detect = Callable[[Radiograph], Detection]


@dataclass(frozen=True, eq=False)
class TestedModel:
    """name: as the user calls it; models of several views may share one. identity: name and hash of the weights.

    start: makes the detector ready and puts it away afterwards.
    """

    __test__ = False  # no test class, whatever pytest thinks of the name

    name: str
    view: str
    start: Callable[[], AbstractContextManager[Detect]]
    identity: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> int | None:
        """Number of learned values, if the folder says so."""
        return self.notes.get("parameters")

    @property
    def seconds_per_epoch(self) -> float | None:
        """Median time of a training epoch, if the folder says so."""
        return self.notes.get("training_seconds_per_epoch")


def open_models(named: Sequence[tuple[str, Path]], scheme: Scheme, scheme_name: str) -> list[TestedModel]:
    """Read model folders, or folders of model folders (one a view) such as Resources/Models.

    scheme_name: name or file of the scheme. Raises FootDeformityError for unusable folders, for models of another
    scheme and for a name that has two models of one view.
    """
    models: list[TestedModel] = []
    for name, path in named:
        folders = [path] if (path / SETTINGS).is_file() else sorted(file.parent for file in path.glob(f"*/{SETTINGS}"))
        if not folders:
            raise FootDeformityError(
                f"{path}: neither a model folder ({SETTINGS} is missing) nor a folder of such. Give what export wrote."
            )
        for folder in folders:
            model = open_model(name, folder, scheme, scheme_name)
            if any((other.name, other.view) == (name, model.view) for other in models):
                raise FootDeformityError(
                    f"--model {name}: two models of the {model.view} view have this name. Give each its own."
                )
            models.append(model)
    return models


def open_model(name: str, folder: Path, scheme: Scheme, scheme_name: str) -> TestedModel:
    """Read what a folder says; the detector is the one that doctors use, in a process of its own."""
    model = read_model(folder)
    if model.scheme_sha256 != scheme.sha256:
        raise FootDeformityError(
            f"{folder}: the model finds the landmarks of scheme {model.scheme}, expected {scheme.name}. Give its "
            "scheme with --scheme, or another model."
        )

    @contextmanager
    def start() -> Iterator[Detect]:
        with DetectorWorker({model.view: folder}, scheme=scheme_name) as worker:
            worker.warm_up(model.view)
            yield lambda radiograph: worker.detect(radiograph, model.view)

    return TestedModel(name, model.view, start, model.name, model.notes)


def run_model(model: TestedModel, cohort: Cohort, report: Callable[[str], None]) -> LandmarkResult:
    """Detect on every image of the cohort, one after the other, and measure the time; the first run is not timed."""
    points, seconds = np.full_like(cohort.points, np.nan), np.full(len(cohort), np.nan)
    with model.start() as detect:
        detect(read_radiograph(cohort.rows[0].image))
        for index, row in enumerate(cohort.rows):
            radiograph = read_radiograph(row.image)
            started = time.perf_counter()
            try:
                points[index] = detect(radiograph).points
            except FootDeformityError as error:
                report(f"{model.name} found nothing on {row.image.name}: {error}")
            seconds[index] = time.perf_counter() - started
            if (index + 1) % 25 == 0 or index + 1 == len(cohort):
                report(f"{model.name}, {cohort.view}: {index + 1} of {len(cohort)} images")
    return LandmarkResult(model.name, cohort, points, seconds)
