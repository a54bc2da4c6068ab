"""Which found points stand on a wrong bone."""

from __future__ import annotations

import numpy as np

from FootDeformityTrainingLib.metrics import Array, Mask, point_errors

#: parts of the foot length. FAR is wider than a metatarsal and four times what readers differ by: no point so far off
#: is on its bone. NEAR is the largest error of a success (SDR at 4 %): a smaller one is a matter of place, not of bone
FAR, NEAR = 0.08, 0.04
WORDS = (
    f"On a wrong bone: an error above {100 * FAR:.0f} % of the foot length, or one above {100 * NEAR:.0f} % with the "
    "found point nearer to a reader's point of another bone than to its own."
)


def on_wrong_bone(found: Array, truth: Array, lengths: Array, bones: tuple[str | None, ...]) -> Mask:
    """(N, K): see WORDS. found, truth: (N, K, 2), NaN = missing (never wrong); lengths: (N,) of the foot; bones: of K.

    >>> found, truth = np.array([[[5.0, 0.0], [9.0, 0.0]]]), np.array([[[0.0, 0.0], [8.0, 0.0]]])
    >>> on_wrong_bone(found, truth, np.array([100.0]), ("talus", "navicular"))
    array([[ True, False]])
    """
    errors = point_errors(found, truth)
    other = np.array([[a is not None and b is not None and a != b for b in bones] for a in bones])
    distances = np.linalg.norm(found[:, :, None] - truth[:, None], axis=-1)  # (N, K found, K true)
    nearest = np.where(other & np.isfinite(distances), distances, np.inf).min(axis=-1)
    parts = errors / lengths[:, None]
    return np.asarray((parts > FAR) | ((parts > NEAR) & (nearest < errors)))
