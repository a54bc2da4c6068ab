"""A Slicer scene without a screen."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

import slicer
from trame_slicer.core import SlicerApp


@pytest.fixture(scope="module")
def app() -> Any:
    """trame-slicer's application; slicer.util finds its scene."""
    app = SlicerApp()
    before = getattr(slicer, "mrmlScene", None)
    slicer.mrmlScene = app.scene
    yield app
    slicer.mrmlScene = before
