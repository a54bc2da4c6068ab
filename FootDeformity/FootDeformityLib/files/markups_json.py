"""Markups JSON (.mrk.json) of 3D Slicer 4.11 and later, as text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from FootDeformityLib.files.markups_points import FACING_READER, MarkupsError, MarkupsPoints

#: what Slicer 5.0 to 5.11 write; Slicer accepts every 1.x.y
_SCHEMA = "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/markups-schema-v1.0.3.json#"
_ACCEPTED_SCHEMA = re.compile(r"markups-schema-v1\.\d+\.\d+\.json#*$", re.IGNORECASE)
#: readable on a radiograph: thin crosses of constant screen size instead of Slicer's large spheres
_DISPLAY: dict[str, Any] = {
    "visibility": True,
    "opacity": 1.0,
    "color": [1.0, 0.85, 0.2],
    "selectedColor": [1.0, 0.85, 0.2],
    "activeColor": [0.4, 1.0, 0.0],
    "propertiesLabelVisibility": False,
    "pointLabelsVisibility": True,
    "textScale": 2.0,
    "glyphType": "CrossDot2D",
    "glyphScale": 1.5,
    "glyphSize": 5.0,
    "useGlyphScale": True,
    "sliceProjection": False,
    "sliceProjectionUseFiducialColor": True,
    "sliceProjectionOutlinedBehindSlicePlane": False,
    "sliceProjectionColor": [1.0, 1.0, 1.0],
    "sliceProjectionOpacity": 0.6,
    "lineThickness": 0.2,
    "lineColorFadingStart": 1.0,
    "lineColorFadingEnd": 10.0,
    "lineColorFadingSaturation": 1.0,
    "lineColorFadingHueOffset": 0.0,
    "handlesInteractive": False,
    "snapMode": "toVisibleSurface",
}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def parse_markups_json(file: Path, text: str) -> tuple[MarkupsPoints, ...]:
    """Read every point list of the text; ``file`` is for messages. Raises MarkupsError."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = str(error) if not isinstance(error, RecursionError) else "nested too deeply"
        raise MarkupsError(
            f"{file}: broken or truncated JSON ({reason}). Save the points again in Slicer as .mrk.json."
        ) from None
    nodes = document.get("markups") if isinstance(document, dict) else None
    if not isinstance(nodes, list) or not nodes:
        raise MarkupsError(f'{file}: holds no "markups" list; expected a point list that 3D Slicer saved as .mrk.json.')
    schema = document.get("@schema")
    if schema is not None and not (isinstance(schema, str) and _ACCEPTED_SCHEMA.search(schema)):
        raise MarkupsError(f"{file}: written for markups schema {schema!r}, expected version 1.x. Save it in Slicer 5.")
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            raise MarkupsError(f'{file}: an entry of "markups" has no type; expected what 3D Slicer writes.')
    fiducials = [node for node in nodes if node["type"] == "Fiducial"]
    if not fiducials:
        found = ", ".join(sorted({node["type"] for node in nodes}))
        raise MarkupsError(f"{file}: holds {found} but no point list; expected a Slicer point list (Fiducial).")
    return tuple(_parse_node(file, node) for node in fiducials)


def _parse_node(file: Path, node: dict[str, Any]) -> MarkupsPoints:
    frame = node.get("coordinateSystem")
    if frame not in ("LPS", "RAS"):
        found = "is missing" if frame is None else f"is {frame!r}"
        raise MarkupsError(
            f"{file}: coordinateSystem {found}, expected LPS or RAS; without it left and right are unknown. "
            "Save the points again in Slicer."
        )
    unit = node.get("coordinateUnits", "mm")
    if unit != "mm" and not (isinstance(unit, list) and unit[:1] == ["mm"]):
        raise MarkupsError(f"{file}: coordinateUnits is {unit!r}, expected mm. Set Slicer's length unit to mm.")
    entries = node.get("controlPoints", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise MarkupsError(f"{file}: controlPoints is not a list of points; expected what 3D Slicer writes.")
    count = len(entries)
    positions = np.full((count, 3), np.nan)
    orientations = np.tile(FACING_READER, (count, 1))
    for row, entry in enumerate(entries):
        point = f"point {row + 1} ({entry.get('label', '')})"
        status = entry.get("positionStatus", "defined")
        if status not in ("defined", "undefined", "preview"):
            raise MarkupsError(f"{file}: {point} has positionStatus {status!r}, expected defined or undefined.")
        position = entry.get("position")
        # Slicer writes "" for undefined points and takes a defined one without position as undefined
        if status == "defined" and position not in (None, ""):
            positions[row] = _numbers(file, point, "position", position, 3)
        if entry.get("orientation") is not None:
            orientations[row] = _numbers(file, point, "orientation", entry["orientation"], 9)
            if frame == "RAS":
                orientations[row, :6] *= -1.0
    if frame == "RAS":
        positions[:, :2] *= -1.0
    return MarkupsPoints(
        ids=tuple(_text(file, entry, "id") for entry in entries),
        labels=tuple(_text(file, entry, "label") for entry in entries),
        descriptions=tuple(_text(file, entry, "description") for entry in entries),
        positions=positions,
        orientations=orientations,
        selected=np.array([bool(entry.get("selected", True)) for entry in entries], dtype=np.bool_),
        locked=np.array([bool(entry.get("locked", False)) for entry in entries], dtype=np.bool_),
        visible=np.array([bool(entry.get("visibility", True)) for entry in entries], dtype=np.bool_),
    )


def _text(file: Path, entry: dict[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise MarkupsError(f"{file}: the {key} of a point is {value!r}, expected text as 3D Slicer writes it.")
    return value


def _numbers(file: Path, point: str, what: str, values: object, count: int) -> list[float]:
    numbers: list[float] = []
    if isinstance(values, list):
        for value in values:
            # 1e308 is the largest float64: an integer of 400 digits overflows
            if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e308:
                numbers.append(float(value))
    if not isinstance(values, list) or len(values) != count or len(numbers) != count:
        shown = repr(values) if len(repr(values)) <= 60 else repr(values)[:57] + "..."
        raise MarkupsError(f"{file}: {point} has the {what} {shown}, expected {count} finite numbers. Place it again.")
    return numbers


def markups_json_text(node: MarkupsPoints) -> str:
    """Return the point list as Slicer writes it, in LPS."""
    points = [
        {
            "id": node.ids[row],
            "label": label,
            "description": node.descriptions[row],
            "associatedNodeID": "",
            "position": node.positions[row].tolist() if node.defined[row] else "",
            "orientation": node.orientations[row].tolist(),
            "selected": bool(node.selected[row]),
            "locked": bool(node.locked[row]),
            "visibility": bool(node.visible[row]),
            "positionStatus": "defined" if node.defined[row] else "undefined",
        }
        for row, label in enumerate(node.labels)
    ]
    document = {
        "@schema": _SCHEMA,
        "markups": [
            {
                "type": "Fiducial",
                "coordinateSystem": "LPS",
                "coordinateUnits": "mm",
                "locked": False,
                "fixedNumberOfControlPoints": True,
                "labelFormat": "%N-%d",
                "lastUsedControlPointNumber": len(points),
                "controlPoints": points,
                "measurements": [],
                "display": _DISPLAY,
            }
        ],
    }
    text = json.dumps(document, indent=4, ensure_ascii=False, allow_nan=False)
    # Slicer keeps vectors on one line; a person reading the file is glad of it
    number = r"-?\d[\d.eE+-]*"
    vector = re.compile(rf"\[\n\s+({number}(?:,\n\s+{number})*)\n\s*\]")
    return vector.sub(lambda found: "[" + re.sub(r",\s+", ", ", found.group(1)) + "]", text) + "\n"
