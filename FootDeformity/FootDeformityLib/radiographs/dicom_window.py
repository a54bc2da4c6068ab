"""Choosing and applying the grey window (VOI) that a DICOM file suggests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_voi

from FootDeformityLib.radiographs.dicom_values import items, numbers, text
from FootDeformityLib.radiographs.intensity import sample

#: a window with fewer pixels than this strictly inside shows no foot (collimated images have about 20 %)
_LEAST_INSIDE = 0.05

WINDOW_WARNING = "the grey window stated in the file would hide the foot and was replaced by an automatic one"


def apply_window(values: NDArray[Any], dataset: Dataset) -> tuple[NDArray[Any], bool]:
    """Return the values (H, W) after the first usable VOI LUT or window, and whether all of them were unusable.

    values: after the modality LUT. Without any usable window the values come back as they are.
    """
    stated = False
    if items(dataset, "VOILUTSequence") and np.issubdtype(values.dtype, np.integer):
        stated = True
        try:
            shown = apply_voi(values, dataset, index=0)
        except Exception:  # incomplete tables raise nearly anything
            shown = None
        if shown is not None and _shows_something(shown, float(shown.min()), float(shown.max())):
            return shown, False
    function = text(dataset, "VOILUTFunction").upper()
    for center, width in zip(numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth"), strict=False):
        stated = True
        low, high = _limits(center, width, function)
        if not high > low or not _shows_something(values, low, high):
            continue
        if function == "SIGMOID":
            with np.errstate(over="ignore"):
                sigmoid = 1.0 / (1.0 + np.exp(np.float32(-4.0 / width) * (values.astype(np.float32) - center)))
            return sigmoid.astype(np.float32), False
        return np.clip(values, low, high), False
    return values, stated


def _limits(center: float, width: float, function: str) -> tuple[float, float]:
    """Return the values that become black and white (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
    if function in ("LINEAR_EXACT", "SIGMOID"):
        return center - width / 2, center + width / 2
    return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2


def _shows_something(values: NDArray[Any], low: float, high: float) -> bool:
    some = sample(values)
    return high > low and float(((some > low) & (some < high)).mean()) >= _LEAST_INSIDE
