"""Side, view, load and body part as the tags tell them: hints that a person can overrule."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from FootDeformityLib.radiographs import description_words
from FootDeformityLib.radiographs.dicom_values import items, meanings, text
from FootDeformityLib.radiographs.radiograph import Side, View, WeightBearing

#: series-level texts describe this image; study-level ones often name all views of the visit
_SERIES_TEXTS = (
    "SeriesDescription",
    "ProtocolName",
    "AcquisitionDeviceProcessingDescription",
    "ImageComments",
    "PerformedProcedureStepDescription",
)
_STUDY_TEXTS = ("StudyDescription", "RequestedProcedureDescription")
_CODES = ("ViewCodeSequence", "AnatomicRegionSequence", "ProcedureCodeSequence", "PerformedProtocolCodeSequence")

_AP_POSITIONS = {"AP", "PA", "DP", "PD"}
_LATERAL_POSITIONS = {"LAT", "LL", "RL", "LLD", "RLD", "ML", "LM", "LATERAL"}
_FOOT_PARTS = ("FOOT", "FEET", "TOE", "ANKLE", "CALCANEUS", "HEEL", "HINDFOOT", "FOREFOOT", "METATARS", "TARS",
               "EXTREMITY", "EXTREMETY", "LEG", "HALLUX", "FUSS", "PIED", "PIE", "OSG", "MFO")  # fmt: skip


def dicom_side(dataset: Dataset, notes: list[str]) -> Side | None:
    """Return "left" or "right"; None when nothing, both or a contradiction is stated (then noted)."""
    coded: set[str] = set()
    tags = [dataset, *items(dataset, "SharedFunctionalGroupsSequence"), *items(dataset, "FrameAnatomySequence")]
    for source in tags:
        for keyword in ("ImageLaterality", "Laterality", "FrameLaterality"):
            letter = text(source, keyword).upper()[:1]
            coded |= {"R": {"right"}, "L": {"left"}, "B": {"left", "right"}}.get(letter, set())
    if coded == {"left", "right"} and not _states_both(dataset):
        notes.append("the tags for the side contradict each other: no side was taken from the file")
        return None
    described = description_words.sides(" ".join(_texts(dataset, (*_SERIES_TEXTS, "BodyPartExamined"))))
    described |= description_words.sides(meanings(dataset, "AnatomicRegionSequence"))
    if not coded and not described:
        described = description_words.sides(" ".join(_texts(dataset, _STUDY_TEXTS)))
    if len(coded) == 1 and len(described) == 1 and coded != described:
        notes.append("the side in the tag and in the description contradict each other: no side was taken")
        return None
    found = coded or described
    if found == {"left"}:
        return "left"
    return "right" if found == {"right"} else None


def _states_both(dataset: Dataset) -> bool:
    return any(text(dataset, keyword).upper()[:1] == "B" for keyword in ("ImageLaterality", "Laterality"))


def dicom_view(dataset: Dataset, notes: list[str]) -> View | None:
    """Return "AP" or "lateral"; None when not stated or contradictory; obliques and axials are noted."""
    coded: set[str] = set()
    position = text(dataset, "ViewPosition").upper().replace(".", "")
    if position in _AP_POSITIONS:
        coded.add("AP")
    elif position in _LATERAL_POSITIONS:
        coded.add("lateral")
    elif position:
        coded |= description_words.views(position) or ({"other"} if re.search(r"O$|OBL|AX", position) else set())
    codes = description_words.views(meanings(dataset, "ViewCodeSequence"))
    coded |= {"other"} if "other" in codes else codes
    described = description_words.views(" ".join(_texts(dataset, _SERIES_TEXTS)))
    if "other" in coded or described == {"other"}:
        notes.append("the file says that this is an oblique or axial view: only AP and lateral views can be measured")
        return None
    if len(coded) > 1 or (len(coded) == 1 and len(described) == 1 and coded != described):
        notes.append("the tags for the view contradict each other: no view was taken from the file")
        return None
    found = coded or described
    if found == {"AP"}:
        return "AP"
    return "lateral" if found == {"lateral"} else None


def dicom_weight_bearing(dataset: Dataset, notes: list[str]) -> WeightBearing:
    """Return "yes" or "no" only where a description says so, else "unknown"."""
    said: set[str] = set()
    for group in (_SERIES_TEXTS, _STUDY_TEXTS):
        for words in (*_texts(dataset, group), *(meanings(dataset, code) for code in _CODES)):
            said |= description_words.weight_bearing(words)
        if said:
            break
    if said == {"yes", "no"}:
        notes.append("the descriptions contradict each other about weight-bearing: it is taken as unknown")
        return "unknown"
    if said == {"yes"}:
        return "yes"
    return "no" if said == {"no"} else "unknown"


def note_other_body_part(dataset: Dataset, notes: list[str]) -> None:
    """Add a note when the body part tag names something else than a foot."""
    part = text(dataset, "BodyPartExamined").upper()
    if part and not any(word in part for word in _FOOT_PARTS):
        shown = f" ({part})" if re.fullmatch(r"[A-Z0-9 _]{1,16}", part) else ""
        notes.append(f"the file names another body part than the foot{shown}: check that this is a foot")


def _texts(dataset: Dataset, keywords: tuple[str, ...]) -> list[str]:
    return [words for words in (text(dataset, keyword) for keyword in keywords) if words]
