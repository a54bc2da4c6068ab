"""Draws the README's picture: both overlays of the sample side by side.

Usage: python Testing/pictures/measured_foot.py RESULTS PICTURE.jpg
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from FootDeformityLib.atomic_write import replacing

HEIGHT = 900


def main(results: str, picture: str) -> None:
    sides = []
    for name in ("overlay_ap.png", "overlay_lateral.png"):
        image = Image.open(Path(results) / name).convert("RGB")
        sides.append(image.resize((round(image.width * HEIGHT / image.height), HEIGHT), Image.Resampling.LANCZOS))
    both = Image.new("RGB", (sum(side.width for side in sides) + 12, HEIGHT), "white")
    both.paste(sides[0], (0, 0))
    both.paste(sides[1], (sides[0].width + 12, 0))
    with replacing(picture) as temporary:
        both.save(temporary, quality=88)


if __name__ == "__main__":
    main(*sys.argv[1:])
