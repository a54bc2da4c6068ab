"""Draws the modules' icons and the thumbnail of the sample: python Testing/pictures/module_icons.py

The icon: a foot from the side with the axes of talus and first metatarsal, their landmarks and Meary's angle. That of
the training module: the foot with a falling curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.interpolate import splev, splprep

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "FootDeformity" / "Resources" / "Icons"
TRAINING_ICONS = ROOT / "FootDeformityTraining" / "Resources" / "Icons"
SAMPLES = ROOT / "Resources" / "Samples"

_SIZE, _FINE = 128, 8
_GROUND, _FOOT, _BONE, _LINE, _POINT = "#16324a", "#3f6d8f", "#dbe9f2", "#ffb300", "#ffffff"
_THUMBNAIL = (260, 280)

#: outlines on a square of 128, clockwise from the front of the leg, which goes on beyond the upper edge
_OUTLINE = [(71, -30), (71, 0), (74, 32), (86, 52), (108, 68), (120, 82), (122, 94), (112, 98), (90, 95), (66, 92),
            (52, 98), (30, 102), (16, 98), (12, 84), (20, 66), (28, 48), (30, 28), (30, 0), (30, -30)]  # fmt: skip
_TALUS = [(33, 56), (40, 47), (52, 46), (63, 53), (68, 61), (62, 67), (50, 66), (38, 66)]
_CALCANEUS = [(18, 82), (28, 70), (44, 70), (60, 72), (63, 80), (54, 87), (36, 95), (22, 96)]
_METATARSAL = [(76, 66), (84, 66), (98, 77), (108, 80), (110, 88), (102, 92), (94, 86), (80, 78), (75, 72)]


def draw_icon() -> Image.Image:
    """Return the icon, drawn large and made small."""
    image, pen = _foot()
    meet = (71.0, 62.0)
    talus, metatarsal = (24.0, 47.0), (119.0, 91.0)
    for end in (talus, metatarsal):
        pen.line([_fine(end), _fine(meet)], fill=_LINE, width=4 * _FINE)
    beyond = (meet[0] + 0.8 * (meet[0] - talus[0]), meet[1] + 0.8 * (meet[1] - talus[1]))
    pen.line([_fine(meet), _fine(beyond)], fill=_LINE, width=round(1.5 * _FINE))
    box = [*_fine((meet[0] - 30, meet[1] - 30)), *_fine((meet[0] + 30, meet[1] + 30))]
    pen.arc(box, 17.7, 31.1, fill=_POINT, width=3 * _FINE)
    for x, y in (talus, meet, metatarsal):
        radius = 4.5
        pen.ellipse([*_fine((x - radius, y - radius)), *_fine((x + radius, y + radius))], fill=_POINT, outline=_LINE,
                    width=2 * _FINE)  # fmt: skip
    return image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)


def draw_training_icon() -> Image.Image:
    """Return the icon of the training module."""
    image, pen = _foot()
    x = np.linspace(12, 116, 100)
    y = 112 - 92 * np.exp(-(x - 12) / 22)
    curve = [_fine(point) for point in zip(x, y, strict=True)]
    pen.line(curve, fill=_LINE, width=6 * _FINE, joint="curve")
    radius = 6
    end_x, end_y = x[-1], y[-1]
    pen.ellipse([*_fine((end_x - radius, end_y - radius)), *_fine((end_x + radius, end_y + radius))], fill=_POINT,
                outline=_LINE, width=2 * _FINE)  # fmt: skip
    return image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)


def _foot() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    size = _SIZE * _FINE
    image = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, size - 1, size - 1), 20 * _FINE, fill=_GROUND)
    for shape, colour in ((_OUTLINE, _FOOT), (_CALCANEUS, _BONE), (_TALUS, _BONE), (_METATARSAL, _BONE)):
        pen.polygon(_smooth(shape), fill=colour)
    return image, pen


def draw_thumbnail() -> Image.Image:
    """Return both sample images side by side."""
    thumbnail = Image.new("L", _THUMBNAIL)
    width = _THUMBNAIL[0] // 2
    for number, name in enumerate(("normal_ap.png", "normal_lateral.png")):
        with Image.open(SAMPLES / name) as image:
            small = image.convert("L")
            small.thumbnail((width, _THUMBNAIL[1]))
            thumbnail.paste(small, (number * width, (_THUMBNAIL[1] - small.height) // 2))
    return thumbnail


def _fine(point: Sequence[float]) -> tuple[float, float]:
    return point[0] * _FINE, point[1] * _FINE


def _smooth(corners: list[tuple[int, int]]) -> list[tuple[float, float]]:
    closed = np.array([*corners, corners[0]], dtype=float).T
    spline, _ = splprep(closed, s=0, per=True)
    x, y = splev(np.linspace(0, 1, 200), spline)
    return [_fine(point) for point in zip(x, y, strict=True)]


if __name__ == "__main__":
    ICONS.mkdir(parents=True, exist_ok=True)
    draw_icon().save(ICONS / "FootDeformity.png", optimize=True)
    TRAINING_ICONS.mkdir(parents=True, exist_ok=True)
    draw_training_icon().save(TRAINING_ICONS / "FootDeformityTraining.png", optimize=True)
    draw_thumbnail().save(ICONS / "FootDeformitySample.png", optimize=True)
