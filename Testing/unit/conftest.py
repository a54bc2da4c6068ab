"""A foot made of round numbers, for everything above the measuring floor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.document import to_document
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseImage, CaseView
from FootDeformityLib.measure.scheme import Scheme, load_scheme

AP = {
    "A1": (90, 60), "A2": (88, 100), "A3": (110, 60), "A4": (112, 100), "A5": (88, 130), "A6": (90, 220),
    "A7": (112, 130), "A8": (112, 220), "A9": (85, 290), "A10": (135, 285), "A11": (88, 305), "A12": (138, 298),
    "A13": (100, 345), "A14": (142, 338), "A15": (185, 300), "A16": (190, 420),
}  # fmt: skip
LATERAL = {
    "L1": (60, 300), "L2": (90, 205), "L3": (170, 180), "L4": (95, 230), "L5": (178, 208), "L6": (240, 190),
    "L7": (235, 150), "L8": (300, 120), "L9": (305, 185), "L10": (270, 270), "L11": (400, 310),
}  # fmt: skip
#: width, height of the images on which the points lie
SIZES = {"AP": (280, 460), "lateral": (460, 380)}


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return load_scheme()


@pytest.fixture(scope="session")
def foot_points() -> dict[str, np.ndarray]:
    """Image pixels (K, 2) of both views in the scheme's order."""
    return {"AP": np.array(list(AP.values()), float), "lateral": np.array(list(LATERAL.values()), float)}


@pytest.fixture(scope="session")
def foot_pixels() -> dict[str, np.ndarray]:
    """Grey values (H, W) 0..1: a bright blob about the points on dark ground."""
    images = {}
    for view, marks in (("AP", AP), ("lateral", LATERAL)):
        width, height = SIZES[view]
        y, x = np.mgrid[:height, :width]
        cx, cy = np.mean(list(marks.values()), axis=0)
        blob = np.exp(-(((x - cx) / (0.25 * width)) ** 2) - (((y - cy) / (0.3 * height)) ** 2))
        images[view] = (0.1 + 0.7 * blob).astype(np.float32)
    return images


@pytest.fixture
def foot_images(tmp_path: Path, foot_pixels: dict[str, np.ndarray]) -> dict[str, Path]:
    """The same as PNG files, in a folder of their own."""
    folder = tmp_path / "images"
    folder.mkdir()
    files = {}
    for view, pixels in foot_pixels.items():
        files[view] = folder / f"{view.lower()}.png"
        Image.fromarray((pixels * 255).astype(np.uint8)).save(files[view])
    return files


@pytest.fixture
def example_case(foot_points: dict[str, np.ndarray], scheme: Scheme) -> Case:
    """Both views as a network placed them: all sure but the third point."""
    views = {}
    for view, points in foot_points.items():
        states = {
            name: LandmarkState.detected((float(x), float(y)), 0.2 if k == 2 else 0.9)
            for k, (name, (x, y)) in enumerate(zip(scheme.ids(view), points, strict=True))
        }
        width, height = SIZES[view]
        views[view] = CaseView(CaseImage(f"{view.lower()}.png", width, height), states, f"{view}-model abc123")
    return Case.from_views(views, Facts("right", 34.0, "yes"))


@pytest.fixture
def example_document(example_case: Case) -> dict[str, Any]:
    return to_document(example_case)


@pytest.fixture
def edited_document(example_case: Case) -> Callable[[], dict[str, Any]]:
    """Return a function that makes a document with every state in it."""

    def make() -> dict[str, Any]:
        case = example_case.move("AP", "A1", (91.0, 61.0)).confirm("AP", "A2").remove("AP", "A16")
        return to_document(case)

    return make


@pytest.fixture(autouse=True)
def no_models_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests detect with the shipped models, whatever a developer has installed for himself."""
    monkeypatch.setenv("FOOTDEFORMITY_MODELS", str(tmp_path_factory.getbasetemp() / "no-models"))
