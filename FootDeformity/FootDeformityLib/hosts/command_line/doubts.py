"""What ``detect`` says about its images as a whole: detect.csv, and which of them a person should look at first."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from FootDeformityLib.atomic_write import write_text
from FootDeformityLib.case.view_check import shows_its_view
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.files.case_document import LOW_CONFIDENCE
from FootDeformityLib.files.detect_table import COLUMNS, DETECT_TABLE
from FootDeformityLib.files.measurements_csv import plain_name
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.network.detection import Detection

#: so many images are named at the end of a run; the table has them all
_NAMED = 10
#: so many uncertain points make an image doubtful: every AP view has a point or two that nobody can see
_MANY_POINTS = 4


@dataclass(frozen=True)
class ImageResult:
    """What became of one image; without a detection it was kept (landmarks is there) or failed (it is not)."""

    image: Path
    landmarks: Path | None = None
    detection: Detection | None = None
    remark: str = ""

    @property
    def order(self) -> tuple[bool, bool, float]:
        """Sorts the most doubtful first, then kept, then failed images."""
        doubt = self.detection.doubt if self.detection is not None else math.nan
        return self.landmarks is None, self.detection is None, 0.0 if math.isnan(doubt) else -doubt

    def lowest(self, scheme: Scheme) -> list[str]:
        """Return the ids of the points below LOW_CONFIDENCE, the worst first."""
        if self.detection is None:
            return []
        ids, confidence = scheme.ids(self.detection.view), self.detection.confidence
        return [ids[k] for k in np.argsort(confidence, kind="stable") if confidence[k] < LOW_CONFIDENCE]

    def doubtful(self, scheme: Scheme) -> bool:
        """Whether a person should look at this image before the others."""
        found = self.detection
        if found is None:
            return False
        return bool(found.warnings) or not shows_its_view(found) or len(self.lowest(scheme)) >= _MANY_POINTS


def write_table(out: Path, results: Sequence[ImageResult], scheme: Scheme) -> Path:
    """Write detect.csv into ``out`` atomically and return its path. Raises FootDeformityError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in sorted(results, key=lambda one: one.order):
        found = result.detection
        numbers = ("", "", "")
        if found is not None:
            calibrated = bool(np.isfinite(found.expected_error).any())
            doubt = f"{100 * found.doubt:.2f}" if calibrated else ""
            numbers = (found.view, f"{found.confidence.mean():.3f}", doubt)
        landmarks = "" if result.landmarks is None else plain_name(str(result.landmarks))
        writer.writerow(
            [plain_name(str(result.image)), landmarks, *numbers, " ".join(result.lowest(scheme)), result.remark]
        )
    path = out / DETECT_TABLE
    try:
        write_text(path, text.getvalue())
    except OSError as error:
        raise FootDeformityError(f"{path}: cannot be written ({error.strerror or error}).") from None
    return path


def look_first(results: Sequence[ImageResult], scheme: Scheme) -> list[str]:
    """Return lines that name the most doubtful images, none if there are none."""
    doubtful = sorted((one for one in results if one.doubtful(scheme)), key=lambda one: one.order)
    if not doubtful:
        return []
    lines = ["Look at these first:"]
    for one in doubtful[:_NAMED]:
        found = one.detection
        names = one.lowest(scheme)
        reasons = list(found.warnings) if found is not None else []
        if names and not reasons:
            every = found is not None and len(names) == len(found.confidence)
            reasons = [f"in doubt: {'all points' if every else ', '.join(names)}"]
        lines.append(f"  {one.image}: {'; '.join(reasons)}")
    if len(doubtful) > _NAMED:
        lines.append(f"  and {len(doubtful) - _NAMED} more, see {DETECT_TABLE}")
    return lines
