"""The table of angles as every host shows it."""

from __future__ import annotations

from dataclasses import dataclass

from FootDeformityLib.case.angle_bar import BarPosition, bar_position
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.measured_words import direction, in_grey_zone
from FootDeformityLib.case.normal_range import normal_range
from FootDeformityLib.files.wording import angle_text, degrees_text, range_remark, range_text


@dataclass(frozen=True)
class AngleRow:
    """One angle, ready to show.

    degrees, ai_degrees: current value and the one on the network's points, None where not measurable. words,
    ai_words: the same as text, e.g. "-10.3° (abducted)" and "-9.8°" ("" without a network's value). reason: why it is
    not measurable, else "". normal_range: (low, high) in degrees, None where no source gives one. range_words e.g.
    "15 to 30°". remark: "below the range", "above the range" or "". grey_zone: decides a deformity within its
    measurement error of the cut-off.
    """

    name: str
    label: str
    abbreviation: str
    view: str
    degrees: float | None
    ai_degrees: float | None
    words: str
    ai_words: str
    reason: str
    normal_range: tuple[float | None, float | None] | None
    range_words: str
    range_source: str
    remark: str
    grey_zone: bool
    bar: BarPosition | None


def angle_rows(case: Case) -> tuple[AngleRow, ...]:
    """Return the seven angles in the scheme's order."""
    found, ai = case.measurements, case.ai_measurements
    rows = []
    for name, angle in found.angles.items():
        normal = normal_range(name, case.facts.age_years, found.criteria)
        ai_degrees = ai.angles[name].value
        said = {"degrees": angle.value, "direction": direction(angle), "normal_range": normal.limits}
        rows.append(
            AngleRow(
                name=name,
                label=angle.label,
                abbreviation=case.scheme.angle(name).abbreviation,
                view=angle.view,
                degrees=angle.value,
                ai_degrees=ai_degrees,
                words=angle_text(said),
                ai_words="" if ai_degrees is None else degrees_text(ai_degrees),
                reason=angle.reason,
                normal_range=normal.limits,
                range_words=range_text(normal.limits),
                range_source=normal.source,
                remark=range_remark(said),
                grey_zone=in_grey_zone(name, found),
                bar=bar_position(name, angle.value, ai_degrees, normal.limits),
            )
        )
    return tuple(rows)
