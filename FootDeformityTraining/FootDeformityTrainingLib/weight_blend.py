"""Weights between a fine-tuned network and the model it started from.

On the way between both the error on new images falls while that on the old ones stays low (Wortsman et al., Robust
fine-tuning of zero-shot models, CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.hih import HIHConfig
from FootDeformityLib.network.model_folder import load_weights, read_hih_model


def blended(
    tuned: Mapping[str, Tensor], architecture: HIHConfig, model_folder: str | Path, share: float
) -> dict[str, Tensor]:
    """Return share * tuned + (1 - share) * the weights of ``model_folder``; counters stay the tuned network's.

    share: 0 (the old model) .. 1 (the tuned network). Raises FootDeformityError for another architecture or share.
    """
    if not 0.0 <= share <= 1.0:
        raise FootDeformityError(f"The share of the fine-tuned weights is {share:g}; give a number from 0 to 1.")
    model = read_hih_model(model_folder)
    if model.architecture != architecture:
        raise FootDeformityError(
            f"{model.path}: has another architecture than the run. Give the model that the run started from (--init)."
        )
    old = load_weights(model)
    return {
        name: share * value + (1.0 - share) * old[name].to(value) if value.is_floating_point() else value
        for name, value in tuned.items()
    }
