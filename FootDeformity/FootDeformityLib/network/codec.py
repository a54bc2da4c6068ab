"""Landmark <-> heatmap codec of HIH: integer heatmap plus decimal map, or one sub-cell heatmap.

Frames. A landmark is given in pixels of the network input, centre of the first pixel at (0, 0). In heatmap
units it lies at ``t = (xy + pixel_offset) * H / S``; with ``pixel_offset`` 0.5 (ours) cell n covers
[n, n + 1) and pixel edges and cell edges coincide. The released code divides without the half pixel: an
imported checkpoint keeps ``pixel_offset`` 0.

Targets, as in the paper: the integer heatmap is a Gaussian of peak 1 centred on the cell ``floor(t)``, the
decimal map a Gaussian at ``(t - floor(t)) * d`` over d x d places. Without decimal map (``decimal_size`` 0)
the Gaussian is centred on t itself, so that the heatmap carries the fraction.

Decoding is unbiased on these targets: the decimal map is matched against the targets of all fractions (an
average over the truncated Gaussian would be pulled to the middle), the sub-cell heatmap is decoded by a
weighted least-squares fit of a Gaussian around its maximum. Measured in heatmap cells over all fractions:
see Testing/unit/network/test_codec.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]
_WINDOW = 2  # cells on each side of the maximum that enter the Gaussian fit
_FRACTIONS = 64  # candidate fractions per axis for the decimal map


@dataclass(frozen=True)
class HeatmapPeaks:
    """What the heatmaps say about each landmark; arrays of length K.

    points: (K, 2) input pixels. height: value at the maximum (1 = as trained). width: standard deviation of
    the fitted peak in cells, NaN where no peak could be fitted.
    """

    points: Array
    height: Array
    width: Array


@dataclass(frozen=True)
class HIHCodec:
    """Encodes landmarks as targets and decodes heatmaps; see the module's text for frames and bounds."""

    input_size: int
    heatmap_size: int
    decimal_size: int = 4
    sigma: float = 1.5
    decimal_sigma: float = 1.0
    pixel_offset: float = 0.5

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def _cells_per_pixel(self) -> float:
        return self.heatmap_size / self.input_size

    def encode(self, points: Tensor) -> tuple[Tensor, Tensor | None]:
        """(B, K, 2) input pixels -> integer (B, K, H, H) and decimal (B, K, d, d) targets, on the same device.

        A point that is missing (NaN) or outside the input gives all-zero maps; mask it with `inside`.
        """
        valid = self.inside(points)
        t = (torch.nan_to_num(points.float()) + self.pixel_offset) * self._cells_per_pixel
        cell = t.floor().clamp(0, self.heatmap_size - 1)
        centre = cell if self.decimal_size else t - 0.5
        integer = _gaussian(centre, self.heatmap_size, self.sigma) * valid[..., None, None]
        if not self.decimal_size:
            return integer, None
        fraction = (t - cell).clamp(0, 1) * self.decimal_size
        return integer, _gaussian(fraction, self.decimal_size, self.decimal_sigma) * valid[..., None, None]

    def inside(self, points: Tensor) -> Tensor:
        """(B, K, 2) -> (B, K) bool: defined and within the input's area."""
        low, high = -self.pixel_offset, self.input_size - self.pixel_offset
        return ((points >= low) & (points < high)).all(dim=-1)  # NaN compares false

    def decode(self, integer: NDArray[np.float32], decimal: NDArray[np.float32] | None = None) -> HeatmapPeaks:
        """Integer (K, H, H) heatmaps and decimal (K, d, d) logits -> points in input pixels, heights, widths.

        Raises ValueError when the decimal map is missing or unexpected.
        """
        if (decimal is None) == bool(self.decimal_size):
            raise ValueError(f"codec with decimal_size {self.decimal_size} got decimal map: {decimal is not None}")
        count, size = integer.shape[0], integer.shape[-1]
        flat = integer.reshape(count, -1)
        best = flat.argmax(axis=1)
        cell = np.stack([best % size, best // size], axis=1)
        height = flat[np.arange(count), best].astype(np.float64)
        offset, width = _fit_gaussian(integer, cell)
        t = cell + offset + 0.5
        if decimal is not None:
            t = _nearest_turn(cell + _match_fraction(decimal, self.decimal_sigma), t)
        return HeatmapPeaks(t / self._cells_per_pixel - self.pixel_offset, height, width)


def _gaussian(centre: Tensor, size: int, sigma: float) -> Tensor:
    """(..., 2) centres (x, y) in cell indices -> (..., size, size) Gaussians of peak 1, rows y, columns x."""
    cells = torch.arange(size, device=centre.device, dtype=centre.dtype)
    profile = torch.exp(-((cells - centre[..., None]) ** 2) / (2 * sigma**2))
    return profile[..., 1, :, None] * profile[..., 0, None, :]


def _fit_gaussian(heatmaps: NDArray[np.float32], cell: NDArray[np.int64]) -> tuple[Array, Array]:
    """Fit log h = a + b x + c y - k (x^2 + y^2) / 2 around each maximum; return offsets (K, 2) and widths (K).

    Weights h^2, because equal noise on h is noise 1/h on log h. Exact for a Gaussian, also at the border,
    where the window only shrinks. Without a downward curvature the offset is 0 and the width NaN.
    """
    count, size = heatmaps.shape[0], heatmaps.shape[-1]
    steps = np.arange(-_WINDOW, _WINDOW + 1)
    dy, dx = (g.ravel() for g in np.meshgrid(steps, steps, indexing="ij"))
    x, y = cell[:, :1] + dx, cell[:, 1:] + dy
    present = (x >= 0) & (x < size) & (y >= 0) & (y < size)
    values = heatmaps[np.arange(count)[:, None], y.clip(0, size - 1), x.clip(0, size - 1)].astype(np.float64)
    peak = np.maximum(values.max(axis=1, keepdims=True), 1e-12)
    # below a twentieth of the peak a trained map is noise; a clean Gaussian is exact with or without those cells
    used = present & (values > 0.05 * peak)
    relative = np.where(used, values / peak, 1.0)
    weight = np.where(used, relative**2, 0.0)
    terms = np.stack([np.ones_like(dx), dx, dy, -0.5 * (dx**2 + dy**2)], axis=1).astype(np.float64)
    normal = np.einsum("kn,ni,nj->kij", weight, terms, terms) + 1e-9 * np.eye(4)
    right = np.einsum("kn,ni->ki", weight * np.log(relative), terms)
    _, b, c, k = np.linalg.solve(normal, right[..., None])[..., 0].T
    peaked = k > 1e-3
    safe = np.where(peaked, k, 1.0)
    offset = np.where(peaked[:, None], np.stack([b, c], axis=1) / safe[:, None], 0.0)
    return offset.clip(-1.0, 1.0), np.where(peaked, 1 / np.sqrt(safe), np.nan)


def _nearest_turn(decoded: Array, fitted: Array) -> Array:
    """Undo a slip of the maximum by one cell (K, 2).

    For a landmark on the border of two cells both are nearly as high and the slightest noise decides, while the
    decimal map goes on naming the far end of the other cell. The fitted peak then lies between the two: where it
    is more than three quarters of a cell away (half a cell is what a clean target can differ), one cell goes.
    """
    difference = decoded - fitted
    return np.where(np.abs(difference) > 0.75, decoded - np.sign(difference), decoded)


@lru_cache(maxsize=4)
def _fraction_targets(size: int, sigma: float) -> tuple[Array, Array]:
    """Candidate fractions (N, 2) and the log-probabilities (N, size * size) of their decimal targets."""
    steps = (np.arange(_FRACTIONS) + 0.5) / _FRACTIONS
    fractions = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    targets = _gaussian(torch.from_numpy(fractions) * size, size, sigma).reshape(len(fractions), -1)
    return fractions, torch.log_softmax(targets, dim=-1).numpy()


def _match_fraction(decimal: NDArray[np.float32], sigma: float) -> Array:
    """(K, d, d) logits -> (K, 2) fractions whose target has the least KL divergence from the prediction."""
    fractions, log_targets = _fraction_targets(decimal.shape[-1], sigma)
    logits = decimal.reshape(len(decimal), -1).astype(np.float64)
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return np.asarray(fractions[(probabilities @ log_targets.T).argmax(axis=1)])
