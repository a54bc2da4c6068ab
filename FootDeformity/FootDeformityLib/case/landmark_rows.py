"""The table of landmarks as every host shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from FootDeformityLib.case.case import Case
from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseImage

_WORDS = {"ai": "placed by AI", "moved": "moved", "confirmed": "confirmed", "missing": "missing"}


@dataclass(frozen=True)
class LandmarkRow:
    """One landmark, ready to show.

    bone, name: e.g. "talus" and "medial end of head joint surface"; the name alone says little. state: ai, moved,
    confirmed or missing. style: the same, or "doubtful" where the network is not sure and nobody has decided (key of
    overlay.STATE_COLOURS, and "missing"). uncertain: a person marked it as an estimate. moved_by: by a person, from
    where the network put it; None without both positions, in mm also where the spacing is unknown.
    """

    view: str
    id: str
    bone: str
    name: str
    definition: str
    state: str
    style: str
    state_words: str
    confidence: float | None
    doubtful: bool
    uncertain: bool
    moved_by_mm: float | None
    moved_by_px: float | None
    reader: str | None
    edited_at: str | None


def landmark_rows(case: Case, view: str) -> tuple[LandmarkRow, ...]:
    """Return the landmarks of a view in the scheme's order; none for a view that the case lacks."""
    content = case.views.get(view)
    if content is None:
        return ()
    return tuple(
        LandmarkRow(
            view=view,
            id=mark.id,
            bone=mark.bone or "",
            name=mark.name,
            definition=mark.definition,
            state=state.state,
            style="doubtful" if state.doubtful else state.state,
            state_words=_state_words(state),
            confidence=state.confidence,
            doubtful=state.doubtful,
            uncertain=state.uncertain,
            moved_by_mm=_moved_by_mm(state, content.image),
            moved_by_px=state.moved_by_px,
            reader=state.reader,
            edited_at=state.edited_at,
        )
        for mark, state in zip(case.scheme.landmarks(view), content.landmarks.values(), strict=True)
    )


def _state_words(state: LandmarkState) -> str:
    words = "AI in doubt" if state.doubtful else _WORDS[state.state]
    if state.state == "missing" and state.answered:
        words = "not visible"
    return f"{words}, uncertain" if state.uncertain else words


def _moved_by_mm(state: LandmarkState, image: CaseImage) -> float | None:
    now, ai = state.xy_px, state.ai_xy_px
    if now is None or ai is None or image.spacing_mm is None:
        return None
    return math.hypot((now[0] - ai[0]) * image.spacing_mm[0], (now[1] - ai[1]) * image.spacing_mm[1])
