"""Loss and validation error of a run as curves in Slicer's own plot views."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import slicer
import vtk
from slicer.i18n import tr as _

#: Slicer's own layouts have numbers below 100
_LAYOUT = 27117
_LOSS_VIEW, _ERROR_VIEW = "FootTrainingLoss", "FootTrainingError"
_COLOURS = ((0.20, 0.45, 0.70), (0.85, 0.35, 0.10))
Row = Mapping[str, str]


@dataclass(frozen=True)
class _Curve:
    """One chart with one curve: a column of log.csv times factor over the epochs."""

    column: str
    factor: float
    view: str
    logarithmic: bool


_CURVES = (_Curve("loss", 1.0, _LOSS_VIEW, True), _Curve("nme", 1000.0, _ERROR_VIEW, False))


class TrainingPlots:
    """Two charts in a MRML scene. Their nodes are not saved with the scene, and made anew after it was closed."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self._charts: dict[str, str] = {}
        self._shown: tuple[str, tuple[Row, ...]] | None = None

    def show_layout(self) -> None:
        """Switch Slicer's views to the two plots; nothing without Slicer's main window."""
        manager = slicer.app.layoutManager()
        node = manager.layoutLogic().GetLayoutNode() if manager is not None else None
        if node is None:
            return
        if not node.IsLayoutDescription(_LAYOUT):
            node.AddLayoutDescription(_LAYOUT, _description())
        manager.setLayout(_LAYOUT)
        self._attach()

    def show(self, name: str, rows: Sequence[Row]) -> None:
        """Show the rows of a log.csv as the curves of a run. Does nothing while nothing changed."""
        wanted = (name, tuple(rows))
        if wanted == self._shown and all(self._scene.GetNodeByID(chart) for chart in self._charts.values()):
            return
        titles = {"loss": _("Training loss"), "nme": _("NME x 1000 on validation images")}
        for curve, colour in zip(_CURVES, _COLOURS, strict=True):
            chart = self._chart(curve, colour)
            chart.SetTitle(f"{titles[curve.column]}, {name}")
            _fill(chart.GetNthPlotSeriesNode(0).GetTableNode(), curve, rows)
        self._attach()
        self._shown = wanted

    def close(self) -> None:
        """Take the charts out of the scene."""
        for identity in self._charts.values():
            chart = self._scene.GetNodeByID(identity)
            if chart is None:
                continue
            series = chart.GetNthPlotSeriesNode(0)
            for node in (chart, series.GetTableNode() if series is not None else None, series):
                if node is not None:
                    self._scene.RemoveNode(node)
        self._charts.clear()
        self._shown = None

    def _chart(self, curve: _Curve, colour: tuple[float, float, float]) -> Any:
        chart = self._scene.GetNodeByID(self._charts.get(curve.column, ""))
        if chart is not None and chart.GetNthPlotSeriesNode(0) is not None:
            return chart
        names = {"loss": _("Training loss"), "nme": _("NME x 1000")}
        table, series, chart = (
            self._add(kind, f"{names[curve.column]} {words}")
            for kind, words in (
                ("vtkMRMLTableNode", "table"),
                ("vtkMRMLPlotSeriesNode", ""),
                ("vtkMRMLPlotChartNode", "chart"),
            )
        )
        for column in ("epoch", curve.column):
            values = vtk.vtkDoubleArray()
            values.SetName(column)
            table.AddColumn(values)
        series.SetName(names[curve.column])
        series.SetAndObserveTableNodeID(table.GetID())
        series.SetXColumnName("epoch")
        series.SetYColumnName(curve.column)
        series.SetPlotType(series.PlotTypeScatter)
        series.SetMarkerStyle(series.MarkerStyleCircle)
        series.SetColor(*colour)
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
        chart.SetXAxisTitle(_("epoch"))
        chart.SetYAxisTitle(names[curve.column])
        chart.SetYAxisLogScale(curve.logarithmic)
        chart.SetLegendVisibility(False)
        self._charts[curve.column] = chart.GetID()
        return chart

    def _add(self, kind: str, name: str) -> Any:
        node = self._scene.CreateNodeByClass(kind)
        node.UnRegister(None)  # CreateNodeByClass hands over its reference
        node.SetName(name)
        node.SetSaveWithScene(False)
        return self._scene.AddNode(node)

    def _attach(self) -> None:
        """Put each chart into its view, where the layout was shown."""
        for curve in _CURVES:
            view = self._scene.GetSingletonNode(curve.view, "vtkMRMLPlotViewNode")
            chart = self._charts.get(curve.column)
            if view is not None and chart is not None and view.GetPlotChartNodeID() != chart:
                view.SetPlotChartNodeID(chart)


def _fill(table: Any, curve: _Curve, rows: Sequence[Row]) -> None:
    """Rows without the figure, such as epochs that were not validated, are left out: a gap would break the line."""
    found = [(float(row["epoch"]), curve.factor * float(row[curve.column])) for row in rows if row.get(curve.column)]
    found = [pair for pair in found if math.isfinite(pair[1]) and (pair[1] > 0 or not curve.logarithmic)]
    modified = table.StartModify()
    content = table.GetTable()
    for index in range(2):
        values = content.GetColumn(index)
        values.SetNumberOfValues(len(found))
        for row, pair in enumerate(found):
            values.SetValue(row, pair[index])
        values.Modified()
    content.Modified()
    table.Modified()
    table.EndModify(modified)


def _description() -> str:
    views = "".join(
        f'<item><view class="vtkMRMLPlotViewNode" singletontag="{tag}">'
        f'<property name="viewlabel" action="default">{label}</property></view></item>'
        for tag, label in ((_LOSS_VIEW, "L"), (_ERROR_VIEW, "E"))
    )
    return f'<layout type="vertical" split="true">{views}</layout>'
