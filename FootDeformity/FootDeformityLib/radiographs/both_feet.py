"""Images that show two feet side by side.

Tried on 711 real images of one foot: none was cut. Of 102 pairs put together from one real AP image and its
mirror image 86 % were found, of 102 pairs of different patients 75 %. No real image of both feet was at hand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, gaussian_filter1d

#: working size: enough for two feet, blind to trabeculae
_WIDTH = 160
#: the gap must lie in the middle third
_MIDDLE = (1 / 3, 2 / 3)
#: edges in the gap against edges of the weaker foot
_DEEPEST_GAP = 0.15
#: edges of one foot against the other
_MOST_UNEQUAL = 1.5
#: every foot must cover this part of the image's width and of its height
_LEAST_WIDTH, _LEAST_HEIGHT = 0.18, 0.30
#: the two feet must share this part of their rows
_LEAST_SHARED = 0.60
#: correlation of one half with the mirror image of the other
_LEAST_ALIKE = 0.50


class FootBox(NamedTuple):
    """A part of the image by its outer pixel columns and rows: x0 <= x < x1, y0 <= y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int


def both_feet(pixels: NDArray[np.float32]) -> tuple[FootBox, FootBox] | None:
    """Return the image-left and the image-right half when two feet stand side by side, else None.

    pixels: (H, W) float32 0..1, toes up or down. Nothing is said about which foot is the left one: stored
    images are mirrored too often. Conservative: rather None than a single foot cut in two.
    """
    height, width = pixels.shape
    rows = max(16, round(height * _WIDTH / width))
    small = np.asarray(Image.fromarray(pixels).resize((_WIDTH, rows), Image.Resampling.BOX), dtype=np.float64)
    # Vertical edges only: collimators and table edges lie above and below
    edges = np.abs(gaussian_filter(small, 1.0, order=(0, 1)))
    edges = np.minimum(edges, np.percentile(edges, 99))
    margin = max(2, _WIDTH // 40)
    edges[:, :margin] = edges[:, -margin:] = edges[:margin] = edges[-margin:] = 0.0
    profile = gaussian_filter1d(edges.sum(axis=0), 3.0)
    profile = np.maximum(profile - np.percentile(profile[margin:-margin], 5), 0.0)
    first, last = (round(_WIDTH * part) for part in _MIDDLE)
    gap = first + int(np.argmin(profile[first:last]))
    halves = (profile[:gap], profile[gap:])
    peaks = [float(np.percentile(half, 90)) if half.size else 0.0 for half in halves]
    masses = [float(half.sum()) for half in halves]
    if min(masses) <= 0.0 or max(masses) > _MOST_UNEQUAL * min(masses) or profile[gap] > _DEEPEST_GAP * min(peaks):
        return None
    # an over-exposed middle has no edges either, but the gap between two feet is darker than they are
    grey = small.mean(axis=0)
    if grey[gap] >= min(float(np.percentile(part, 75)) for part in (grey[:gap], grey[gap:])):
        return None
    if any(int((half > 0.3 * peak).sum()) < _LEAST_WIDTH * _WIDTH for half, peak in zip(halves, peaks, strict=True)):
        return None
    spans = [_span(edges[:, :gap].sum(axis=1)), _span(edges[:, gap:].sum(axis=1))]
    shared = min(span[1] for span in spans) - max(span[0] for span in spans)
    longest = max(span[1] - span[0] for span in spans)
    if min(span[1] - span[0] for span in spans) < _LEAST_HEIGHT * rows or shared < _LEAST_SHARED * longest:
        return None
    if _alike(small[:, :gap], small[:, gap:]) < _LEAST_ALIKE:
        return None
    cut = round(gap * width / _WIDTH)
    return FootBox(0, 0, cut, height), FootBox(cut, 0, width, height)


def _span(energy: NDArray[np.float64]) -> tuple[int, int]:
    """Return the rows between which 90 % of the edges lie."""
    share = np.cumsum(energy) / max(float(energy.sum()), 1e-12)
    return int(np.searchsorted(share, 0.05)), int(np.searchsorted(share, 0.95))


def _alike(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the best correlation of the left part with the mirrored right one, shifted against each other."""
    mirrored = right[:, ::-1]
    size = min(left.shape[1], mirrored.shape[1])
    # outer borders first: that is where the mirrored halves correspond
    a, b = gaussian_filter(left[:, :size], 2.0), gaussian_filter(mirrored[:, :size], 2.0)
    best = -1.0
    for dy in range(-12, 13, 3):
        for dx in range(-12, 13, 3):
            one = a[max(0, dy) : a.shape[0] + min(0, dy), max(0, dx) : size + min(0, dx)].ravel()
            other = b[max(0, -dy) : b.shape[0] + min(0, -dy), max(0, -dx) : size + min(0, -dx)].ravel()
            if one.std() > 0 and other.std() > 0:
                best = max(best, float(np.corrcoef(one, other)[0, 1]))
    return best
