"""What happens to radiographs on their way to a user: other brightness, turned, mirrored, resized, compressed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from FootDeformityLib.radiographs.geometry import Affine
from FootDeformityLib.radiographs.radiograph import Radiograph
from FootDeformityLib.radiographs.read import read_radiograph

Grey = NDArray[np.uint8]

_TEXT = "R  STANDING  12:47"
#: of the image's height
_TEXT_HEIGHT = 0.06


@dataclass(frozen=True)
class Disturbance:
    """name: for the table. change: 8-bit image (H, W) -> the disturbed one and the map of pixels onto its pixels.

    ending: of the file in which users get it; JPEG files have quality 30.
    """

    name: str
    change: Callable[[Grey], tuple[Grey, Affine]]
    ending: str = ".png"

    def file(self, image: Grey) -> tuple[bytes, Affine]:
        """The disturbed image as a file, and the map of pixels of ``image`` onto its pixels."""
        changed, affine = self.change(image)
        stream = io.BytesIO()
        if self.ending == ".jpg":
            Image.fromarray(changed).save(stream, "JPEG", quality=30)
        else:
            Image.fromarray(changed).save(stream, "PNG", compress_level=1)
        return stream.getvalue(), affine

    def read(self, pixels: NDArray[np.float32]) -> tuple[Radiograph, Affine]:
        """What a user gets of an image (H, W) in 0..1: disturbed as 8-bit file, and read.

        A negative may come back upright, for instance. The map is that of `file`. Raises FootDeformityError.
        """
        content, affine = self.file(np.round(255 * pixels).astype(np.uint8))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"image{self.ending}"
            path.write_bytes(content)
            return read_radiograph(path), affine


def _scaled_grey(factor: float) -> Callable[[Grey], tuple[Grey, Affine]]:
    return lambda image: (np.clip(image * factor, 0, 255).astype(np.uint8), Affine.identity())


def _unmoved(image: Grey) -> tuple[Grey, Affine]:
    return image, Affine.identity()


def _inverted(image: Grey) -> tuple[Grey, Affine]:
    return np.asarray(255 - image, dtype=np.uint8), Affine.identity()


def _turned(quarters: int) -> Callable[[Grey], tuple[Grey, Affine]]:
    """Clockwise by so many quarters."""

    def change(image: Grey) -> tuple[Grey, Affine]:
        affine = Affine.identity()
        height = image.shape[0]
        for _ in range(quarters):
            affine = affine.then(Affine(np.array([[0.0, -1.0, height - 1.0], [1.0, 0.0, 0.0]])))
            height = sum(image.shape) - height  # height and width change places
        return np.ascontiguousarray(np.rot90(image, -quarters)), affine

    return change


def _mirrored(image: Grey) -> tuple[Grey, Affine]:
    flip = Affine(np.array([[-1.0, 0.0, image.shape[1] - 1.0], [0.0, 1.0, 0.0]]))
    return np.ascontiguousarray(image[:, ::-1]), flip


def _resized(factor: float) -> Callable[[Grey], tuple[Grey, Affine]]:
    def change(image: Grey) -> tuple[Grey, Affine]:
        height, width = image.shape
        size = max(1, round(width * factor)), max(1, round(height * factor))
        how = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
        return np.asarray(Image.fromarray(image).resize(size, how)), Affine.resizing(size[0] / width, size[1] / height)

    return change


def _with_text(image: Grey) -> tuple[Grey, Affine]:
    """Burned in white, at the upper left."""
    height = max(8, round(_TEXT_HEIGHT * image.shape[0]))
    picture = Image.fromarray(image)
    ImageDraw.Draw(picture).text((height // 2, height // 2), _TEXT, fill=255, font=ImageFont.load_default(height))
    return np.asarray(picture), Affine.identity()


PLAIN = Disturbance("plain", _unmoved)
DISTURBANCES = (
    PLAIN,
    Disturbance("20 % darker", _scaled_grey(0.8)),
    Disturbance("20 % brighter", _scaled_grey(1.2)),
    Disturbance("inverted", _inverted),
    Disturbance("turned by 90", _turned(1)),
    Disturbance("turned by 180", _turned(2)),
    Disturbance("turned by 270", _turned(3)),
    Disturbance("mirrored", _mirrored),
    Disturbance("half the pixels a side", _resized(0.5)),
    Disturbance("twice the pixels a side", _resized(2.0)),
    Disturbance("JPEG, quality 30", _unmoved, ".jpg"),
    Disturbance("text burned in", _with_text),
)
