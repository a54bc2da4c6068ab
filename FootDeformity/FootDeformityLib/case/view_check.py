"""Whether an image shows the view in which its landmarks were looked for, told by how sure the networks are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.radiographs.both_feet import both_feet
from FootDeformityLib.radiographs.radiograph import Radiograph

#: finds the landmarks of a view ("AP" or "lateral") in a radiograph, as DetectorWorker.detect does
Detect = Callable[[Radiograph, str], Detection]

#: An image shows a view if at least this part of the view's points is expected to lie right (mean confidence). A
#: probability and no property of a network: it means the same after training anew.
LIKELY = 0.65
#: From here on nobody else is asked. The shipped models on 106 right views that they were not trained on: median 0.93
#: (AP) and 0.90, lowest 0.65 and 0.84; a lateral image as AP at most 0.52, an AP image as lateral at most 0.83.
#: Obliques look like both: about four of five pass
SURE = 0.85

_VIEWS = ("AP", "lateral")
_ARTICLES = {"AP": "an AP", "lateral": "a lateral"}


def shows_its_view(found: Detection, limit: float = LIKELY) -> bool:
    """Whether the image looks like the detection's view; True where confidence is not calibrated, so not known."""
    return not np.isfinite(found.expected_error).any() or float(found.confidence.mean()) >= limit


def detect_view(radiograph: Radiograph, view: str, detect: Detect) -> Detection:
    """Find the landmarks of a view that somebody named; warns if the image does not look like it.

    Only in doubt is the other network asked, too. Raises what ``detect`` raises.
    """
    found = detect(radiograph, view)
    other = None
    if not shows_its_view(found, SURE):
        try:
            other = detect(radiograph, next(name for name in _VIEWS if name != view))
        except FootDeformityError:  # no model for that view: nothing to compare with
            other = None
    return _with_warning(found, _doubt(radiograph, found, other))


def detect_likely_view(radiograph: Radiograph, detect: Detect) -> Detection:
    """Find the landmarks of the view in which the networks are surer; warns unless the view is plain."""
    found, other = sorted((detect(radiograph, name) for name in _VIEWS), key=lambda one: -float(one.confidence.mean()))
    doubt = _doubt(radiograph, found, other)
    if doubt is None and not shows_its_view(found, SURE):
        doubt = f"is taken for {_ARTICLES[found.view]} view, but not surely: check the view, and every point"
    return _with_warning(found, doubt)


def _with_warning(found: Detection, doubt: str | None) -> Detection:
    return found if doubt is None else replace(found, warnings=(*found.warnings, doubt))


def _doubt(radiograph: Radiograph, found: Detection, other: Detection | None) -> str | None:
    """Return what the image seems to be instead, to be read after its name; None if nothing is wrong."""
    likely = shows_its_view(found)
    view, unlike = _ARTICLES[found.view], f"does not look like {_ARTICLES[found.view]} view of a foot"
    surer = other is not None and float(other.confidence.mean()) > float(found.confidence.mean())
    if other is not None and surer and shows_its_view(other) and not shows_its_view(found, SURE):
        return f"{unlike} but like {_ARTICLES[other.view]} view: check that it is the right file"
    if both_feet(radiograph.pixels) is not None:
        return f"seems to show two feet, and only one can be measured: cut out {view} view of each"
    if likely:
        return None
    if other is not None:
        unlike = "looks neither like an AP nor like a lateral view of a foot"
    return f"{unlike}: check that it is the right file, and every point"
