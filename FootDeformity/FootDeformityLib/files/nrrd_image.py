"""A radiograph as NRRD, whose geometry Slicer takes as it stands."""

from __future__ import annotations

import os

import nrrd
import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.atomic_write import replacing


def write_nrrd(
    path: str | os.PathLike[str], pixels: NDArray[np.float32], spacing_mm: tuple[float, float] | None
) -> None:
    """Write (H, W) grey values 0..1 as a one-slice 16-bit volume, atomically.

    A pixel at x, y lies at LPS (x * column spacing, y * row spacing, 0) mm; unknown spacing counts as 1.
    """
    column, row = spacing_mm or (1.0, 1.0)
    values = np.round(np.clip(np.nan_to_num(pixels), 0.0, 1.0) * 65535).astype(np.uint16)
    header = {
        "space": "left-posterior-superior",
        "space directions": np.diag([column, row, 1.0]),
        "space origin": np.zeros(3),
        "encoding": "gzip",
    }
    with replacing(path) as temporary:
        # the usual level 9 takes 25 times as long for a tenth less
        nrrd.write(str(temporary), values.T[:, :, None], header, compression_level=4)
