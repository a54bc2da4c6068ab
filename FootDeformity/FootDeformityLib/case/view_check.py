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
#: probability and no property of a network: it means the same after training anew. Right views have 0.82 at least
LIKELY = 0.65
#: From here on nobody else is asked
SURE = 0.85
#: Above it an image is refused even if it was recognised: where there is no foot each look sees another one. Mean
#: distance between looks, in parts of the landmarks' extent: 275 right views by networks that had not seen them 0.023
#: at most, 109 unlabelled ones by the shipped networks 0.017; hands and chests that pass the recogniser 0.059 and more
APART = 0.04

_VIEWS = ("AP", "lateral")
_ARTICLES = {"AP": "an AP", "lateral": "a lateral"}


class NotAFootViewError(FootDeformityError):
    """The image is neither an AP nor a lateral foot; a person may insist on points all the same.

    reason: the message without the name of the file, for hosts that call the image by another name.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.reason = reason


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
            radiograph.path.name,
            f"does not look like an AP or lateral radiograph of a foot (looks like: {looks_like}), so no points were "
            f"placed. Give the AP or the lateral image; if this is one, {self.insist} places the points all the same.",
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
    if not shows_its_view(found, SURE) and _plain(opinion) != view:
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
    plain = _plain(opinion)
    if plain is not None:
        found = detect(radiograph, plain)
        return _judged(radiograph, found, None, _doubt(radiograph, found, None, opinion), gate, opinion)
    found, other = sorted((detect(radiograph, name) for name in _VIEWS), key=lambda one: -float(one.confidence.mean()))
    doubt = _doubt(radiograph, found, other, opinion)
    if doubt is None and not shows_its_view(found, SURE):
        doubt = f"is taken for {_ARTICLES[found.view]} view, but not surely: check the view, and every point"
    return _judged(radiograph, found, other, doubt, gate, opinion)


def _plain(opinion: ViewOpinion | None) -> str | None:
    """The view that is plainly there; None where both may be, or nobody was asked."""
    return opinion.view if opinion is not None and opinion.plain_view else None


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
    state, looks_like, plain = opinion.state, opinion.looks_like, _plain(opinion)
    # the network of the view that is plainly there decides, else the surer one; if it was not there, nobody can say
    asked = [one for one in (found, other) if one is not None and plain in (None, one.view)]
    if state != "refused" and asked and all(one.disagreement > APART for one in asked):
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
    seen = _plain(opinion)
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
