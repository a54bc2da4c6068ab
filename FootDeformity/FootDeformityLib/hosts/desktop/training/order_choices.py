"""What can be chosen for a new training, and the order that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.training_order import TrainingOrder

#: sizes of each network, the first is offered; as FootDeformityLib.network has them (which needs torch)
PRESETS = {"hih": ("compact", "paper"), "flatnet": ("small", "paper")}
NETWORKS = tuple(PRESETS)
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class OrderChoices:
    """init: model folder to start from, "" = none. epochs: 0 = as the preset has it. settings: name=value words."""

    network: str
    view: str
    preset: str
    init: str = ""
    device: str = "auto"
    epochs: int = 0
    settings: str = ""

    def order(self, data: Path, out: Path) -> TrainingOrder:
        """Return the order. Raises FootDeformityError for settings that are no name=value."""
        words = self.settings.split()
        strange = [word for word in words if not word.partition("=")[1]]
        if strange:
            raise FootDeformityError(f"{strange[0]}: expected name=value, for example learning_rate=5e-4.")
        if self.epochs:
            words.insert(0, f"epochs={self.epochs}")
        return TrainingOrder(
            out=out,
            network=self.network,
            data=str(data),
            view=self.view,
            preset="" if self.init else self.preset,  # the model brings its own architecture
            init=self.init,
            settings=tuple(words),
            device=self.device,
        )
