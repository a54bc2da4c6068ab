"""The measured radiograph as a picture: points by state, axes, angles, and a legend below the image."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from FootDeformityLib.files.axis_drawing import angle_mark, axis_lines, extended
from FootDeformityLib.files.case_document import LOW_CONFIDENCE, CaseDocument
from FootDeformityLib.files.label_placement import Box, LabelPlacer, Point
from FootDeformityLib.files.overlay_canvas import Colour, OverlayCanvas
from FootDeformityLib.files.overlay_legend import with_legend
from FootDeformityLib.files.wording import degrees_text
from FootDeformityLib.measure.scheme import Scheme

#: one colour a bone, told apart on grey by most eyes; the angle values are white
BONE_COLOURS: tuple[Colour, ...] = ((255, 214, 90), (255, 140, 110), (190, 160, 255), (120, 215, 160), (255, 170, 220))
FLOOR_COLOUR: Colour = (200, 200, 200)
STATE_COLOURS: dict[str, Colour] = {
    "ai": (70, 205, 255),
    "doubtful": (255, 165, 40),
    "moved": (255, 120, 215),
    "confirmed": (110, 240, 120),
}
_WHITE: Colour = (255, 255, 255)
#: longest side of the picture in pixels: at least, at most when enlarged for a small foot, at most; the foot's diagonal
_SMALLEST, _ENLARGED, _LARGEST, _FOOT = 1200, 2000, 3000, 900
#: a cropped picture is shown smaller than its pixels, beside another one
_CROP_LARGER = 1.35
#: sizes in units of the canvas (overlay_canvas.py)
_RADIUS, _ID_SIZE, _ANGLE_SIZE = 4.5, 11.0, 15.0


@dataclass(frozen=True)
class _Frame:
    """Image pixels to canvas pixels; both count from the centre of the first pixel, scale is (x, y)."""

    scale: Point
    origin: Point = (0.0, 0.0)

    def to_canvas(self, xy: Any) -> Point:
        return (
            (float(xy[0]) - self.origin[0] + 0.5) * self.scale[0] - 0.5,
            (float(xy[1]) - self.origin[1] + 0.5) * self.scale[1] - 0.5,
        )


def draw_overlay(
    document: CaseDocument,
    view: str,
    scheme: Scheme,
    pixels: NDArray[np.float32] | None = None,
    crop_to_foot: bool = False,
    legend: bool = True,
) -> Image.Image:
    """Return the picture of one view, RGB, enlarged where the foot is small, with true proportions.

    pixels: (H, W) grey values 0..1; None draws the landmarks on an empty ground.
    crop_to_foot: only the surroundings of the landmarks. legend: add the strip below the image.
    """
    landmarks: Mapping[str, Mapping[str, Any]] = document["landmarks"][view]
    image_points = {name: mark["xy_px"] for name, mark in landmarks.items() if mark["xy_px"] is not None}
    ground, frame = _ground(pixels, image_points, _row_aspect(document, view), crop_to_foot)
    points = {name: frame.to_canvas(xy) for name, xy in image_points.items()}
    canvas = OverlayCanvas(ground, _unit(ground, points) * (_CROP_LARGER if crop_to_foot else 1.0))
    placer = LabelPlacer(ground.width, ground.height, cover=_cover(ground))
    colours = axis_colours(scheme, view)
    lines = axis_lines(scheme.axes(view), points)
    for axis in scheme.axes(view):
        if axis.name in lines:
            drawn = extended(*lines[axis.name], axis.kind)
            canvas.line(drawn, colours[axis.name], 1.5, dashed=axis.kind == "floor")
            placer.lines.append(drawn)
    size = 2 * (_RADIUS + 0.8) * canvas.unit
    placer.marks.extend(Box.around(point, size, size) for point in points.values())
    corners = _draw_arcs(canvas, placer, document, view, scheme, lines, colours)
    _draw_points(canvas, placer, scheme, view, landmarks, points)
    _draw_angles(canvas, placer, document, view, scheme, corners)
    picture = canvas.finished()
    return with_legend(picture, document, view, scheme, STATE_COLOURS) if legend else picture


def axis_colours(scheme: Scheme, view: str) -> dict[str, Colour]:
    """Return the colour of each drawn axis: one a bone."""
    bones = list(dict.fromkeys(axis.bone for axis in scheme.axes(view) if axis.bone))
    return {
        axis.name: BONE_COLOURS[bones.index(axis.bone) % len(BONE_COLOURS)] if axis.bone else FLOOR_COLOUR
        for axis in scheme.axes(view)
    }


def point_style(mark: Mapping[str, Any]) -> str:
    """Return the key of STATE_COLOURS for a landmark of the document."""
    if mark["state"] == "ai" and mark["confidence"] is not None and mark["confidence"] < LOW_CONFIDENCE:
        return "doubtful"
    return str(mark["state"])


def _row_aspect(document: CaseDocument, view: str) -> float:
    """Row spacing / column spacing."""
    image = document["images"][view] or {}
    if image.get("spacing_mm") is None:
        return float(image.get("pixel_aspect", 1.0))
    return float(image["spacing_mm"][1] / image["spacing_mm"][0])


def _ground(
    pixels: NDArray[np.float32] | None, points: Mapping[str, Any], aspect: float, crop_to_foot: bool
) -> tuple[Image.Image, _Frame]:
    xy = np.array(list(points.values()) or [[0.0, 0.0], [1.0, 1.0]], dtype=np.float64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    extent = (high - low) * (1.0, aspect)
    foot = max(float(np.hypot(*extent)), 1e-6)
    margin = np.array([0.22 * foot, 0.22 * foot / aspect])
    if pixels is None:
        # there is no picture: the ground is what the points need
        scale = _FOOT / foot
        size = (high - low + 2 * margin) * (scale, scale * aspect)
        ground = Image.new("RGB", (max(1, round(size[0])), max(1, round(size[1]))), (38, 40, 44))
        return ground, _Frame((scale, scale * aspect), (low[0] - margin[0], low[1] - margin[1]))
    left, top = 0, 0
    if crop_to_foot and len(points) > 1:
        left, top = (max(0, int(side)) for side in low - margin)
        right, bottom = (int(side) + 1 for side in high + margin)
        pixels = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    grey = Image.fromarray(np.round(np.clip(np.nan_to_num(pixels), 0, 1) * 255).astype(np.uint8))
    longest = max(grey.width, grey.height * aspect)
    wanted = max(1.0, _SMALLEST / longest, min(_FOOT / foot if len(points) > 1 else 1.0, _ENLARGED / longest))
    scale = min(wanted, _LARGEST / longest)
    size_px = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale * aspect)))
    exact = (size_px[0] / grey.width, size_px[1] / grey.height)
    if size_px != grey.size:
        grey = grey.resize(size_px, Image.Resampling.LANCZOS)
    return grey, _Frame(exact, (left, top))


def _unit(ground: Image.Image, points: Mapping[str, Point]) -> float:
    """Return the thickness of a fine line: by the picture, smaller where the foot is small in it."""
    longest = max(ground.size) / 1000
    if len(points) < 2:
        return max(longest, 1.0)
    xy = np.array(list(points.values()))
    foot = float(np.linalg.norm(xy.max(axis=0) - xy.min(axis=0))) / 560
    return float(np.clip(foot, 0.6 * longest, 1.2 * longest))


def _draw_points(
    canvas: OverlayCanvas,
    placer: LabelPlacer,
    scheme: Scheme,
    view: str,
    landmarks: Mapping[str, Mapping[str, Any]],
    points: Mapping[str, Point],
) -> None:
    partners = {mark.id: mark.partner for mark in scheme.landmarks(view)}
    middle = np.mean(list(points.values()), axis=0) if points else np.zeros(2)
    for name, point in points.items():
        style = point_style(landmarks[name])
        colour = STATE_COLOURS[style]
        if style == "moved":
            canvas.diamond(point, _RADIUS, colour)
        elif style == "confirmed":
            canvas.square(point, _RADIUS, colour)
        else:
            canvas.ring(point, _RADIUS, colour, dashed=style == "doubtful")
        other = points.get(partners.get(name) or "", (float(middle[0]), float(middle[1])))
        text = name + ("?" if style == "doubtful" or landmarks[name].get("uncertain") else "")
        outward = (point[0] - other[0], point[1] - other[1])
        gaps = [canvas.unit * gap for gap in (6.0, 10.0, 16.0)]
        box = placer.place(point, canvas.text_size(text, _ID_SIZE), outward, gaps)
        canvas.text(((box.left + box.right) / 2, (box.top + box.bottom) / 2), text, _ID_SIZE, colour)


def _draw_arcs(
    canvas: OverlayCanvas,
    placer: LabelPlacer,
    document: CaseDocument,
    view: str,
    scheme: Scheme,
    lines: Mapping[str, tuple[Point, Point]],
    colours: Mapping[str, Colour],
) -> dict[str, tuple[Point, Point]]:
    """Draw each measurable angle's arc where its axes meet near by; return its anchor and direction for the label."""
    corners: dict[str, tuple[Point, Point]] = {}
    radius = 24 * canvas.unit
    for angle in scheme.angles(view):
        if document["angles"][angle.name]["degrees"] is None or any(name not in lines for name in angle.between):
            continue
        mark = angle_mark(angle.between, lines, radius, placer.holds)
        for name, lead in mark.leads:
            canvas.line(lead, colours[name], 0.8, dashed=True)
        if mark.arc:
            canvas.line(mark.arc, _WHITE, 1.1)
            placer.lines.append((mark.arc[0], mark.arc[-1]))
        corners[angle.name] = (mark.anchor, mark.outward)
    return corners


def _draw_angles(
    canvas: OverlayCanvas,
    placer: LabelPlacer,
    document: CaseDocument,
    view: str,
    scheme: Scheme,
    corners: Mapping[str, tuple[Point, Point]],
) -> None:
    for angle in scheme.angles(view):
        if angle.name not in corners:
            continue
        anchor, outward = corners[angle.name]
        text = f"{angle.abbreviation} {degrees_text(document['angles'][angle.name]['degrees'])}"
        # away from the bones if there is room, with a thin line back to the angle
        gaps = [canvas.unit * gap for gap in (5, 14, 28, 45, 65, 90, 120, 150, 185, 220)]
        box = placer.place(anchor, canvas.text_size(text, _ANGLE_SIZE), outward, gaps, shy=12.0)
        leader = (anchor, box.nearest(anchor))
        if math.dist(*leader) > 12 * canvas.unit:
            canvas.line(leader, _WHITE, 0.5)
            placer.lines.append(leader)
        canvas.text(((box.left + box.right) / 2, (box.top + box.bottom) / 2), text, _ANGLE_SIZE, _WHITE)


def _cover(ground: Image.Image) -> Callable[[Box], float]:
    """Return how much of the foot (bright on dark) a box covers, 0..1, by summed areas of a coarse copy."""
    coarse = 8
    grey = np.asarray(ground.convert("L").reduce(coarse), dtype=np.float64)
    dark, bright = np.percentile(grey, (20, 99))
    bone = np.clip((grey - dark) / max(bright - dark, 1.0), 0, 1)
    sums = np.pad(bone, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)

    def cover(box: Box) -> float:
        left, right = (min(max(round(x / coarse), 0), bone.shape[1]) for x in (box.left, box.right))
        top, bottom = (min(max(round(y / coarse), 0), bone.shape[0]) for y in (box.top, box.bottom))
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return float(total / max((right - left) * (bottom - top), 1))

    return cover
