"""Whether the images that a model calls most doubtful are those on which it is worst."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from FootDeformityTrainingLib.metrics import Array

#: shares of the images: the worst ones, and as many that a person looks at first
SHARES = (0.1, 0.2)


def found_early(doubt: Array, error: Array, share: float) -> tuple[int, int]:
    """Of the worst ``share`` of the images, how many are among as many with the largest doubt, and how many there are.

    doubt, error: (N,); images without an error are left out.

    >>> found_early(np.array([3.0, 1.0, 2.0]), np.array([5.0, 6.0, 1.0]), 0.34)
    (0, 1)
    """
    known = np.isfinite(error)
    count = math.ceil(share * int(known.sum()))
    worst, first = (set(np.argsort(-values[known], kind="stable")[:count].tolist()) for values in (error, doubt))
    return len(worst & first), count


def ranking_figures(doubt: Array, error: Array) -> list[dict[str, Any]]:
    """For each of SHARES: hits, how many chance would give, and the quotient."""
    images = int(np.isfinite(error).sum())
    figures = []
    for share in SHARES:
        hits, count = found_early(doubt, error, share)
        chance = count * count / max(images, 1)
        figures.append(
            {
                "share_percent": round(100 * share),
                "images": images,
                "worst": count,
                "found": hits,
                "by_chance": round(chance, 2),
                "times_chance": round(hits / chance, 2) if chance else None,
            }
        )
    return figures
