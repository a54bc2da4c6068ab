"""A .ui file beside the code that uses its widgets."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

_ACTIVE = {"QPushButton", "QToolButton", "QComboBox", "QCheckBox", "QLineEdit", "QSpinBox", "QDoubleSpinBox"}
_ACTIVE |= {"QListWidget", "QTableWidget", "qMRMLNodeComboBox"}


class PanelUi:
    """widgets: its elements by name. active: names of what a person can use. code: folder of the modules, flat."""

    def __init__(self, file: Path, code: Path) -> None:
        self._code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(code.glob("*.py")))
        root = ElementTree.parse(file).getroot()
        self.widgets = {element.get("name", ""): element for element in root.iter("widget")}
        self.active = [name for name, element in self.widgets.items() if element.get("class") in _ACTIVE]

    def unknown(self) -> set[str]:
        """Names in the code that are no widgets."""
        return set(re.findall(r"\bui\.([a-z]\w+)", self._code)) - {"connect"} - set(self.widgets)

    def used(self, name: str) -> bool:
        """Whether the code reads or connects a widget."""
        return re.search(rf"\bui\.{name}\b", self._code) is not None

    def properties(self, name: str) -> dict[str, str]:
        """The properties of a widget as text."""
        found = self.widgets[name].findall("property")
        return {one.get("name", ""): "".join(one.itertext()).strip() for one in found}

    def buddies(self) -> set[str]:
        """Widgets that a label names as its own."""
        return {self.properties(name)["buddy"] for name in self.widgets if "buddy" in self.properties(name)}

    def keys(self) -> list[str]:
        """The letters that follow "&" in the texts."""
        texts = [self.properties(name).get("text", "") for name in self.widgets]
        return [match[1].lower() for text in texts if (match := re.search(r"&(\w)", text))]
