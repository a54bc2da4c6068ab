"""How well the angles on a network's own points agree with readers: its figures from images that it had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: ICC below which agreement is called poor (Koo and Li, J Chiropr Med 2016;15:155, doi 10.1016/j.jcm.2016.02.012)
POOR = 0.5


@dataclass(frozen=True)
class AngleAgreement:
    """icc: ICC(2,1) of network and readers. error_degrees: mean absolute difference, over n images."""

    icc: float
    error_degrees: float
    n: int

    @property
    def poor(self) -> bool:
        """Whether the angle says little about a single foot until a person has seen to its points."""
        return self.icc < POOR


def angle_agreements(notes: Mapping[str, Any]) -> dict[str, AngleAgreement]:
    """By angle, of the notes in model.json; angles that the model was not judged by are left out."""
    angles = notes.get("validation", {}).get("angles", {})
    figures = {name: angle["all"] for name, angle in angles.items()}
    return {
        name: AngleAgreement(figure["icc"], figure["error_degrees"], figure["n"])
        for name, figure in figures.items()
        if figure.get("icc") is not None
    }
