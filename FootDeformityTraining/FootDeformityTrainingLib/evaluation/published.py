"""The paper's own figures, to stand beside ours; they are kept in published.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from FootDeformityLib.measure.scheme import Scheme, load_scheme


@dataclass(frozen=True)
class PublishedModel:
    """Figures of the paper's test set; errors in degrees, shares in percent, times in seconds."""

    angle_error: Mapping[str, float]
    nme_x1000: Mapping[str, float]
    sdr_nominal_percent: Mapping[str, tuple[float, ...]]
    parameters: int
    seconds_per_sample: float
    training_seconds_per_epoch: float
    diagnosis_accuracy_percent: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """source: the citation. caveat: what a comparison is worth."""

    source: str
    caveat: str
    models: Mapping[str, PublishedModel]

    @property
    def note(self) -> str:
        """A sentence below tables and figures that show published figures."""
        return f'Rows "published": {self.source}. {self.caveat}'


def published_label(name: str) -> str:
    """How a published model is called in tables and figures."""
    return f"{name}, published"


def published_for(scheme: Scheme) -> Published:
    """The paper's figures, without any model for a landmark scheme that is not the paper's."""
    published = _read()
    if scheme.sha256 != load_scheme().sha256:
        return Published(published.source, published.caveat, {})
    return published


@lru_cache(maxsize=1)
def _read() -> Published:
    values = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    models = {name: PublishedModel(**figures) for name, figures in values["models"].items()}
    return Published(values["source"], values["caveat"], models)
