"""How far two sets of angles of the same images agree: a model and the readers, or two readers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from FootDeformityTrainingLib.evaluation.landmark_results import AngleResult
from FootDeformityTrainingLib.evaluation.table import Cell, Column, Table
from FootDeformityTrainingLib.metrics_agreement import bland_altman, icc_2_1
from FootDeformityTrainingLib.metrics_statistics import Estimate

NOTES = (
    "ICC(2,1): two-way random effects, absolute agreement, one reading; interval after McGraw and Wong. Limits of "
    "agreement (Bland and Altman): bias -+ 1.96 SD of the differences. MDC95: smallest change between two such "
    "readings that is more than their disagreement, 1.96 SD.",
    "Only images whose pixels are known to be square. Several images of one patient count as independent ones.",
)


def agreement_table(
    compared: Sequence[tuple[str, Sequence[AngleResult]]], name: str, title: str, difference: str
) -> Table:
    """compared: who is compared, with the angles of each. difference: what is subtracted from what, in words."""
    columns = (
        Column("angle", "Angle"),
        Column("points", "Points"),
        Column("compared", "Compared"),
        Column("n", "n"),
        Column("icc", "ICC(2,1)", "interval"),
        Column("absolute_degrees", "Mean absolute difference", "number"),
        Column("bias_degrees", "Bias", "interval"),
        Column("deviation", "SD", "number"),
        Column("lower_limit", "Lower limit", "number"),
        Column("upper_limit", "Upper limit", "number"),
        Column("limit_margin", "Limits -+", "number"),
        Column("mdc95", "MDC95", "number"),
    )
    rows: list[Sequence[Cell]] = [
        _row(angle, who, certain) for who, angles in compared for angle in angles for certain in (True, False)
    ]
    if not rows:
        return Table(name, title, (), (), ("Not applicable: the scheme measures no angles in this view.",))
    return Table(name, title, columns, rows, (f"Differences: {difference}, degrees.", *NOTES))


def _row(angle: AngleResult, who: str, certain: bool) -> list[Cell]:
    used = np.isfinite(angle.differences) & (angle.certain if certain else True)
    truth = angle.truth[used]
    predicted = truth + angle.differences[used]  # the short way round
    icc, plot = icc_2_1(np.column_stack([predicted, truth])), bland_altman(predicted, truth)
    return [
        angle.label,
        "certain" if certain else "all",
        who,
        plot.n,
        Estimate(icc.value, icc.low, icc.high),
        float(np.abs(predicted - truth).mean()) if plot.n else None,
        Estimate(plot.bias, plot.bias_low, plot.bias_high),
        plot.deviation,
        plot.lower,
        plot.upper,
        plot.limit_margin,
        plot.smallest_detectable_change,
    ]
