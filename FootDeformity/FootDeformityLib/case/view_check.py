"""Whether an image shows an AP or a lateral foot, told by a recogniser and by how sure the landmark networks are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.view_opinion import ViewOpinion, ViewState
from FootDeformityLib.radiographs.both_feet import both_feet
from FootDeformityLib.radiographs.radiograph import Radiograph

#: finds the landmarks of a view ("AP" or "lateral") in a radiograph, as DetectorWorker.detect does
Detect = Callable[[Radiograph, str], Detection]
#: tells what an image shows, as DetectorWorker.recognise does
Recognise = Callable[[Radiograph], ViewOpinion]

#: An image shows a view if at least this part of the view's points is expected to lie right (mean confidence). A
#: probability and no property of a network: it means the same after training anew.
LIKELY = 0.65
#: From here on nobody else is asked. The shipped models on 106 right views that they were not trained on: median 0.93
#: (AP) and 0.90, lowest 0.65 and 0.84; a lateral image as AP at most 0.52, an AP image as lateral at most 0.83.
#: Obliques look like both: about four of five pass
SURE = 0.85

#: Below it an image is refused even if it was recognised: of ten hands and seven chests, which no network has seen, the
#: AP model was sure to 0.52 at most, of right views to 0.65 at least
UNLIKELY = 0.6

_VIEWS = ("AP", "lateral")
_ARTICLES = {"AP": "an AP", "lateral": "a lateral"}


class NotAFootViewError(FootDeformityError):
    """The image is neither an AP nor a lateral foot; a person may insist on points all the same."""


@dataclass(frozen=True)
class ViewGate:
    """Who is asked before landmarks are looked for, and what a refusal says.

    insist: how a person gets points all the same, a part of a sentence: "--any-image". any_image: the person does.
    """

    recognise: Recognise
    insist: str
    any_image: bool = False

    def pass_on(self, radiograph: Radiograph) -> ViewOpinion:
        """What the image shows. Raises NotAFootViewError, and what ``recognise`` raises."""
        opinion = self.recognise(radiograph)
        if opinion.state == "refused":
            self.refuse(radiograph, opinion.looks_like)
        return opinion

    def refuse(self, radiograph: Radiograph, looks_like: str) -> None:
        """Raise NotAFootViewError unless a person insists."""
        if self.any_image:
            return
        raise NotAFootViewError(
            f"{radiograph.path.name}: does not look like an AP or lateral radiograph of a foot (looks like: "
            f"{looks_like}), so no points were placed. Give the AP or the lateral image; if this is one, "
            f"{self.insist} places the points all the same."
        )


def shows_its_view(found: Detection, limit: float = LIKELY) -> bool:
    """Whether the image looks like the detection's view; True where confidence is not calibrated, so not known."""
    return not np.isfinite(found.expected_error).any() or float(found.confidence.mean()) >= limit


def detect_view(radiograph: Radiograph, view: str, detect: Detect, gate: ViewGate | None = None) -> Detection:
    """Find the landmarks of a view that somebody named; warns if the image does not look like it.

    Only in doubt is the other network asked, too. Raises what ``detect`` raises, and NotAFootViewError.
    """
    opinion = None if gate is None else gate.pass_on(radiograph)
    found = detect(radiograph, view)
    other = None
    if not shows_its_view(found, SURE) and not (opinion is not None and opinion.plain_view):
        try:
            other = detect(radiograph, next(name for name in _VIEWS if name != view))
        except FootDeformityError:  # no model for that view: nothing to compare with
            other = None
    return _judged(radiograph, found, other, _doubt(radiograph, found, other, opinion), gate, opinion)


def detect_likely_view(radiograph: Radiograph, detect: Detect, gate: ViewGate | None = None) -> Detection:
    """Find the landmarks of the view that the image shows; warns unless the view is plain.

    Where the recogniser leaves room for both views the surer landmark network decides. Raises as `detect_view`.
    """
    opinion = None if gate is None else gate.pass_on(radiograph)
    if opinion is not None and opinion.plain_view:
        found = detect(radiograph, opinion.view)
        return _judged(radiograph, found, None, _doubt(radiograph, found, None, opinion), gate, opinion)
    found, other = sorted((detect(radiograph, name) for name in _VIEWS), key=lambda one: -float(one.confidence.mean()))
    doubt = _doubt(radiograph, found, other, opinion)
    if doubt is None and not shows_its_view(found, SURE):
        doubt = f"is taken for {_ARTICLES[found.view]} view, but not surely: check the view, and every point"
    return _judged(radiograph, found, other, doubt, gate, opinion)


def _judged(
    radiograph: Radiograph,
    found: Detection,
    other: Detection | None,
    doubt: str | None,
    gate: ViewGate | None,
    opinion: ViewOpinion | None,
) -> Detection:
    """The detection with what is to be said of its image. Raises NotAFootViewError where no network finds a foot."""
    if gate is None or opinion is None:
        return replace(found, warnings=(*found.warnings, *([] if doubt is None else [doubt])))
    state, looks_like = opinion.state, opinion.looks_like
    wrong_view = opinion.plain_view and opinion.view != found.view
    lost = not shows_its_view(found, UNLIKELY) and (other is None or not shows_its_view(other, SURE))
    if state != "refused" and lost and not wrong_view:
        state, looks_like = "refused", "nothing in which the landmarks can be found"
        gate.refuse(radiograph, looks_like)
    texts = [text for text in (_not_recognised(state, looks_like), doubt) if text is not None]
    return replace(found, warnings=(*found.warnings, *texts), shows_foot=state)


def _not_recognised(state: ViewState, looks_like: str) -> str | None:
    if state == "refused":
        return (
            f"does not look like an AP or lateral radiograph of a foot (looks like: {looks_like}); the points were "
            "placed because a person insisted, and the angles mean nothing unless the image is one"
        )
    if state == "doubtful":
        return f"may be no AP or lateral view of a foot (perhaps {looks_like}): check the image and every point"
    return None


def _doubt(
    radiograph: Radiograph, found: Detection, other: Detection | None, opinion: ViewOpinion | None
) -> str | None:
    """Return what the image seems to be instead, to be read after its name; None if nothing is wrong."""
    likely = shows_its_view(found)
    view, unlike = _ARTICLES[found.view], f"does not look like {_ARTICLES[found.view]} view of a foot"
    surer = other is not None and float(other.confidence.mean()) > float(found.confidence.mean())
    seen = opinion.view if opinion is not None and opinion.plain_view else None
    if other is not None and surer and shows_its_view(other) and not shows_its_view(found, SURE):
        seen = other.view
    if seen is not None and seen != found.view:
        return f"{unlike} but like {_ARTICLES[seen]} view: check that it is the right file"
    if both_feet(radiograph.pixels) is not None:
        return f"seems to show two feet, and only one can be measured: cut out {view} view of each"
    if likely:
        return None
    if other is not None:
        unlike = "looks neither like an AP nor like a lateral view of a foot"
    return f"{unlike}: check that it is the right file, and every point"
