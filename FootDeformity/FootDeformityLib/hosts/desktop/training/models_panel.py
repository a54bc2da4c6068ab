"""The models that can find the landmarks of a view: their figures, which one is used, and their evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.text_table import Cell, TextTable
from FootDeformityLib.hosts.model_figures import model_figures, read_description
from FootDeformityLib.network.model_library import InstalledModel, choose_model, models_for

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.training.training_room import TrainingRoom

_TITLE = "Foot Deformity Training"
_SPLITS = ("val", "all")
#: what evaluate writes for people to open
_PAGE = "evaluation.html"


class ModelsPanel:
    """The table of models of the chosen view; * marks the one that Foot Deformity uses."""

    def __init__(self, ui: Any, room: TrainingRoom) -> None:
        self._ui, self._room = ui, room
        self._models: list[InstalledModel] = []
        self._table = TextTable(ui.modelsTable, widths=(20, 0, 62, 62, 54, 54), fits=True)
        ui.modelsTable.connect("itemSelectionChanged()", self.refresh)
        ui.modelsTable.connect("cellActivated(int,int)", lambda row, column: self.use())
        ui.useModelButton.connect("clicked()", self.use)
        ui.evaluateButton.connect("clicked()", self.evaluate)
        ui.openPageButton.connect("clicked()", self.open_page)

    def view_changed(self) -> None:
        """Show the models of the view as they are now."""
        self._models = attempt(lambda: models_for(self._room.data.view)) or []
        self._table.show([_cells(model) for model in self._models])
        self._ui.modelsTable.setVisible(bool(self._models))
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now."""
        ui, room, chosen = self._ui, self._room, self._selected()
        ui.useModelButton.setEnabled(chosen is not None and not chosen.chosen)
        ui.evaluateButton.setEnabled(bool(self._models) and bool(room.data.folders) and not room.chores.busy)
        ui.openPageButton.setEnabled(self._page.is_file())
        used = next((model.title for model in self._models if model.chosen), None)
        text = _("Foot Deformity uses {title}.").format(title=used) if used else _("No model finds this view.")
        ui.modelsLabel.setText(text)

    def use(self) -> None:
        """Let Foot Deformity detect the view with the selected model."""
        model = self._selected()
        if model is not None:
            attempt(lambda: choose_model(model.view, model.name))
            self.view_changed()

    def evaluate(self) -> None:
        """Compare all models of the table on the chosen radiographs."""
        ui, room = self._ui, self._room
        if not self._models or not room.data.folders or not room.ensure_packages(evaluation=True):
            return
        data, before = room.data.data(room.runs_folder)
        command = ["evaluate", "--data", str(data), "--view", room.data.view, "--out", str(self._page.parent)]
        command += ["--split", _SPLITS[ui.splitComboBox.currentIndex]]
        for name, folder in _names(self._models).items():
            command += ["--model", f"{name}={folder}"]
        room.chores.run(_("Evaluating {count} models…").format(count=len(self._models)), [*before, command], self._done)
        self.refresh()

    def open_page(self) -> None:
        """Open the last evaluation in the browser."""
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self._page)))

    @property
    def _page(self) -> Path:
        return self._room.runs_folder / f"evaluation_{self._room.data.view.lower()}" / _PAGE

    def _done(self) -> None:
        self.refresh()
        self.open_page()

    def _selected(self) -> InstalledModel | None:
        rows = self._ui.modelsTable.selectionModel().selectedRows()
        row = rows[0].row() if rows else -1
        return self._models[row] if 0 <= row < len(self._models) else None


def _names(models: list[InstalledModel]) -> dict[str, Path]:
    """Names for the tables, each once, the model in use first: others are compared with it."""
    found: dict[str, Path] = {}
    for model in sorted(models, key=lambda one: not one.chosen):
        title, number = model.title.replace("=", "-"), 2
        name = title
        while name in found:
            name, number = f"{title} {number}", number + 1
        found[name] = model.folder
    return found


def _cells(model: InstalledModel) -> list[Cell]:
    figures = model_figures(read_description(model.folder).get("notes", {}))
    tip = str(model.folder)
    title = model.title if model.name else _("{title} (shipped)").format(title=model.title)
    count = _("{tip}\nError of {n} points, certain ones alone {certain} of {m}").format(
        tip=tip, n=figures.points, certain=figures.certain_error, m=figures.certain_points
    )
    return [
        Cell("*" if model.chosen else "", tip),
        Cell(title, tip),
        Cell(figures.parameters, tip),
        Cell(figures.images.removesuffix(" images"), tip),
        Cell(figures.error, count),
        Cell(figures.success_4_percent, count),
    ]
