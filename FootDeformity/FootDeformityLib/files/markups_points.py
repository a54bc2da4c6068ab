"""A Slicer point list as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError

#: a slice facing the reader in LPS: the identity of RAS
FACING_READER = (-1.0, -0.0, -0.0, -0.0, -1.0, -0.0, 0.0, 0.0, 1.0)


class MarkupsError(FootDeformityError):
    """A point file that cannot be used; the message names the file, the fault and the remedy."""


@dataclass(frozen=True, eq=False)
class MarkupsPoints:
    """One point list of a file.

    positions: float64 (N, 3), LPS mm, NaN where the point is not placed (undefined or preview).
    orientations: float64 (N, 9), row-major LPS directions; flags are bool (N,).
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    descriptions: tuple[str, ...]
    positions: NDArray[np.float64]
    orientations: NDArray[np.float64]
    selected: NDArray[np.bool_]
    locked: NDArray[np.bool_]
    visible: NDArray[np.bool_]

    @property
    def defined(self) -> NDArray[np.bool_]:
        """bool (N,): the point has a position."""
        return np.asarray(np.isfinite(self.positions).all(axis=1), dtype=np.bool_)

    @property
    def uncertain(self) -> NDArray[np.bool_]:
        """bool (N,): a person wrote "uncertain" into the description."""
        return np.array([is_uncertain(text) for text in self.descriptions], dtype=np.bool_)


def is_uncertain(description: str) -> bool:
    """Whether a point's description marks it as an estimate."""
    return re.search(r"\buncertain\b", description, re.IGNORECASE) is not None
