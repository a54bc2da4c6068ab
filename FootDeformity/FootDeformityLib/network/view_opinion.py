"""What an image seems to show, before anybody looks for landmarks in it; no torch here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: Whether an image shows an AP or a lateral foot: recognised, in doubt, not one of them, or nobody asked.
ViewState = Literal["recognised", "doubtful", "refused", "not asked"]

#: the kinds that the network tells apart, in the order of its output; the first two can be measured
KINDS = ("AP", "lateral", "oblique", "ankle AP", "other")
MEASURABLE = KINDS[:2]
_WORDS = {
    "AP": "an AP view",
    "lateral": "a lateral view",
    "oblique": "an oblique view",
    "ankle AP": "an AP view of the ankle",
    "other": "no view of a foot",
}


@dataclass(frozen=True)
class ViewOpinion:
    """Probabilities of ``KINDS``, sum 1, and the limits that were measured for the model.

    refuse_below: probability of AP and lateral together below which an image is refused. sure_from: from here on it
    counts as recognised; between the two it is measured with a warning. model: name and weights' hash.
    """

    probabilities: Mapping[str, float]
    refuse_below: float
    sure_from: float
    model: str = ""

    @property
    def measurable(self) -> float:
        """Probability that it is an AP or a lateral foot."""
        return sum(self.probabilities[kind] for kind in MEASURABLE)

    @property
    def state(self) -> ViewState:
        """Three-valued: recognised, doubtful or refused."""
        if self.measurable < self.refuse_below:
            return "refused"
        return "recognised" if self.measurable >= self.sure_from else "doubtful"

    @property
    def view(self) -> str:
        """Whichever of AP and lateral is likelier."""
        return max(MEASURABLE, key=lambda kind: self.probabilities[kind])

    @property
    def plain_view(self) -> bool:
        """Whether the image is recognised, and one of AP and lateral leaves no room for the other."""
        return self.state == "recognised" and self.probabilities[self.view] >= 0.9 * self.measurable

    @property
    def looks_like(self) -> str:
        """What it is instead of an AP or a lateral foot, in words with an article."""
        return _WORDS[max(KINDS[2:], key=lambda kind: self.probabilities[kind])]
