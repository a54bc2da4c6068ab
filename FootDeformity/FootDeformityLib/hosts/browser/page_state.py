"""What the page shows of a case, as plain data. The floors below have worked all of it out."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from FootDeformityLib.case.angle_rows import AngleRow, angle_rows
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.diagnosis_rows import diagnosis_rows
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.landmark_rows import LandmarkRow, landmark_rows
from FootDeformityLib.case.review import unconfirmed, unplaced
from FootDeformityLib.files.overlay import STATE_COLOURS
from FootDeformityLib.files.wording import capital
from FootDeformityLib.measure.criteria import available_criteria
from FootDeformityLib.measure.scheme import load_scheme

VIEWS = ("AP", "lateral")
State = dict[str, Any]


def scheme_state() -> State:
    """Names, definitions and partners of all landmarks, and the colours of their states."""
    scheme = load_scheme()
    return {
        "landmarks": [
            {
                "id": mark.id,
                "name": capital(f"{mark.bone}: {mark.name}" if mark.bone else mark.name),
                "definition": mark.definition,
                "partner": mark.partner,
            }
            for view in VIEWS
            for mark in scheme.landmarks(view)
        ],
        "colours": {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in STATE_COLOURS.items()},
    }


@lru_cache(maxsize=1)
def _shipped_criteria() -> tuple[str, ...]:
    return available_criteria()


def case_state(case: Case, blinded: bool = False) -> State:
    """Facts, angles, deformities, warnings and points of a case; keys as the page reads them.

    blinded: nothing tells what a network said.
    """
    points = {view: [_blind(row) if blinded else row for row in landmark_rows(case, view)] for view in VIEWS}
    state: State = {
        "facts": {
            "side": case.facts.side,
            "age": "" if case.facts.age_years is None else f"{case.facts.age_years:g}",
            "weight_bearing": case.facts.weight_bearing,
            "criteria": case.criteria,
            "criteria_title": case.measurements.criteria.title,
            "criteria_choices": list(dict.fromkeys([*_shipped_criteria(), case.criteria])),
        },
        "angles": [_angle(_blind_angle(row) if blinded else row) for row in angle_rows(case)],
        "diagnoses": [asdict(row) | {"rule": capital(row.rule)} for row in diagnosis_rows(case)],
        "warnings": [capital(text) for text in case_warnings(case)],
        "unreviewed": len(unconfirmed(case)),
        "unplaced": len(unplaced(case)),
        "has_images": bool(case.views),
        "has_points": any(mark.xy_px for view in case.views.values() for mark in view.landmarks.values()),
    }
    for view in VIEWS:
        state[f"view_{view}"] = _view(case, view)
        state[f"points_{view}"] = [_point(row, case.views[view].landmarks[row.id]) for row in points[view]]
    return state


def _view(case: Case, view: str) -> State:
    content = case.views.get(view)
    if content is None:
        return {"open": False}
    return {
        "open": True,
        "unreviewed": sum(not mark.reviewed for mark in content.landmarks.values()),
        "unplaced": sum(place[0] == view for place in unplaced(case)),
    }


def _blind(row: LandmarkRow) -> LandmarkRow:
    """Every placed point looks alike, as in the Slicer module."""
    words = row.state_words if row.state == "missing" else "placed, uncertain" if row.uncertain else "placed"
    style = row.state if row.state == "missing" else "neutral"
    return replace(
        row, style=style, state_words=words, confidence=None, doubtful=False, moved_by_mm=None, moved_by_px=None
    )


def _blind_angle(row: AngleRow) -> AngleRow:
    bar = None if row.bar is None else replace(row.bar, ai=None)
    return replace(row, ai_degrees=None, ai_words="", bar=bar)


def _point(row: LandmarkRow, mark: LandmarkState) -> State:
    return {
        "id": row.id,
        "xy": None if mark.xy_px is None else list(mark.xy_px),
        "state": row.state,
        "answered": mark.answered,
        "style": row.style,
        "state_words": row.state_words,
        "confidence": row.confidence,
        "doubtful": row.doubtful,
        "uncertain": row.uncertain,
        "moved_by": _moved_by(row),
        "reader": row.reader,
    }


def _moved_by(row: LandmarkRow) -> str:
    """Return how far a person moved a point, "" where nobody did."""
    if row.moved_by_px is None or row.moved_by_px < 0.05:
        return ""
    return f"{row.moved_by_px:.0f} px" if row.moved_by_mm is None else f"{row.moved_by_mm:.1f} mm"


def _angle(row: AngleRow) -> State:
    value, _, direction = row.words.partition(" (")
    return {
        "name": row.name,
        "label": capital(row.label),
        "degrees": row.degrees,
        "value": value,
        "direction": direction.rstrip(")"),
        "ai_words": row.ai_words,
        "changed": bool(row.ai_words) and row.ai_words != value,
        "range_words": f"normal {row.range_words}" if row.normal_range else "no published range",
        "remark": row.remark.removesuffix(" the range"),
        "grey_zone": row.grey_zone,
        "hint": row.reason or row.range_source,
        "bar": None if row.bar is None else asdict(row.bar),
    }
