"""On which side of the distal direction an image shows lateral (AP) or dorsal (lateral view).

Clinical specification, section 3: h is the sign of the sum, over complete pairs only, of cross(distal, pair), where
distal joins the centroids of the most proximal and the most distal bone present. It makes every angle independent of
left or right foot and of mirrored images.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from FootDeformityLib.measure.lines import (
    Bools,
    Construction,
    Floats,
    Lines,
    as_points,
    construction,
    cross,
    stored_chirality,
)
from FootDeformityLib.measure.scheme import Scheme, load_scheme

#: with fewer complete pairs than this the points do not decide (section 3)
FEWEST_PAIRS = 2


def too_few_pairs(build: Construction, lines: Lines) -> Bools:
    """(..., V): the points cannot decide h, because fewer than two pairs are complete or only one bone is there."""
    complete = lines.pair_complete.astype(np.float64) @ build.pair_to_view
    result: Bools = (complete < FEWEST_PAIRS) | ~build.has_direction(lines)
    return result


def chirality_of_lines(build: Construction, lines: Lines, stored: Floats | None = None) -> Floats:
    """h (..., V): +1, -1, or NaN where unknown. ``stored`` (..., V) stands in where there are too few pairs."""
    turns = cross(lines.distal[..., build.pair_view, :], lines.pairs)
    h: Floats = np.sign(turns @ build.pair_to_view)
    h = np.where(too_few_pairs(build, lines), np.nan if stored is None else stored, h)
    h[h == 0.0] = np.nan  # contradictory pairs: an error, never a stored value
    return h


def chirality(points: ArrayLike, view: str, stored: ArrayLike | None = None, *, scheme: Scheme | None = None) -> Floats:
    """Return h (...): +1 or -1, NaN where the points do not tell.

    points: (..., K, 2) of one view, any unit, x right, y down, NaN = missing.
    stored: chirality already known for the case, used only where fewer than two pairs are complete.

    >>> import numpy as np
    >>> chirality(np.full((16, 2), np.nan), "AP", stored=-1).item()
    -1.0
    """
    scheme = scheme or load_scheme()
    build = construction(scheme, (view,))
    lines = build.build(as_points(points, len(build.ids), view))
    return chirality_of_lines(build, lines, stored_chirality(stored, 1))[..., 0]
