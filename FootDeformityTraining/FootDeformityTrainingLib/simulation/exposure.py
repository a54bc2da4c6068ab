"""From what lies in the beam to the picture that a digital X-ray system shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Array = NDArray[np.float32]

#: a tube at about 55 kV, seen by the detector: share of the signal, attenuation per mm of muscle and of the mineral
#: that bone adds to it, at 33, 42 and 52 keV (after the tables of Hubbell and Seltzer)
SPECTRUM = ((0.28, 0.0345, 0.176), (0.46, 0.0268, 0.104), (0.26, 0.0228, 0.066))


@dataclass(frozen=True)
class Exposure:
    """How a picture is taken and processed. Lengths in mm on the detector."""

    #: photons that reach a square millimetre of the detector unhindered
    photons: float = 360_000.0
    #: focal spot and detector together, standard deviation
    blur_mm: float = 0.13
    #: scatter as a share of the primary beam's mean, and how far it spreads
    scatter: float = 0.12
    scatter_mm: float = 22.0
    #: dose falls by this share from the first to the last row (heel effect)
    heel_effect: float = 0.10
    #: stripes of an unevenly read plate, as a share of the signal
    stripes: float = 0.0
    #: contrast of structures above this size is lowered by this share, so that thick and thin parts are seen together
    compression_mm: float = 14.0
    compression: float = 0.40
    #: logarithm of the exposure beyond which thicker parts count no more as surroundings, so that blocks and lead do
    #: not darken what lies beside them, and beyond which they have no say in what is shown white
    surroundings: float = 2.2
    shown: float = 3.4
    #: edge enhancement
    sharpening: float = 0.45
    sharpening_mm: float = 1.1
    #: exponent of the curve, and the percentiles of the picture that are shown black and white
    gamma: float = 1.05
    black: float = 12.0
    white: float = 99.6


def transmission(muscle: Array, mineral: Array) -> Array:
    """Share of the open beam's signal that passes through so many mm (H, W): soft rays are lost first (hardening)."""
    total = np.zeros_like(muscle)
    for share, of_muscle, of_mineral in SPECTRUM:
        total += np.float32(share) * np.exp(np.float32(-of_muscle) * muscle - np.float32(of_mineral) * mineral)
    return total


def expose(primary: Array, field: Array, spacing: float, exposure: Exposure, generator: np.random.Generator) -> Array:
    """Photons counted by every pixel (H, W), as the negative logarithm of their share of the open beam.

    primary: (H, W) share of the beam that passes. field: (H, W) share that the collimator lets through.
    spacing: mm a pixel.
    """
    beam = blurred(primary * field, exposure.blur_mm / spacing)
    beam = beam + np.float32(exposure.scatter) * blurred(beam, exposure.scatter_mm / spacing)
    beam /= np.float32(1 + exposure.scatter)
    beam *= (1 + exposure.heel_effect * (0.5 - np.linspace(0, 1, beam.shape[0], dtype=np.float32)))[:, None]
    if exposure.stripes:
        rows = gaussian_filter(generator.standard_normal(beam.shape[1]), 4.0)
        beam *= (1 + np.float32(exposure.stripes) * (rows / rows.std())).astype(np.float32)
    full = np.float32(exposure.photons * spacing**2)
    expected = np.maximum(full * beam, 1.0)
    # so many photons that their spread is normal
    counts = expected + np.sqrt(expected) * generator.standard_normal(beam.shape, dtype=np.float32)
    # the phosphor spreads light after the photons were counted: noise is a little smooth
    counts = gaussian_filter(counts, 0.55, mode="nearest")
    return np.asarray(-np.log(np.maximum(counts, 1.0) / full), dtype=np.float32)


def develop(logarithm: Array, spacing: float, exposure: Exposure, field: Array | None = None) -> Array:
    """Turn the logarithm of the exposure into grey values 0..1, bone bright: (H, W).

    What is shown black and white is chosen where a foot can be: inside the collimated field, and not too thick.
    """
    coarse = _background(
        np.minimum(logarithm, np.float32(exposure.surroundings)), exposure.compression_mm / spacing, field
    )
    fine = blurred(logarithm, exposure.sharpening_mm / spacing)
    shown = logarithm - np.float32(exposure.compression) * coarse + np.float32(exposure.sharpening) * (logarithm - fine)
    wanted = logarithm[::4, ::4] < exposure.shown
    if field is not None:
        wanted &= field[::4, ::4] > 0.5
    low, high = np.percentile(shown[::4, ::4][wanted], [exposure.black, exposure.white]) if wanted.any() else (0, 1)
    level = (shown - np.float32(low)) / np.float32(max(high - low, 1e-6))
    # the foot of the curve keeps the background dark, its shoulder keeps thick parts from turning white
    grey = np.float32(0.055) + np.float32(0.92) * np.maximum(level, 0) ** np.float32(exposure.gamma)
    grey = np.where(grey > 0.65, 0.65 + 0.35 * np.tanh((grey - 0.65) / 0.35), grey)
    return np.asarray(np.clip(grey, 0.0, 1.0), dtype=np.float32)


def _background(logarithm: Array, sigma: float, field: Array | None) -> Array:
    """The picture without its details; what lies outside the collimated field has no part in what lies inside."""
    if field is None or field.min() > 0.5:
        return blurred(logarithm, sigma)
    lit = (field > 0.5).astype(np.float32)
    inside = blurred(logarithm * lit, sigma) / np.maximum(blurred(lit, sigma), np.float32(1e-3))
    return np.asarray(np.where(lit > 0, inside, blurred(logarithm, sigma)))


def blurred(picture: Array, sigma: float) -> Array:
    """A picture (H, W) blurred by a Gaussian, sigma in pixels; wide ones are computed on a coarser grid."""
    step = int(sigma // 4)
    if step < 2:
        return np.asarray(gaussian_filter(picture, sigma, mode="nearest", truncate=3.0), dtype=np.float32)
    height, width = picture.shape
    extra = -height % step, -width % step
    whole = torch.from_numpy(np.pad(picture, ((0, extra[0]), (0, extra[1])), mode="edge"))[None, None]
    small = torch.nn.functional.avg_pool2d(whole, step)[0, 0].numpy()
    smooth = torch.from_numpy(gaussian_filter(small, sigma / step, mode="nearest", truncate=3.0))[None, None]
    large = torch.nn.functional.interpolate(smooth, scale_factor=step, mode="bilinear", align_corners=False)
    return np.asarray(large[0, 0].numpy()[:height, :width])
