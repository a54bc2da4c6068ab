"""Axes, arcs and angle values of a view as the page draws them, in image pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from FootDeformityLib.case.case import Case
from FootDeformityLib.files.axis_drawing import angle_mark, axis_lines, extended
from FootDeformityLib.files.overlay import axis_colours
from FootDeformityLib.files.wording import degrees_text

#: radius of an arc in parts of the landmarks' extent
_RADIUS = 0.05


def view_lines(case: Case, view: str) -> dict[str, Any]:
    """Return axes (start, end, colour, dashed) and arcs (points, anchor, outward, text); empty without points."""
    content = case.views.get(view)
    points = {} if content is None else {name: mark.xy_px for name, mark in content.landmarks.items() if mark.xy_px}
    if content is None or len(points) < 2:
        return {"axes": [], "arcs": []}
    scheme, image = case.scheme, content.image
    colours = {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in axis_colours(scheme, view).items()}
    lines = axis_lines(scheme.axes(view), points)
    axes = []
    for axis in scheme.axes(view):
        if axis.name in lines:
            start, end = extended(*lines[axis.name], axis.kind)
            dashed = axis.kind == "floor"
            axes.append({"name": axis.name, "start": start, "end": end, "colour": colours[axis.name], "dashed": dashed})
    radius = _RADIUS * float(np.hypot(*np.ptp(np.array(list(points.values())), axis=0)))

    def shown(point: tuple[float, float]) -> bool:
        return 0 <= point[0] < (image.width or np.inf) and 0 <= point[1] < (image.height or np.inf)

    arcs = []
    for angle in scheme.angles(view):
        degrees = case.measurements.angles[angle.name].value
        if degrees is None or any(name not in lines for name in angle.between):
            continue
        mark = angle_mark(angle.between, lines, radius, shown)
        for name, (start, end) in mark.leads:
            lead = {"name": f"{angle.name}-{name}", "start": start, "end": end, "colour": colours[name], "dashed": True}
            axes.append(lead)
        arcs.append(
            {
                "name": angle.name,
                "points": list(mark.arc),
                "anchor": mark.anchor,
                "outward": mark.outward,
                "text": f"{angle.abbreviation} {degrees_text(degrees)}",
            }
        )
    return {"axes": axes, "arcs": arcs}
