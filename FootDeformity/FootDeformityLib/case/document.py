"""A case as the plain document of case.json, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from FootDeformityLib import __version__
from FootDeformityLib.case.case import Case
from FootDeformityLib.case.case_warnings import case_warnings
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.landmark import LandmarkState, Point
from FootDeformityLib.case.measured_words import direction, explanation_of, in_grey_zone, with_signs
from FootDeformityLib.case.normal_range import normal_range
from FootDeformityLib.case.view import CaseImage, CaseView
from FootDeformityLib.files.case_document import NOTICE, SCHEMA_VERSION, CaseDocument, validate_case
from FootDeformityLib.measure.diagnosis import Finding
from FootDeformityLib.measure.foot import FootMeasurements, Measurement
from FootDeformityLib.measure.scheme import load_scheme
from FootDeformityLib.network.angle_agreement import AngleAgreement

_VIEWS = ("AP", "lateral")


def to_document(case: Case) -> CaseDocument:
    """Return the case with everything that follows from it; valid by case.schema.json."""
    found = case.measurements
    models = {view: case.views[view].model if view in case.views else None for view in _VIEWS}
    return {
        "schema_version": SCHEMA_VERSION,
        "software": {"name": "FootDeformity", "version": __version__},
        "notice": NOTICE,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "side": case.facts.side,
        "age_years": case.facts.age_years,
        "weight_bearing": case.facts.weight_bearing,
        "scheme": {"name": case.scheme.name, "version": case.scheme.version},
        "images": {view: _image(case.views[view]) if view in case.views else None for view in _VIEWS},
        "landmarks": {view: _landmarks(case, view) for view in _VIEWS},
        "chirality": dict(case.chirality),
        "angles": {name: _angle(angle, found, case.facts.age_years) for name, angle in found.angles.items()},
        "extra_measurements": {name: _extra(extra) for name, extra in found.extra.items()},
        "diagnosis": {name: _diagnosis(finding) for name, finding in found.findings.items()},
        "quality": [
            {
                "code": flag.code,
                "view": flag.view,
                "message": flag.message,
                "landmarks": list(flag.landmarks),
                "blocks": sorted(flag.blocks),
            }
            for flag in found.quality
        ],
        "model": models if any(models.values()) else None,
        "criteria": found.criteria.name,
        "criteria_note": found.criteria.title,
        "reviewed": case.reviewed,
        "facts_warnings": list(case.facts.warnings),
        "warnings": list(case_warnings(case)),
    }


def from_document(document: CaseDocument) -> Case:
    """Return the case of a document; what follows from it is measured anew. Raises CaseDocumentError."""
    validate_case(document)
    models = document["model"] or {}
    views = {
        view: CaseView(
            image=_read_image(document["images"][view]),
            landmarks={name: _read_landmark(mark) for name, mark in document["landmarks"][view].items()},
            model=models.get(view),
            warnings=tuple(document["images"][view].get("warnings", ())),
            shows_foot=document["images"][view].get("shows_foot", "not asked"),
            agreement={
                name: AngleAgreement(**values)
                for name, values in document["images"][view].get("model_agreement", {}).items()
            },
        )
        for view in _VIEWS
        if document["images"][view] is not None
    }
    facts = Facts(
        document["side"],
        document["age_years"],
        document["weight_bearing"],
        tuple(document.get("facts_warnings", ())),
    )
    return Case(views, facts, document["criteria"], document.get("chirality", {}))


def _image(view: CaseView) -> dict[str, Any]:
    image = view.image
    entry: dict[str, Any] = {
        "file": image.file,
        "width": image.width,
        "height": image.height,
        "spacing_mm": None if image.spacing_mm is None else list(image.spacing_mm),
        "spacing_source": image.spacing_source,
        "pixel_aspect": image.pixel_aspect,
        "warnings": list(view.warnings),
        "shows_foot": view.shows_foot,
    }
    if image.points_fit is not None:
        entry["points_fit"] = image.points_fit
    if view.agreement:
        entry["model_agreement"] = {name: asdict(agreement) for name, agreement in view.agreement.items()}
    return entry


def _read_image(entry: dict[str, Any]) -> CaseImage:
    spacing = entry["spacing_mm"]
    return CaseImage(
        file=entry["file"],
        width=entry["width"],
        height=entry["height"],
        spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
        spacing_source=entry["spacing_source"],
        pixel_aspect=entry.get("pixel_aspect", 1.0),
        points_fit=entry.get("points_fit"),
    )


def _landmarks(case: Case, view: str) -> dict[str, Any]:
    if view in case.views:
        return case.views[view].landmarks_document()
    absent = CaseView(CaseImage(), {name: LandmarkState() for name in case.scheme.ids(view)})
    return absent.landmarks_document()


def _read_landmark(mark: dict[str, Any]) -> LandmarkState:
    def point(xy: list[float] | None) -> Point | None:
        return None if xy is None else (float(xy[0]), float(xy[1]))

    return LandmarkState(
        point(mark["xy_px"]),
        point(mark["ai_xy_px"]),
        mark["confidence"],
        mark["state"],
        mark.get("uncertain", False),
        mark.get("reader"),
        mark.get("edited_at"),
    )


def _angle(angle: Measurement, found: FootMeasurements, age_years: float | None) -> dict[str, Any]:
    normal = normal_range(angle.name, age_years, found.criteria)
    return {
        "degrees": angle.value,
        "name": angle.label,
        "abbreviation": load_scheme().angle(angle.name).abbreviation,
        "view": angle.view,
        "words": with_signs(angle.in_words()),
        "direction": direction(angle),
        "normal_range": None if normal.limits is None else list(normal.limits),
        "normal_range_source": normal.source,
        "grey_zone": in_grey_zone(angle.name, found),
        "reason": angle.reason or None,
    }


def _extra(extra: Measurement) -> dict[str, Any]:
    return {
        "value": extra.value,
        "unit": extra.unit,
        "name": extra.label,
        "view": extra.view,
        "note": next((entry.use for entry in load_scheme().extra if entry.name == extra.name), ""),
        "reason": extra.reason or None,
    }


def _diagnosis(finding: Finding) -> dict[str, Any]:
    return {
        "state": finding.state,
        "grey_zone": bool(finding.grey_zone),
        "decided_by": finding.decided_by,
        "severity": finding.severity,
        "name": finding.label,
        "rule": with_signs(finding.rule),
        "explanation": explanation_of(finding),
        "citations": [str(citation) for citation in finding.citations],
    }
