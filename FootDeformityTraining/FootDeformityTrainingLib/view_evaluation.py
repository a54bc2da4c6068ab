"""How well views are recognised: out of fold, by kind, at every limit, and on disturbed images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.preprocessing import normalise
from FootDeformityLib.network.view_network import ViewNetwork, mean_probabilities
from FootDeformityLib.network.view_opinion import KINDS, MEASURABLE
from FootDeformityLib.network.view_thumbnail import view_thumbnail
from FootDeformityTrainingLib.evaluation.disturbances import Disturbance
from FootDeformityTrainingLib.view_data import ViewImage

Array = NDArray[np.float64]
Pixels = NDArray[np.float32]

#: at most so many of the true views are refused, and shown with a doubt, out of fold
_FALSELY_REFUSED, _DOUBTED = 0.015, 0.06
_CURVE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Judged:
    """Images with the probabilities (N, kinds) that a network which never saw them gives."""

    images: list[ViewImage]
    probability: Array

    @property
    def measurable(self) -> Array:
        """(N,) probability of AP and lateral together."""
        return np.asarray(self.probability[:, : len(MEASURABLE)].sum(axis=1))

    @property
    def true_view(self) -> NDArray[np.bool_]:
        """(N,) whether the image is an AP or a lateral foot."""
        return np.array([image.kind in MEASURABLE for image in self.images], dtype=bool)


def probabilities(network: ViewNetwork, pixels: Sequence[Pixels]) -> Array:
    """(N, kinds) of whole images."""
    thumbnails = np.stack([view_thumbnail(image, network.config.size) for image in pixels])
    parts = []
    with torch.inference_mode():
        for part in torch.split(torch.from_numpy(thumbnails)[:, None], _BATCH):
            parts.append(mean_probabilities(network, normalise(part)))
    return torch.cat(parts).double().numpy()


def judge(
    networks: Sequence[ViewNetwork],
    images: Sequence[ViewImage],
    pixels: Sequence[Pixels],
    folds: NDArray[np.int64],
    disturbance: Disturbance | None = None,
) -> Judged:
    """Each image of a fold by that fold's network; images that nobody trained on by every network, once each.

    pixels: of `load_small`; disturbed, they are read from a file as a user's would be.
    """
    if disturbance is not None:
        return judge(networks, images, [_as_read(image, disturbance) for image in pixels], folds)
    found, judged = [], []
    for fold, network in enumerate(networks):
        chosen = [k for k, image in enumerate(images) if folds[k] == fold or image.judged_only]
        judged += [images[k] for k in chosen]
        found.append(probabilities(network, [pixels[k] for k in chosen]))
    return Judged(judged, np.concatenate(found))


def _as_read(pixels: Pixels, disturbance: Disturbance) -> Pixels:
    """The disturbed image; an empty film where the reader refuses it, for instance as too small."""
    try:
        return disturbance.read(pixels)[0].pixels
    except FootDeformityError:
        return np.zeros_like(pixels)


def limits_of(judged: Judged) -> tuple[float, float]:
    """(refuse_below, sure_from): the quantiles of true views of the folds that the module's constants ask for."""
    own = judged.true_view & np.array([not image.judged_only for image in judged.images])
    low, high = np.quantile(judged.measurable[own], [_FALSELY_REFUSED, _DOUBTED], method="lower")
    return round(float(min(low, 0.9)), 4), round(float(min(max(high, low, 0.5), 0.95)), 4)


def figures(judged: Judged, refuse_below: float, sure_from: float) -> dict[str, Any]:
    """What the card says: outcome by kind, AP taken for lateral, and the curve of limits."""
    value, shown = judged.measurable, np.array([_group(image) for image in judged.images])
    kinds = {}
    for group in dict.fromkeys(shown.tolist()):
        those = value[shown == group]
        kinds[group] = {
            # an image that nobody trained on is judged by several networks, and counts once
            "n": len({image.image for image, kind in zip(judged.images, shown, strict=True) if kind == group}),
            "refused_percent": _percent(those < refuse_below),
            "doubted_percent": _percent((those >= refuse_below) & (those < sure_from)),
        }
    views = judged.probability[:, :2].argmax(axis=1)
    truth = np.array([KINDS.index(image.kind) for image in judged.images])
    return {
        "kinds": kinds,
        "taken_for_other_view_percent": _percent(views[judged.true_view] != truth[judged.true_view]),
        "false_refusal": outcome(judged, refuse_below),
        "curve": [{"limit": limit, **outcome(judged, limit)} for limit in _CURVE],
    }


def outcome(judged: Judged, limit: float) -> dict[str, float]:
    """Percent refused at a limit: true views, obliques, ankle APs."""
    kind, refused = np.array([image.kind for image in judged.images]), judged.measurable < limit
    own = np.array([not image.judged_only for image in judged.images])
    return {
        "true_views": _percent(refused[own & judged.true_view]),
        **{name: _percent(refused[own & (kind == name)]) for name in KINDS[2:4] if (own & (kind == name)).any()},
    }


def _group(image: ViewImage) -> str:
    """The manifest's word, with the source where images were only judged."""
    return f"{image.shown} ({image.source})" if image.judged_only and image.source else image.shown


def _percent(those: NDArray[np.bool_]) -> float:
    return round(100 * float(np.mean(those)), 2)
