"""FootDeformity.ui and the code that uses it: no name without a widget, no widget that does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from panel_ui import PanelUi

MODULE = Path(__file__).resolve().parents[3] / "FootDeformity"
UI = PanelUi(MODULE / "Resources" / "UI" / "FootDeformity.ui", MODULE / "FootDeformityLib" / "hosts" / "desktop")


def test_every_name_in_the_code_is_a_widget() -> None:
    assert UI.unknown() == set()


@pytest.mark.parametrize("name", UI.active)
def test_what_can_be_used_is_used_and_explained(name: str) -> None:
    assert UI.used(name), f"nothing reads or connects {name}"
    assert UI.properties(name).get("toolTip"), f"{name} has no tool tip"


def test_every_input_is_reached_by_its_label() -> None:
    inputs = {"caseComboBox", "footComboBox", "apSelector", "lateralSelector", "sideComboBox", "ageSpinBox"}
    assert inputs | {"weightBearingComboBox", "criteriaComboBox", "readerLineEdit"} <= UI.buddies()


def test_keys_that_follow_a_label_are_given_once() -> None:
    assert len(UI.keys()) == len(set(UI.keys()))


def test_images_of_the_scene_are_offered_in_grey_and_in_colour() -> None:
    for name in ("apSelector", "lateralSelector"):
        types = [e.text for e in UI.widgets[name].iter("string") if (e.text or "").startswith("vtkMRML")]
        assert types == ["vtkMRMLScalarVolumeNode", "vtkMRMLVectorVolumeNode"]
        assert UI.properties(name)["noneEnabled"] == "true"


def test_only_widgets_that_slicer_has() -> None:
    special = {e.get("class") for e in UI.widgets.values() if not (e.get("class") or "").startswith("Q")}
    assert special == {"qMRMLWidget", "qMRMLNodeComboBox", "ctkCollapsibleButton"}


def test_the_device_line_stands_in_the_panel() -> None:
    assert UI.properties("deviceLabel")["text"].startswith("Not a medical device.")
