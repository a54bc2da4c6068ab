"""One foot: its views, what is known about it and what follows from both. Hosts show it and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from FootDeformityLib.case.edit import Edit
from FootDeformityLib.case.facts import Facts
from FootDeformityLib.case.landmark import LandmarkState, Point
from FootDeformityLib.case.view import CaseView
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.measure.foot import FootMeasurements, measure_foot
from FootDeformityLib.measure.scheme import Scheme, load_scheme


@dataclass(frozen=True)
class Case:
    """Immutable: every edit returns a new case, so that a History of cases is undo and redo.

    views: "AP" and/or "lateral". criteria: name of a profile. chirality: h of each view as it was first
    measured, which still tells the side when points are taken away later.
    """

    views: Mapping[str, CaseView]
    facts: Facts = field(default_factory=Facts)
    criteria: str = "literature"
    chirality: Mapping[str, int | None] = field(default_factory=dict)
    _ai: _AiReading = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("views", "chirality"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for view, content in self.views.items():
            if tuple(content.landmarks) != self.scheme.ids(view):
                raise FootDeformityError(
                    f"The {view} view has the landmarks {', '.join(content.landmarks)}; expected those of scheme "
                    f"{self.scheme.name} in their order."
                )
        object.__setattr__(self, "_ai", _AiReading(self))

    @classmethod
    def from_views(cls, views: Mapping[str, CaseView], facts: Facts, criteria: str = "literature") -> Case:
        """Return a new case that remembers the chirality of its views. Raises FootDeformityError."""
        case = cls(views, facts, criteria)
        return replace(case, chirality=case.measurements.chirality)

    @property
    def scheme(self) -> Scheme:
        """The landmark scheme; angles and criteria are tied to the 27 points."""
        return load_scheme()

    @cached_property
    def measurements(self) -> FootMeasurements:
        """Angles, further measurements, findings and quality of the present points."""
        return self._measure({view: content.points_px() for view, content in self.views.items()})

    @property
    def ai_measurements(self) -> FootMeasurements:
        """The same of the points as the network placed them; nothing is measurable where no network was used."""
        return self._ai.measurements

    def _measure(self, points_px: Mapping[str, NDArray[np.float64]]) -> FootMeasurements:
        ap, lateral = self.views.get("AP"), self.views.get("lateral")
        return measure_foot(
            points_px.get("AP"),
            points_px.get("lateral"),
            age_years=self.facts.age_years,
            weight_bearing=self.facts.weight_bearing,
            criteria=self.criteria,
            ap_spacing=ap.image.square_spacing if ap else None,
            lateral_spacing=lateral.image.square_spacing if lateral else None,
            chirality=self.chirality or None,
        )

    @property
    def reviewed(self) -> bool:
        """No point is left as the network placed it."""
        return all(view.reviewed for view in self.views.values())

    def move(self, view: str, landmark: str, xy_px: Point, by: Edit | None = None) -> Case:
        """A person placed the landmark at x, y in image pixels."""
        return self._edit(view, landmark, lambda state: state.moved_to(xy_px, by))

    def confirm(self, view: str, landmark: str, by: Edit | None = None) -> Case:
        """A person agrees with the landmark where it is."""
        return self._edit(view, landmark, lambda state: state.confirmed(by))

    def remove(self, view: str, landmark: str, by: Edit | None = None) -> Case:
        """A person says that the landmark cannot be seen."""
        return self._edit(view, landmark, lambda state: state.removed(by))

    def mark_uncertain(self, view: str, landmark: str, uncertain: bool = True, by: Edit | None = None) -> Case:
        """A person calls the landmark's position an estimate, or no longer."""
        return self._edit(view, landmark, lambda state: state.marked_uncertain(uncertain, by))

    def reset(self, view: str, landmark: str) -> Case:
        """Back to where the network placed the landmark."""
        return self._edit(view, landmark, LandmarkState.reset)

    def confirm_all(self, view: str, by: Edit | None = None) -> Case:
        """A person agrees with every landmark of a view; moved ones stay marked as moved."""
        return self._edit_all(view, lambda state: state.confirmed(by) if state.state == "ai" else state)

    def remove_unplaced(self, view: str, by: Edit | None = None) -> Case:
        """A person is done with a view: the points that nobody has placed cannot be seen."""
        return self._edit_all(view, lambda state: state.removed(by) if state.xy_px is None else state)

    def reset_all(self, view: str) -> Case:
        """Back to what the network said about a view."""
        return self._edit_all(view, LandmarkState.reset)

    def with_view(self, view: str, content: CaseView) -> Case:
        """Return the case with a view added or replaced; its chirality is taken anew."""
        case = replace(self, views={**self.views, view: content}, chirality={**self.chirality, view: None})
        return replace(case, chirality=case.measurements.chirality)

    def without_view(self, view: str) -> Case:
        """Return the case without a view."""
        return replace(self, views={name: content for name, content in self.views.items() if name != view})

    def with_facts(self, facts: Facts) -> Case:
        """Return the case with another side, age or weight-bearing."""
        return replace(self, facts=facts)

    def with_criteria(self, criteria: str) -> Case:
        """Return the case under another criteria profile."""
        return replace(self, criteria=criteria)

    def _edit(self, view: str, landmark: str, change: Callable[[LandmarkState], LandmarkState]) -> Case:
        content = self._view(view)
        if landmark not in content.landmarks:
            raise FootDeformityError(f"The {view} view has no landmark {landmark!r}.")
        return self._with_edited(view, content.with_landmark(landmark, change(content.landmarks[landmark])))

    def _edit_all(self, view: str, change: Callable[[LandmarkState], LandmarkState]) -> Case:
        return self._with_edited(view, self._view(view).with_all(change))

    def _with_edited(self, view: str, content: CaseView) -> Case:
        edited = replace(self, views={**self.views, view: content})
        # no edit changes what the network said: it is measured once for all of them
        object.__setattr__(edited, "_ai", self._ai)
        return edited

    def _view(self, view: str) -> CaseView:
        if view not in self.views:
            raise FootDeformityError(f"This case has no {view} view; it has {' and '.join(self.views) or 'none'}.")
        return self.views[view]


class _AiReading:
    """What follows from the network's points alone: measured when first asked for, shared by all edits of a case."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def measurements(self) -> FootMeasurements:
        views = self._case.views.items()
        return self._case._measure({view: content.ai_points_px() for view, content in views})
