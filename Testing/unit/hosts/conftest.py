"""A detector that knows the example foot, and a command line that runs in the test's own process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from FootDeformityLib.hosts.command_line.main import build_parser
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.radiograph import Radiograph

Detect = Callable[[Radiograph, str], Detection]


@pytest.fixture
def fake_detect(foot_points: dict[str, np.ndarray], foot_pixels: dict[str, np.ndarray]) -> Detect:
    """Finds the example foot in its own images, and is in doubt about every other image."""

    def detect(radiograph: Radiograph, view: str) -> Detection:
        sure = radiograph.pixels.shape == foot_pixels[view].shape
        count = len(foot_points[view])
        return Detection(
            view=view,
            points=foot_points[view].copy(),
            confidence=np.full(count, 0.9 if sure else 0.2),
            expected_error=np.full(count, 0.01 if sure else 0.2),
            model=f"fake-{view} 0123456789ab",
        )

    return detect


@dataclass
class Parsed:
    """Parses a command's options as the command line does."""

    def __call__(self, *words: object) -> object:
        return build_parser().parse_args([str(word) for word in words])


@pytest.fixture
def parsed() -> Parsed:
    return Parsed()
