"""FootDeformity.ui and the code that uses it: no name without a widget, no widget that does nothing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[3] / "FootDeformity"
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((MODULE / "FootDeformityLib" / "hosts" / "desktop").glob("*.py"))
)
ROOT = ElementTree.parse(MODULE / "Resources" / "UI" / "FootDeformity.ui").getroot()
WIDGETS = {element.get("name", ""): element for element in ROOT.iter("widget")}
ACTIVE = ("QPushButton", "QToolButton", "QComboBox", "QCheckBox", "QLineEdit", "QDoubleSpinBox", "qMRMLNodeComboBox")


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {p.get("name", ""): "".join(p.itertext()).strip() for p in element.findall("property")}


def test_every_name_in_the_code_is_a_widget() -> None:
    used = set(re.findall(r"\bui\.([a-z]\w+)", CODE)) - {"connect"}
    assert used <= set(WIDGETS), used - set(WIDGETS)


@pytest.mark.parametrize("name", [name for name, e in WIDGETS.items() if e.get("class") in ACTIVE])
def test_what_can_be_used_is_used_and_explained(name: str) -> None:
    assert re.search(rf"\bui\.{name}\b", CODE), f"nothing reads or connects {name}"
    assert properties(WIDGETS[name]).get("toolTip"), f"{name} has no tool tip"


def test_every_input_is_reached_by_its_label() -> None:
    buddies = {properties(e).get("buddy") for e in WIDGETS.values() if e.get("class") == "QLabel"}
    inputs = {"caseComboBox", "footComboBox", "apSelector", "lateralSelector", "sideComboBox", "ageSpinBox"}
    assert inputs | {"weightBearingComboBox", "criteriaComboBox", "readerLineEdit"} <= buddies


def test_keys_that_follow_a_label_are_given_once() -> None:
    texts = [properties(e).get("text", "") for e in WIDGETS.values()]
    keys = [match[1].lower() for text in texts if (match := re.search(r"&(\w)", text))]
    assert len(keys) == len(set(keys))


def test_images_of_the_scene_are_offered_in_grey_and_in_colour() -> None:
    for name in ("apSelector", "lateralSelector"):
        types = [e.text for e in WIDGETS[name].iter("string") if (e.text or "").startswith("vtkMRML")]
        assert types == ["vtkMRMLScalarVolumeNode", "vtkMRMLVectorVolumeNode"]
        assert properties(WIDGETS[name])["noneEnabled"] == "true"


def test_only_widgets_that_slicer_has() -> None:
    special = {e.get("class") for e in WIDGETS.values() if not (e.get("class") or "").startswith("Q")}
    assert special == {"qMRMLWidget", "qMRMLNodeComboBox", "ctkCollapsibleButton"}


def test_the_device_line_stands_in_the_panel() -> None:
    assert properties(WIDGETS["deviceLabel"])["text"].startswith("Not a medical device.")
