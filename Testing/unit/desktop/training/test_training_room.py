"""The panel from the first folder to the model in use, with the real commands in real processes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qt
import slicer

Wait = Callable[[Callable[[], bool]], None]
#: a network that learns next to nothing in no time
TINY = "input_size=32 features=8 stem=4,8 depth=1 stacks=1 batch=5 validate_every=20 picture_every=20"


def table_texts(table: Any) -> list[list[str]]:
    columns = table.columnCount
    return [[table.item(row, column).text() for column in range(columns)] for row in range(table.rowCount)]


@pytest.fixture
def check(training_room: Any, tui: Any, wait: Wait) -> Callable[[], None]:
    def checked() -> None:
        tui.checkButton.click()
        wait(lambda: not training_room.chores.busy)

    return checked


def test_an_empty_panel_says_how_to_begin(training_room: Any, tui: Any, said: Any) -> None:
    assert tui.checkLabel.text == "Add a folder of annotated radiographs to begin."
    for name in ("checkButton", "removeFolderButton", "startButton", "cancelButton", "resumeButton"):
        assert not getattr(tui, name).enabled, name
    assert not tui.installModelButton.enabled and not tui.evaluateButton.enabled
    assert tui.runStateLabel.text == "There is no run in this folder yet."
    assert table_texts(tui.modelsTable)[0][:2] == ["*", "footdeformity-ap-compact (shipped)"]
    assert tui.runNameLineEdit.text == "ap-hih-1" and said.errors == []


def test_the_check_lists_reasons_with_thumbnails(
    training_room: Any, tui: Any, feet: Path, check: Callable[[], None]
) -> None:
    (feet / "3.mrk.json").write_text("{}")
    training_room.data.add_folder(feet)
    check()
    assert tui.checkLabel.text == "10 images: 9 can be trained on, 1 unusable: left out."
    rows = table_texts(tui.checkTable)
    assert len(rows) == 10 and rows[0][1:3] == ["3.png", "unusable"] and rows[0][3]
    assert not tui.checkTable.item(1, 0).icon().isNull() and tui.checkTable.item(0, 0).icon().isNull()
    tui.filterComboBox.setCurrentIndex(2)
    assert [row[1] for row in table_texts(tui.checkTable)] == ["3.png"]
    assert training_room.data.unusable == 1
    tui.viewComboBox.setCurrentIndex(1)
    assert tui.checkLabel.text == "Not checked yet." and training_room.data.unusable == 0


def test_a_folder_without_annotations_is_told(
    training_room: Any, tui: Any, said: Any, tmp_path: Path, check: Callable[[], None]
) -> None:
    (tmp_path / "empty").mkdir()
    training_room.data.add_folder(tmp_path / "empty")
    check()
    assert len(said.errors) == 1 and "no annotated AP radiograph found" in said.errors[0]


def test_several_folders_are_one_data_set(
    training_room: Any, tui: Any, feet: Path, tmp_path: Path, check: Callable[[], None]
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    for name in ("1.png", "1.mrk.json"):
        shutil.copy(feet / name, more / f"other{name}")
    training_room.data.add_folder(feet)
    training_room.data.add_folder(more)
    check()
    assert len(table_texts(tui.checkTable)) == 11
    data, commands = training_room.data.data(training_room.runs_folder)
    with (data / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert commands and {row["patient"] for row in rows} >= {"p0", "other1"}
    assert all(Path(row["image"]).is_file() for row in rows)
    tui.dataFoldersList.setCurrentRow(0)
    tui.removeFolderButton.click()
    assert training_room.data.folders == [more] and training_room.data.data(tmp_path) == (more, [])


def test_folders_and_view_are_there_again_after_a_restart(training_room: Any, training_widget: Any, feet: Path) -> None:
    training_room.data.add_folder(feet)
    training_widget.ui.viewComboBox.setCurrentIndex(1)
    training_widget.cleanup()
    training_widget.setup()
    assert training_widget.room.data.folders == [feet] and training_widget.room.data.view == "lateral"


def test_what_cannot_be_started_is_told(training_room: Any, tui: Any, feet: Path, said: Any) -> None:
    training_room.data.add_folder(feet)
    tui.runNameLineEdit.setText("a/b")
    tui.startButton.click()
    tui.runNameLineEdit.setText("fine")
    tui.settingsLineEdit.setText("batch")
    tui.startButton.click()
    assert ["a/b" in said.errors[0], "expected name=value" in said.errors[1]] == [True, True]
    assert not training_room.runs.training and not (training_room.runs_folder / "fine").exists()


def test_a_setting_that_training_refuses_is_told(
    training_room: Any, tui: Any, feet: Path, said: Any, wait: Wait
) -> None:
    training_room.data.add_folder(feet)
    tui.settingsLineEdit.setText("no_such_thing=1")
    tui.startButton.click()
    assert training_room.runs.training and not tui.startButton.enabled
    wait(lambda: bool(said.errors))
    assert "no_such_thing: is no setting" in said.errors[0]
    assert not training_room.runs.training and tui.startButton.enabled


def test_networks_and_their_sizes(training_room: Any, tui: Any) -> None:
    from FootDeformityLib.hosts.desktop.training.order_choices import PRESETS
    from FootDeformityLib.network.flatnet_config import FLATNET_PRESETS
    from FootDeformityLib.network.hih import PRESETS as HIH_PRESETS

    assert {name: set(sizes) for name, sizes in PRESETS.items()} == {
        "hih": set(HIH_PRESETS),
        "flatnet": set(FLATNET_PRESETS),
    }
    assert [tui.presetComboBox.itemText(k) for k in range(2)] == ["compact", "paper"]
    tui.initComboBox.setCurrentIndex(1)
    assert not tui.presetComboBox.enabled and training_room.order.choices.init.endswith("ap")
    tui.networkComboBox.setCurrentIndex(1)
    assert [tui.presetComboBox.itemText(k) for k in range(2)] == ["small", "paper"]
    order = training_room.order.choices.order(Path("data"), Path("run"))
    assert (order.network, order.preset, order.init, order.view) == ("flatnet", "small", "", "AP")


def started(room: Any, tui: Any, folder: Path, name: str, epochs: int) -> None:
    room.data.add_folder(folder)
    tui.settingsLineEdit.setText(TINY)
    tui.epochsSpinBox.setValue(epochs)
    tui.runNameLineEdit.setText(name)
    tui.startButton.click()


@pytest.mark.slow
def test_a_training_survives_the_end_of_slicer(
    training_widget: Any, tui: Any, feet: Path, said: Any, wait: Wait
) -> None:
    run = training_widget.room.runs_folder / "tiny"
    started(training_widget.room, tui, feet, "tiny", 60)
    wait(lambda: "loss" in tui.runStateLabel.text)
    assert tui.progressBar.visible and "left" in tui.runStateLabel.text and tui.cancelButton.enabled
    chart = slicer.mrmlScene.GetSingletonNode("FootTrainingLoss", "vtkMRMLPlotViewNode").GetPlotChartNode()
    assert chart.GetTitle() == "Training loss, tiny"
    process = training_widget.room.runs._process._process

    training_widget.cleanup()  # Slicer is closed
    assert process.poll() is not None
    reached = len((run / "log.csv").read_text().splitlines()) - 1
    assert 0 < reached < 60 and (run / "last.pt").is_file()

    training_widget.setup()  # and opened again
    ui, room = training_widget.ui, training_widget.room
    assert ui.runComboBox.currentText == "tiny" and "Stopped: it can be resumed" in ui.runStateLabel.text
    ui.resumeButton.click()
    assert not ui.resumeButton.enabled and not ui.startButton.enabled
    wait(lambda: not room.runs.training and "Finished after 60 epochs" in ui.runStateLabel.text)
    assert not ui.resumeButton.enabled and ui.installModelButton.enabled and ui.pictureLabel.visible
    error = slicer.mrmlScene.GetSingletonNode("FootTrainingError", "vtkMRMLPlotViewNode").GetPlotChartNode()
    assert error.GetNthPlotSeriesNode(0).GetTableNode().GetNumberOfRows() == 3
    assert said.errors == []


@pytest.mark.slow
def test_a_cancelled_training_can_be_resumed(training_room: Any, tui: Any, feet: Path, said: Any, wait: Wait) -> None:
    started(training_room, tui, feet, "stopped", 5000)
    wait(lambda: "loss" in tui.runStateLabel.text)
    tui.cancelButton.click()
    wait(lambda: not training_room.runs.training and tui.resumeButton.enabled)
    assert "Stopped: it can be resumed" in tui.runStateLabel.text and not tui.progressBar.visible
    assert tui.startButton.enabled and said.errors == []
    tui.startButton.click()  # the name is taken
    assert "holds a run already" in said.errors[0]


@pytest.mark.slow
def test_from_corrected_points_to_the_model_that_detects(
    widget: Any, room: Any, ui: Any, training_room: Any, tui: Any, feet: Path, said: Any, wait: Wait, tmp_path: Path
) -> None:
    """The whole loop: add to training set, check, train, install, detect; then evaluate and go back."""
    from FootDeformityLib.network.model_library import model_for
    from FootDeformityLib.resources import shipped_model

    collected = tmp_path / "collected"
    case = room.new_case("Loop")
    for number in range(10):
        case.load_image(feet / f"{number}.png", "AP")
        case.load_landmarks("AP", feet / f"{number}.mrk.json")
        case.confirm_all()
        wait(lambda: ui.trainingSetButton.enabled)
        qt.QFileDialog.answers = [collected]
        ui.trainingSetButton.click()
    assert len(list(collected.glob("*.nrrd"))) == 10 and said.errors == []

    training_room.data.add_folder(collected)
    tui.checkButton.click()
    wait(lambda: not training_room.chores.busy)
    assert tui.checkLabel.text.startswith("10 images: 10 can be trained on")

    started(training_room, tui, collected, "loop", 20)
    wait(lambda: not training_room.runs.training and "Finished" in tui.runStateLabel.text)
    tui.installModelButton.click()
    wait(lambda: not training_room.chores.busy)
    assert "Foot Deformity now finds the AP landmarks with loop" in said.infos[-1]
    assert model_for("AP").parent == tmp_path / "models"

    widget.enter()  # back in Foot Deformity
    assert ui.apModelComboBox.currentText == "AP: loop"
    case.detect(any_image=True)  # a network of twenty epochs is sure of nothing, so its images would be refused
    wait(lambda: room.logic.job.state != "running")
    assert (room.logic.job.state, room.logic.job.error) == ("done", "")
    assert case.case.views["AP"].model.startswith("loop ")

    tui.evaluateButton.click()
    wait(lambda: not training_room.chores.busy)
    assert tui.openPageButton.enabled, tui.choreLabel.text
    page = (training_room.runs_folder / "evaluation_ap" / "evaluation.html").read_text()
    assert "loop" in page and "footdeformity-ap-compact" in page

    assert [row[:2] for row in table_texts(tui.modelsTable)] == [
        ["", "footdeformity-ap-compact (shipped)"],
        ["*", "loop"],
    ]
    tui.modelsTable.selectRow(0)
    tui.useModelButton.click()
    assert model_for("AP") == shipped_model("AP") and tui.modelsLabel.text.endswith("footdeformity-ap-compact.")
    widget.enter()
    assert ui.apModelComboBox.currentText == "AP: footdeformity-ap-compact (shipped)"
    ui.apModelComboBox.activated.emit(1)
    assert model_for("AP").parent == tmp_path / "models" and ui.apModelComboBox.currentText == "AP: loop"
