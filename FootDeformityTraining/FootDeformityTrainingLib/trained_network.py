"""The network of a run as it would be shipped: best state, blended if asked, weights in half precision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.codec import HIHCodec
from FootDeformityLib.network.hih import HIH
from FootDeformityTrainingLib.checkpoint import load_checkpoint
from FootDeformityTrainingLib.sample import Array, Sample
from FootDeformityTrainingLib.training_config import TrainingConfig, config_of_run
from FootDeformityTrainingLib.training_loop import BEST
from FootDeformityTrainingLib.validation import ValidationResult, network_look, validate
from FootDeformityTrainingLib.weight_blend import blended


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """shape: (K, 2) pose of the close look, None for a network that sees the whole image once. epoch: of the state."""

    config: TrainingConfig
    codec: HIHCodec
    network: HIH
    shape: Array | None
    epoch: int

    def judge(self, samples: list[Sample], scheme: Scheme) -> ValidationResult:
        """Detect on the samples the way users do and compare with their landmarks."""
        look = network_look(self.network, self.codec)
        return validate(look, samples, self.shape, self.codec.input_size, scheme)


def trained_network(
    run: Path, settings: dict[str, Any], blend: tuple[str | Path, float] | None = None
) -> TrainedNetwork:
    """Read the best state of an HIH run; of a run with a split that is the last one, see train_hih.py.

    settings: its run.json. blend: model folder that the run started from, and the share of the run's weights, see
    weight_blend.py. Raises FootDeformityError for a run that holds no network yet.
    """
    config = config_of_run(settings)
    if not (run / BEST).is_file():
        raise FootDeformityError(
            f"{run}: holds no validated network yet; validation follows every {config.loop.validate_every} epochs and "
            "the last one. Go on with train --resume."
        )
    checkpoint = load_checkpoint(run / BEST)
    network = HIH(config.architecture)
    weights = checkpoint["network"]
    if blend is not None:
        weights = blended(weights, config.architecture, *blend)
    network.load_state_dict(weights)
    network.half().float()  # judge what is shipped: weights in half precision
    shape = np.asarray(settings["mean_shape"]) if config.augmentation.close_share else None
    return TrainedNetwork(config, HIHCodec(**settings["codec"]), network.eval(), shape, int(checkpoint["epoch"]))
