"""What the training loop is told, the same for every network."""

from __future__ import annotations

from dataclasses import dataclass

from FootDeformityLib.errors import FootDeformityError


@dataclass(frozen=True)
class LoopConfig:
    """AdamW with linear warm-up and cosine; the optimiser's defaults are the paper's.

    batch: images of one step, over all processes together. clip_norm: largest norm of the gradient, 0 = not clipped.
    ema_decay: of the averaged weights, which are validated and exported, 0 = none. patience: validations without
    improvement after which the run ends, 0 = never. picture_every: epochs between sample pictures, 0 = none.
    """

    epochs: int = 150
    batch: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 5e-4
    warm_up_epochs: float = 3.0
    clip_norm: float = 1.0
    ema_decay: float = 0.998
    validate_every: int = 10
    patience: int = 0
    picture_every: int = 1
    autocast: bool = True  # bfloat16
    seed: int = 0

    def checked(self) -> LoopConfig:
        """Return itself. Raises FootDeformityError for values with which nothing can be trained."""
        for name, fine, words in (
            ("epochs", self.epochs >= 1, "at least 1"),
            ("batch", self.batch >= 2, "at least 2"),
            ("learning_rate", 0 < self.learning_rate < 10, "above 0 and below 10"),
            ("weight_decay", 0 <= self.weight_decay < 1, "from 0 to below 1"),
            ("warm_up_epochs", self.warm_up_epochs >= 0, "0 or more"),
            ("clip_norm", self.clip_norm >= 0, "0 or more"),
            ("ema_decay", 0 <= self.ema_decay < 1, "from 0 to below 1"),
            ("validate_every", self.validate_every >= 1, "at least 1"),
            ("patience", self.patience >= 0, "0 or more"),
            ("picture_every", self.picture_every >= 0, "0 or more"),
        ):
            if not fine:
                raise FootDeformityError(f"{name} is {getattr(self, name):g}; it must be {words}.")
        return self
