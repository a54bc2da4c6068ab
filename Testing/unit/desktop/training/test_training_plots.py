"""Curves of a run on real MRML nodes."""

from __future__ import annotations

from typing import Any

import pytest
import slicer
from vtk.util.numpy_support import vtk_to_numpy

from FootDeformityLib.hosts.desktop.training.training_plots import TrainingPlots

ROWS = [
    {"epoch": "1", "loss": "4e-2", "nme": ""},
    {"epoch": "2", "loss": "2e-2", "nme": "0.0125"},
    {"epoch": "3", "loss": "1e-2", "nme": "nan"},
]


@pytest.fixture
def plots(said: Any) -> TrainingPlots:
    plots = TrainingPlots(slicer.mrmlScene)
    plots.show_layout()
    plots.show("run 1", ROWS)
    return plots


def curve(view: str) -> tuple[str, list[list[float]]]:
    """Title of the chart in a view, and its points."""
    chart = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLPlotViewNode").GetPlotChartNode()
    series = chart.GetNthPlotSeriesNode(0)
    table = series.GetTableNode().GetTable()
    columns = [table.GetColumnByName(name) for name in (series.GetXColumnName(), series.GetYColumnName())]
    return chart.GetTitle(), [vtk_to_numpy(column).tolist() for column in columns]


def test_loss_of_every_epoch_and_error_of_the_validated_ones(plots: TrainingPlots) -> None:
    assert curve("FootTrainingLoss") == ("Training loss, run 1", [[1, 2, 3], [0.04, 0.02, 0.01]])
    assert curve("FootTrainingError") == ("NME x 1000 on validation images, run 1", [[2], [12.5]])
    chart = slicer.mrmlScene.GetSingletonNode("FootTrainingLoss", "vtkMRMLPlotViewNode").GetPlotChartNode()
    assert chart.GetYAxisLogScale() and chart.GetXAxisTitle() == "epoch"


def test_more_epochs_and_another_run_use_the_same_nodes(plots: TrainingPlots) -> None:
    count = slicer.mrmlScene.GetNumberOfNodes()
    plots.show("run 1", [*ROWS, {"epoch": "4", "loss": "5e-3", "nme": "0.01"}])
    assert curve("FootTrainingError")[1] == [[2, 4], [12.5, 10.0]]
    plots.show("run 2", ROWS[:1])
    assert curve("FootTrainingLoss") == ("Training loss, run 2", [[1], [0.04]])
    assert curve("FootTrainingError")[1] == [[], []] and slicer.mrmlScene.GetNumberOfNodes() == count


def test_curves_come_back_after_the_scene_was_closed(plots: TrainingPlots) -> None:
    slicer.mrmlScene.Clear(False)
    plots.show("run 1", ROWS)
    assert curve("FootTrainingLoss")[1][0] == [1, 2, 3]


def test_curves_are_no_part_of_the_saved_scene_and_can_be_taken_out(plots: TrainingPlots) -> None:
    kinds = ("vtkMRMLTableNode", "vtkMRMLPlotSeriesNode", "vtkMRMLPlotChartNode")
    nodes = [node for kind in kinds for node in slicer.util.getNodesByClass(kind, slicer.mrmlScene)]
    assert len(nodes) == 6 and not any(node.GetSaveWithScene() for node in nodes)
    plots.close()
    assert not any(slicer.mrmlScene.GetNumberOfNodesByClass(kind) for kind in kinds)
