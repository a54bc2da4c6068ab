"""One foot: its views, what is known about it and what follows from both. Hosts show it and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

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

    def __post_init__(self) -> None:
        for name in ("views", "chirality"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for view, content in self.views.items():
            if tuple(content.landmarks) != self.scheme.ids(view):
                raise FootDeformityError(
                    f"The {view} view has the landmarks {', '.join(content.landmarks)}; expected those of scheme "
                    f"{self.scheme.name} in their order."
                )

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
        ap, lateral = self.views.get("AP"), self.views.get("lateral")
        return measure_foot(
            ap.points_px() if ap else None,
            lateral.points_px() if lateral else None,
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

    def move(self, view: str, landmark: str, xy_px: Point) -> Case:
        """A person placed the landmark at x, y in image pixels."""
        return self._edit(view, landmark, lambda state: state.moved_to(xy_px))

    def confirm(self, view: str, landmark: str) -> Case:
        """A person agrees with the landmark where it is."""
        return self._edit(view, landmark, LandmarkState.confirmed)

    def remove(self, view: str, landmark: str) -> Case:
        """A person says that the landmark cannot be seen."""
        return self._edit(view, landmark, LandmarkState.removed)

    def reset(self, view: str, landmark: str) -> Case:
        """Back to where the network placed the landmark."""
        return self._edit(view, landmark, LandmarkState.reset)

    def confirm_all(self, view: str) -> Case:
        """A person agrees with every landmark of a view; moved ones stay marked as moved."""
        return self._edit_all(view, lambda state: state.confirmed() if state.state == "ai" else state)

    def reset_all(self, view: str) -> Case:
        """Back to what the network said about a view."""
        return self._edit_all(view, LandmarkState.reset)

    def with_view(self, view: str, content: CaseView) -> Case:
        """Return the case with a view added or replaced; its chirality is taken anew."""
        case = replace(self, views={**self.views, view: content}, chirality={**self.chirality, view: None})
        return replace(case, chirality=case.measurements.chirality)

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
        edited = content.with_landmark(landmark, change(content.landmarks[landmark]))
        return replace(self, views={**self.views, view: edited})

    def _edit_all(self, view: str, change: Callable[[LandmarkState], LandmarkState]) -> Case:
        return replace(self, views={**self.views, view: self._view(view).with_all(change)})

    def _view(self, view: str) -> CaseView:
        if view not in self.views:
            raise FootDeformityError(f"This case has no {view} view; it has {' and '.join(self.views) or 'none'}.")
        return self.views[view]
