"""How large a radiograph may be, so that a broken or hostile file cannot exhaust the memory."""

from __future__ import annotations

from pathlib import Path

from FootDeformityLib.radiographs.radiograph_error import RadiographError

#: a 35 x 43 cm film scanned at 600 dpi has 84 million pixels; flat detectors have at most 20 million
MAX_PIXELS = 100_000_000
#: the same, uncompressed, with 16-bit colour and some room
MAX_FILE_BYTES = 1_000_000_000
#: below this no bone of a foot can be told from another
MIN_SIDE = 32
#: beyond this ratio of sides an image is a strip or broken
MAX_RATIO = 20.0


def check_size(path: Path, width: int, height: int) -> None:
    """Raise RadiographError when width x height pixels cannot be a usable radiograph. Call it before decoding."""
    if width < 1 or height < 1:
        raise RadiographError(path, f"states a size of {width} x {height} pixels", "export the image again")
    if width * height > MAX_PIXELS:
        raise RadiographError(
            path,
            f"is too large: {width} x {height} pixels are {width * height / 1e6:.0f} megapixels",
            f"at most {MAX_PIXELS / 1e6:.0f} megapixels are accepted, export the image smaller",
        )
    if min(width, height) < MIN_SIDE:
        raise RadiographError(
            path,
            f"is too small: {width} x {height} pixels",
            f"a foot needs at least {MIN_SIDE} pixels each way, choose the full image and not its icon",
        )
    if max(width, height) > MAX_RATIO * min(width, height):
        raise RadiographError(
            path,
            f"is a strip of {width} x {height} pixels",
            f"expected sides that differ by at most {MAX_RATIO:.0f} times, choose an image of a whole foot",
        )
