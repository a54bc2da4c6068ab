"""The runs: how each stands, its curves and pictures; cancel, resume, and a model from the best state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.messages import attempt
from FootDeformityLib.hosts.desktop.training.run_list import Run, duration, find_runs, last_picture, seconds_left
from FootDeformityLib.network.model_library import install_model
from FootDeformityTrainingLib.training_process import TrainingProcess

if TYPE_CHECKING:
    from FootDeformityLib.hosts.desktop.training.training_room import TrainingRoom
    from FootDeformityTrainingLib.training_order import TrainingOrder
    from FootDeformityTrainingLib.training_process import TrainingProgress

_TITLE = "Foot Deformity Training"


class RunsPanel:
    """Shows the chosen run and holds the process of the one that trains."""

    def __init__(self, ui: Any, room: TrainingRoom) -> None:
        self._ui, self._room = ui, room
        self._runs: tuple[Run, ...] = ()
        self._process: TrainingProcess | None = None
        self._picture: tuple[Path, float] | None = None
        ui.runComboBox.connect("currentIndexChanged(int)", lambda index: self.show())
        ui.cancelButton.connect("clicked()", self.cancel)
        ui.resumeButton.connect("clicked()", self.resume)
        ui.installModelButton.connect("clicked()", self.install)

    @property
    def training(self) -> bool:
        """Whether a run is being trained."""
        return self._process is not None and self._process.running

    @property
    def chosen(self) -> Run | None:
        """The run that is shown."""
        index = self._ui.runComboBox.currentIndex
        return self._runs[index] if 0 <= index < len(self._runs) else None

    def start(self, order: TrainingOrder) -> None:
        """Train a new run. Raises FootDeformityError if its folder holds one."""
        process = TrainingProcess(order, self._room.python, self._room.packages)
        process.start()
        self._follow(process)

    def resume(self) -> None:
        """Go on with the chosen run."""
        run = self.chosen
        if run is None or self.training or not self._room.ensure_packages(flatnet=run.network == "flatnet"):
            return
        process = run.process(self._room.python, self._room.order.device, self._room.packages)
        attempt(process.resume)
        self._follow(process)

    def cancel(self) -> None:
        """Ask the training to end; the timer sees when it has."""
        if self._process is not None:
            self._process.stop()
        self._ui.cancelButton.setEnabled(False)

    def close(self) -> None:
        """End the training at once: what it has written can be resumed."""
        if self._process is not None:
            self._process.cancel()

    def install(self) -> None:
        """Make a model of the chosen run and let Foot Deformity use it."""
        run = self.chosen
        if run is None or not self._room.ensure_packages(flatnet=run.network == "flatnet"):
            return
        model = run.folder / "model"
        command = ["export", str(run.folder), "--out", str(model), "--name", run.name]
        self._room.chores.run(_("Making a model of {name}…").format(name=run.name), [command], lambda: self._use(model))

    def list_runs(self) -> None:
        """Look which runs there are; the one that is shown stays."""
        before, self._runs = self.chosen, find_runs(self._room.runs_folder)
        folder = self._process.order.out if self._process is not None and self.training else None
        if folder is not None and folder not in [run.folder for run in self._runs]:
            self._runs = (Run(folder), *self._runs)  # it has not written its settings yet
        wanted = folder or (before.folder if before is not None else None)
        folders = [run.folder for run in self._runs]
        combo = self._ui.runComboBox
        blocked = combo.blockSignals(True)
        combo.clear()
        combo.addItems([run.name for run in self._runs])
        if self._runs:
            combo.setCurrentIndex(folders.index(wanted) if wanted in folders else 0)
        combo.blockSignals(blocked)
        self.show()

    def tick(self) -> None:
        """Called by a timer: show what the training has written since."""
        process = self._process
        if process is None:
            return
        ended = not process.running  # before the last look at what it wrote
        chosen = self.chosen
        if chosen is None or (chosen.folder == process.order.out and not chosen.view):
            self.list_runs()
        self.show()
        if ended:
            self._process = None
            self.list_runs()
            self._room.refresh()
            error = process.progress().error
            if error:
                slicer.util.errorDisplay(error, windowTitle=_TITLE)

    def show(self) -> None:
        """Show how the chosen run stands."""
        ui, run = self._ui, self.chosen
        progress = self._progress(run) if run is not None else None
        finished = run is not None and progress is not None and run.finished(progress)
        running = progress is not None and progress.running
        ui.runComboBox.setVisible(bool(self._runs))
        ui.cancelButton.setEnabled(running)
        ui.resumeButton.setEnabled(progress is not None and progress.resumable and not finished and not self.training)
        ui.installModelButton.setEnabled(_has_best(run) and not running and not self._room.chores.busy)
        ui.progressBar.setVisible(running)
        if run is None or progress is None:
            ui.runStateLabel.setText(_("There is no run in this folder yet."))
            ui.pictureLabel.setVisible(False)
            return
        ui.progressBar.setValue(round(1000 * run.part_of_whole(progress)))
        ui.runStateLabel.setText("\n".join(_state(run, progress, finished)))
        self._show_picture(last_picture(run.folder))
        if progress.rows:
            self._room.plots.show(f"{run.name} {progress.part}".strip(), progress.rows)

    def _use(self, model: Path) -> None:
        installed = install_model(model)
        self._room.models.view_changed()
        text = _("Foot Deformity now finds the {view} landmarks with {title}. Evaluate it before you rely on it.")
        slicer.util.infoDisplay(text.format(view=installed.view, title=installed.title), windowTitle=_TITLE)

    def _follow(self, process: TrainingProcess) -> None:
        self._process = process
        self.list_runs()
        self._room.plots.show_layout()
        self._room.refresh()

    def _progress(self, run: Run) -> TrainingProgress:
        process = self._process
        if process is None or process.order.out != run.folder:
            process = run.process(self._room.python)
        return process.progress()

    def _show_picture(self, file: Path | None) -> None:
        label = self._ui.pictureLabel
        label.setVisible(file is not None)
        known = (file, file.stat().st_mtime) if file is not None else None
        if known is None or known == self._picture:
            return
        picture = qt.QPixmap(str(file))
        if not picture.isNull():
            label.setPixmap(picture.scaledToWidth(400, qt.Qt.SmoothTransformation))
            self._picture = known


def _state(run: Run, progress: TrainingProgress, finished: bool) -> list[str]:
    """Lines about a run."""
    part = f"{progress.part}: " if progress.part else ""
    epochs = _("{part}epoch {epoch} of {epochs}").format(
        part=part, epoch=progress.epoch, epochs="?" if progress.epochs is None else progress.epochs
    )
    left = seconds_left(progress)
    if progress.running:
        about = "" if left is None else _(", about {time} left").format(time=duration(left))
        if left is not None and run.parts:
            about += _(" for this one of {count} networks, {done} are done").format(
                count=len(run.parts), done=run.parts_done
            )
        words = epochs + about if progress.rows else _("Starting: the images are read and checked.")
    elif finished:
        words = _("Finished after {epochs} epochs. Install its model, or evaluate it.").format(epochs=progress.epoch)
    elif progress.resumable:
        words = _("{epochs}. Stopped: it can be resumed.").format(epochs=epochs)
    else:
        words = _("Stopped before the first state was kept: start it anew under another name.")
    lines = [f"{run.network or '?'}, {run.view or '?'}: {words}"]
    if progress.rows:
        lines.append(_figures(progress))
    if progress.error:
        lines.append(progress.error)
    elif progress.running and not progress.rows and progress.lines:
        lines.append(progress.lines[-1])
    return lines


def _figures(progress: TrainingProgress) -> str:
    validated = [row for row in progress.rows if row.get("nme")]
    text: str = _("loss {loss}").format(loss=progress.rows[-1]["loss"])
    if validated:
        best = min(float(row["nme"]) for row in validated)
        now = 1000 * float(validated[-1]["nme"])
        text += _(", NME x 1000: {now:.2f}, best {best:.2f}").format(now=now, best=1000 * best)
    return text


def _has_best(run: Run | None) -> bool:
    return run is not None and (any(run.folder.glob("best.pt")) or any(run.folder.glob("*/best.pt")))
