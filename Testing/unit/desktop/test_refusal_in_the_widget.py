"""An image that shows no foot, in the panel, with the real recogniser and networks: points only if a person insists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qt
from PIL import Image, ImageDraw

from FootDeformityLib.resources import resource_path

pytestmark = pytest.mark.slow


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A dark egg."""
    picture = Image.new("L", (300, 400), 230)
    ImageDraw.Draw(picture).ellipse((60, 90, 240, 310), fill=40)
    picture.save(tmp_path / "egg.png")
    return tmp_path / "egg.png"


def test_detect_anyway(
    room: Any, ui: Any, said: Any, wait: Callable[[Callable[[], bool]], None], drawing: Path, tmp_path: Path
) -> None:
    def open_ap(path: Path) -> None:
        qt.QFileDialog.answers[:] = [path]
        ui.openApButton.click()
        wait(lambda: not room._pending)

    def detect() -> None:
        ui.detectButton.click()
        wait(lambda: room.logic.job.state != "running" and not room._pending)

    open_ap(drawing)
    detect()
    assert "AP image: does not look like an AP or lateral radiograph of a foot" in ui.statusLabel.text
    assert "Detect anyway places the points" in ui.statusLabel.text and ui.statusLabel.visible
    assert ui.detectButton.text == "Detect anyway" and not ui.reviewBadgeLabel.visible

    open_ap(resource_path("Samples", "normal_ap.png"))
    assert not ui.statusLabel.visible and "Detect anyway" not in ui.detectButton.text  # nobody has refused this one
    open_ap(drawing)
    detect()
    detect()
    assert room.logic.job.state == "done" and not ui.statusLabel.visible and "Detect anyway" not in ui.detectButton.text
    assert "AI, not reviewed: 16 points" in ui.reviewBadgeLabel.text
    assert "because a person insisted" in ui.warningsLabel.text

    qt.QFileDialog.answers[:] = [tmp_path / "results"]
    ui.exportButton.click()
    case = json.loads((tmp_path / "results" / "case.json").read_text())
    assert case["images"]["AP"]["shows_foot"] == "refused"
    assert "a person insisted" in (tmp_path / "results" / "report.html").read_text()
    assert said.errors == []
