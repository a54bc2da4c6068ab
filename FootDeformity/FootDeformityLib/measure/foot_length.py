"""Length of the foot in an image, the unit of relative errors (clinical specification, section 9)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.lines import Bools, Floats, as_points
from FootDeformityLib.measure.scheme import Scheme, load_scheme


def foot_length(
    points: ArrayLike, view: str, certain: ArrayLike | None = None, *, scheme: Scheme | None = None
) -> Floats:
    """Length (...) in the unit of the points: |m(A1, A3) - A16| or |L1 - L11|, as the scheme says.

    Where one of these points is missing, or not certain (...,  K), the diagonal of the landmarks' bounding box; NaN
    without two points. points: (..., K, 2), NaN = missing. Schemes that name no such points always use the diagonal.

    >>> import numpy as np
    >>> points = np.zeros((11, 2))
    >>> points[0] = 30.0, 40.0
    >>> foot_length(points, "lateral").item()
    50.0
    """
    scheme = scheme or load_scheme()
    array = as_points(points, len(scheme.ids(view)), view)
    present: Bools = np.isfinite(array[..., 0]) & np.isfinite(array[..., 1])
    low = np.where(present[..., None], array, np.inf).min(axis=-2)
    high = np.where(present[..., None], array, -np.inf).max(axis=-2)
    enough = present.sum(axis=-1) >= 2
    box = np.where(enough[..., None], high - low, np.nan)
    length: Floats = np.hypot(box[..., 0], box[..., 1])
    ends = scheme.foot_length.get(view)
    if ends is None:
        return length
    usable = present
    if certain is not None:
        sure = np.asarray(certain, dtype=bool)
        if sure.shape[-1:] != array.shape[-2:-1]:
            raise FootDeformityError(f"certain must have one value per {view} landmark, not shape {sure.shape}.")
        usable = present & sure
    start, end = ([scheme.index(view, i) for i in ids] for ids in ends)
    known = np.all(usable[..., [*start, *end]], axis=-1)
    span = array[..., end, :].mean(axis=-2) - array[..., start, :].mean(axis=-2)
    return np.where(known, np.hypot(span[..., 0], span[..., 1]), length)
