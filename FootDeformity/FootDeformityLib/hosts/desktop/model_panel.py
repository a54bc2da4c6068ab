"""Which model detects each view: the shipped one, or one that was trained and installed on this computer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.two_views import VIEWS
from FootDeformityLib.network.model_library import InstalledModel, choose_model, models_for

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.reading_room import ReadingRoom


class ModelPanel:
    """A list for each view. The choice is the user's for every case; points that are there stay."""

    def __init__(self, ui: Any, room: ReadingRoom) -> None:
        self._lists = {"AP": ui.apModelComboBox, "lateral": ui.lateralModelComboBox}
        self._models: dict[str, list[InstalledModel]] = {view: [] for view in VIEWS}
        for view, combo in self._lists.items():
            combo.connect("activated(int)", partial(self._choose, view))

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show the models when the module is opened: the training module may have installed one."""
        if "cases" not in kinds:
            return
        for view, combo in self._lists.items():
            self._models[view] = attempt(partial(models_for, view)) or []
            names = [
                model.title if model.name else _("{title} (shipped)").format(title=model.title)
                for model in self._models[view]
            ]
            blocked = combo.blockSignals(True)
            combo.clear()
            combo.addItems([_("{view}: {name}").format(view=view, name=name) for name in names])
            combo.setCurrentIndex(next((k for k, model in enumerate(self._models[view]) if model.chosen), -1))
            combo.blockSignals(blocked)

    def _choose(self, view: str, index: int) -> None:
        attempt(lambda: choose_model(view, self._models[view][index].name))
        self.refresh(frozenset({"cases"}))
