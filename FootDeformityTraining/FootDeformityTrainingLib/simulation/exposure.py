"""From what lies in the beam to the picture that a digital X-ray system shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Array = NDArray[np.float64]

#: attenuation per mm at about 55 kVp, filtered: soft tissue, and what bone adds to it
MUSCLE, CORTEX, SPONGE, TRABECULAE = 0.0205, 0.085, 0.024, 0.060


@dataclass(frozen=True)
class Exposure:
    """How a picture is taken and processed. Lengths in mm on the detector."""

    #: photons that reach a pixel unhindered
    photons: float = 26_000.0
    #: focal spot and detector together, standard deviation
    blur_mm: float = 0.13
    #: scatter as a share of the primary beam's mean, and how far it spreads
    scatter: float = 0.12
    scatter_mm: float = 22.0
    #: dose falls by this share from one end of the image to the other (heel effect)
    heel_effect: float = 0.10
    #: contrast of structures above this size is halved, so that thick and thin parts are seen together
    compression_mm: float = 14.0
    compression: float = 0.40
    #: edge enhancement
    sharpening: float = 0.45
    sharpening_mm: float = 1.1
    #: percentile of the picture that is shown white
    white: float = 99.6


def expose(attenuation: Array, spacing: float, exposure: Exposure, generator: np.random.Generator) -> Array:
    """Photons counted by every pixel (H, W), as the negative logarithm of their share of the open beam.

    attenuation: (H, W) line integral. spacing: mm a pixel.
    """
    blur = exposure.blur_mm / spacing
    beam = gaussian_filter(np.exp(-attenuation), blur, mode="nearest")
    beam += exposure.scatter * gaussian_filter(beam, exposure.scatter_mm / spacing, mode="nearest")
    beam /= 1 + exposure.scatter
    beam *= 1 + exposure.heel_effect * (0.5 - np.linspace(0, 1, beam.shape[0]))[:, None]
    counts = generator.poisson(exposure.photons * beam).astype(np.float64)
    # the phosphor spreads light after the photons were counted: noise is a little smooth
    counts = gaussian_filter(counts, 0.55, mode="nearest")
    return np.asarray(-np.log(np.maximum(counts, 1.0) / exposure.photons))


def develop(logarithm: Array, spacing: float, exposure: Exposure) -> Array:
    """Turn the logarithm of the exposure into grey values 0..1, bone bright: (H, W)."""
    coarse = gaussian_filter(logarithm, exposure.compression_mm / spacing, mode="nearest")
    fine = gaussian_filter(logarithm, exposure.sharpening_mm / spacing, mode="nearest")
    shown = logarithm - exposure.compression * coarse + exposure.sharpening * (logarithm - fine)
    low, high = np.percentile(shown, [1.0, exposure.white])
    level = (shown - low) / (high - low)
    # the foot of the curve keeps the background dark, its shoulder keeps thick parts from turning white
    grey = 0.055 + 0.92 * np.where(level > 0, np.maximum(level, 0) ** 1.05, 0.0)
    return np.asarray(np.clip(np.where(grey > 0.8, 0.8 + 0.2 * np.tanh((grey - 0.8) / 0.2), grey), 0.0, 1.0))
