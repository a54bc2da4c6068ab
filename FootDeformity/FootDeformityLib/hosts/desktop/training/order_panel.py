"""What is to be trained: network, size, device and the rest, and the button that starts it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.training.order_choices import DEVICES, NETWORKS, PRESETS, OrderChoices
from FootDeformityLib.hosts.desktop.training.run_list import free_name
from FootDeformityLib.hosts.model_figures import read_description

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.training.training_room import TrainingRoom
    from FootDeformityLib.network.model_library import InstalledModel
    from FootDeformityTrainingLib.training_order import TrainingOrder

_TITLE = "Foot Deformity Training"


class OrderPanel:
    """Collects the choices and starts the run."""

    def __init__(self, ui: Any, room: TrainingRoom) -> None:
        self._ui, self._room = ui, room
        self._models: list[InstalledModel] = []
        self._suggested = ""
        ui.networkComboBox.addItems([_("HIH"), _("FlatNet")])
        ui.deviceComboBox.addItems([_("automatic"), _("CPU"), _("GPU (CUDA)")])
        ui.networkComboBox.connect("currentIndexChanged(int)", lambda index: self._network_changed())
        ui.initComboBox.connect("currentIndexChanged(int)", lambda index: self._enable())
        ui.runsFolderButton.connect("clicked()", self._choose_runs_folder)
        ui.startButton.connect("clicked()", self.start)
        self._network_changed()

    @property
    def network(self) -> str:
        """hih or flatnet."""
        index: int = self._ui.networkComboBox.currentIndex
        return NETWORKS[index]

    @property
    def device(self) -> str:
        """What the training is told to compute on."""
        return DEVICES[self._ui.deviceComboBox.currentIndex]

    @property
    def choices(self) -> OrderChoices:
        """What is chosen now."""
        ui, start = self._ui, self._ui.initComboBox.currentIndex - 1
        return OrderChoices(
            self.network,
            self._room.data.view,
            PRESETS[self.network][ui.presetComboBox.currentIndex],
            str(self._models[start].folder) if 0 <= start < len(self._models) else "",
            self.device,
            ui.epochsSpinBox.value,
            ui.settingsLineEdit.text,
        )

    def refresh(self) -> None:
        """Show what can be done now."""
        self._enable()

    def view_changed(self) -> None:
        """Another view or network, or a run more: other models to start from, another name."""
        self._list_models()
        ui, runs = self._ui, self._room.runs_folder
        ui.runsFolderLineEdit.setText(str(runs))
        if ui.runNameLineEdit.text in ("", self._suggested):
            self._suggested = free_name(runs, self._room.data.view, self.network)
            ui.runNameLineEdit.setText(self._suggested)
        self._enable()

    def start(self) -> None:
        """Start the training, after asking what has to be asked."""
        room = self._room
        if not room.data.folders or room.runs.training or not room.ensure_packages(flatnet=self.network == "flatnet"):
            return
        unusable = room.data.unusable
        question = _("{count} images are unusable and will be left out. Train on the others?").format(count=unusable)
        if unusable and not slicer.util.confirmOkCancelDisplay(question, windowTitle=_TITLE):
            return
        data, before = room.data.data(room.runs_folder)
        order = attempt(lambda: self._order(data))
        if order is None:
            return
        if before:
            room.chores.run(_("Putting the folders together…"), before, lambda: room.runs.start(order))
        else:
            attempt(lambda: room.runs.start(order))
        self.view_changed()

    def _order(self, data: Path) -> TrainingOrder:
        name = self._ui.runNameLineEdit.text.strip()
        if not name or name != Path(name).name or name in (".", "..", "combined"):
            raise FootDeformityError(_("{name!r} cannot name a run: give a name without slashes.").format(name=name))
        return self.choices.order(data, self._room.runs_folder / name)

    def _choose_runs_folder(self) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self._ui.orderSection, _("Folder of the runs"))
        if folder:
            self._room.set_runs_folder(Path(folder))

    def _network_changed(self) -> None:
        combo = self._ui.presetComboBox
        combo.clear()
        combo.addItems(list(PRESETS[self.network]))
        self.view_changed()

    def _list_models(self) -> None:
        from FootDeformityLib.network.model_library import models_for

        models = attempt(lambda: models_for(self._room.data.view)) if self.network == "hih" else []
        self._models = [one for one in models or [] if read_description(one.folder).get("network", "hih") == "hih"]
        combo = self._ui.initComboBox
        blocked = combo.blockSignals(True)
        combo.clear()
        combo.addItem(_("an empty network"))
        combo.addItems([_("{title} (fine-tuning)").format(title=one.title) for one in self._models])
        combo.blockSignals(blocked)

    def _enable(self) -> None:
        ui, room = self._ui, self._room
        ui.presetComboBox.setEnabled(ui.initComboBox.currentIndex <= 0)
        ui.initComboBox.setEnabled(bool(self._models))
        ui.startButton.setEnabled(bool(room.data.folders) and not room.runs.training and not room.chores.busy)
