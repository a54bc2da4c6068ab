"""A wrong view, neither view, two feet: told by how sure the networks are and whether their looks agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from FootDeformityLib.case.view_check import (
    APART,
    Detect,
    NotAFootViewError,
    ViewGate,
    detect_likely_view,
    detect_view,
    shows_its_view,
)
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.network.detection import Detection
from FootDeformityLib.network.view_opinion import KINDS, ViewOpinion
from FootDeformityLib.radiographs.radiograph import Radiograph

COUNT = {"AP": 16, "lateral": 11}


def detection(view: str, confidence: float, calibrated: bool = True, apart: float = 0.01) -> Detection:
    count = COUNT[view]
    error = np.full(count, 0.5 * (1 - confidence) if calibrated else np.nan)
    points, sure = np.zeros((count, 2)), np.full(count, confidence)
    return Detection(view, points, sure, error, "fake 0123456789ab", disagreement=apart)


def networks(**sure: float) -> tuple[Detect, list[str]]:
    """Networks as sure as stated, and the list of the views that they are asked for."""
    asked: list[str] = []

    def detect(radiograph: Radiograph, view: str) -> Detection:
        asked.append(view)
        return detection(view, sure[view])

    return detect, asked


def looks_apart(**apart: float) -> Detect:
    """Networks whose looks differ as stated."""
    return lambda radiograph, view: detection(view, 0.8, apart=apart[view])


@pytest.fixture
def one_foot() -> Radiograph:
    y, x = np.mgrid[:200, :200]
    return Radiograph(Path("a.png"), ((x + y) / 400).astype(np.float32), "PNG", 8, None, "unknown")


@pytest.fixture
def two_feet() -> Radiograph:
    y, x = np.mgrid[:300, :150].astype(float)
    foot = 0.3 * np.exp(-(((x - 75) / 40) ** 4) - (((y - 150) / 126) ** 4))
    for ray in np.linspace(45, 105, 5):
        foot += 0.5 * np.exp(-(((x - ray) / 3) ** 2) - (((y - 120) / 66) ** 4))
    pixels = np.concatenate([foot, foot[:, ::-1]], axis=1).clip(0, 1).astype(np.float32)
    return Radiograph(Path("two.png"), pixels, "PNG", 8, None, "unknown")


def test_a_sure_network_is_believed_and_the_other_one_not_asked(one_foot: Radiograph) -> None:
    detect, asked = networks(AP=0.9, lateral=0.95)
    assert detect_view(one_foot, "AP", detect).warnings == ()
    assert asked == ["AP"]


def test_the_other_view_is_named(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.1, lateral=0.9)
    (text,) = detect_view(one_foot, "AP", detect).warnings
    assert "not look like an AP view of a foot but like a lateral view" in text


def test_a_fairly_sure_network_yields_to_a_surer_one(one_foot: Radiograph) -> None:
    detect, asked = networks(AP=0.93, lateral=0.8)  # as the shipped models see some AP images
    (text,) = detect_view(one_foot, "lateral", detect).warnings
    assert "but like an AP view" in text and asked == ["lateral", "AP"]
    assert detect_view(one_foot, "AP", detect).warnings == ()
    poor, _ = networks(AP=0.7, lateral=0.5)
    assert detect_view(one_foot, "AP", poor).warnings == ()


def test_a_guessed_view_that_is_not_sure_says_so(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.6, lateral=0.8)
    found = detect_likely_view(one_foot, detect)
    assert found.view == "lateral" and "not surely" in found.warnings[0]
    assert detect_view(one_foot, "lateral", detect).warnings == ()  # a person said so


def test_an_image_of_neither_view_says_so(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.4, lateral=0.3)
    found = detect_likely_view(one_foot, detect)
    assert found.view == "AP"
    assert "looks neither like an AP nor like a lateral view of a foot" in found.warnings[0]


@pytest.mark.parametrize(("ap", "lateral", "view"), [(0.9, 0.3, "AP"), (0.0, 0.88, "lateral")])
def test_the_surer_network_tells_the_view(one_foot: Radiograph, ap: float, lateral: float, view: str) -> None:
    detect, _ = networks(AP=ap, lateral=lateral)
    found = detect_likely_view(one_foot, detect)
    assert (found.view, found.warnings) == (view, ())


@pytest.mark.parametrize("confidence", [0.9, 0.1])
def test_two_feet_are_noticed(two_feet: Radiograph, confidence: float) -> None:
    detect, _ = networks(AP=confidence, lateral=0.0)
    (text,) = detect_view(two_feet, "AP", detect).warnings
    assert "two feet" in text


def test_without_the_other_model_there_is_still_a_warning(one_foot: Radiograph) -> None:
    def detect(radiograph: Radiograph, view: str) -> Detection:
        if view == "AP":
            raise FootDeformityError("no model")
        return detection(view, 0.2)

    (text,) = detect_view(one_foot, "lateral", detect).warnings
    assert "not look like a lateral view of a foot: check" in text


def test_uncalibrated_confidence_raises_no_doubt() -> None:
    assert shows_its_view(detection("AP", 0.2, calibrated=False))
    assert not shows_its_view(detection("AP", 0.2))


def gate(*probabilities: float, any_image: bool = False) -> ViewGate:
    """A recogniser with these probabilities of AP, lateral, oblique, ankle AP and something else."""
    opinion = ViewOpinion(dict(zip(KINDS, probabilities, strict=True)), refuse_below=0.3, sure_from=0.7)
    return ViewGate(lambda radiograph: opinion, "--any-image", any_image)


OBLIQUE = (0.1, 0.05, 0.8, 0.03, 0.02)


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        (OBLIQUE, "an oblique view"),
        ((0.05, 0.0, 0.1, 0.8, 0.05), "an AP view of the ankle"),
        ((0.1, 0.1, 0, 0, 0.8), "no view"),
    ],
)
def test_an_image_of_neither_view_is_refused_before_anybody_looks(
    one_foot: Radiograph, probabilities: tuple[float, ...], words: str
) -> None:
    detect, asked = networks(AP=0.95, lateral=0.95)
    for look in (lambda g: detect_view(one_foot, "AP", detect, g), lambda g: detect_likely_view(one_foot, detect, g)):
        with pytest.raises(
            NotAFootViewError, match=r"^a\.png: does not look like an AP or lateral .*no points"
        ) as told:
            look(gate(*probabilities))
        assert words in str(told.value) and "--any-image places the points all the same" in str(told.value)
    assert asked == []


def test_a_person_may_insist_and_the_warning_stays(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.95, lateral=0.1)
    found = detect_view(one_foot, "AP", detect, gate(*OBLIQUE, any_image=True))
    assert found.shows_foot == "refused"
    assert "an oblique view" in found.warnings[0] and "a person insisted" in found.warnings[0]


def test_in_doubt_it_is_measured_with_a_warning(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.95, lateral=0.1)
    found = detect_view(one_foot, "AP", detect, gate(0.5, 0.0, 0.4, 0.1, 0.0))
    assert found.shows_foot == "doubtful" and "perhaps an oblique view" in found.warnings[0]


def test_a_recognised_view_costs_one_network(one_foot: Radiograph) -> None:
    detect, asked = networks(AP=0.8, lateral=0.9)
    found = detect_likely_view(one_foot, detect, gate(0.97, 0.01, 0.01, 0.01, 0.0))
    assert (found.view, found.warnings, found.shows_foot, asked) == ("AP", (), "recognised", ["AP"])


def test_where_both_views_are_likely_the_surer_network_decides(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.5, lateral=0.9)
    assert detect_likely_view(one_foot, detect, gate(0.5, 0.45, 0.05, 0.0, 0.0)).view == "lateral"


LATERAL = (0.01, 0.97, 0.01, 0.01, 0.0)


def test_the_recognised_other_view_is_named_not_refused(one_foot: Radiograph) -> None:
    detect, asked = networks(AP=0.3, lateral=0.9)
    found = detect_view(one_foot, "AP", detect, gate(*LATERAL))
    assert "not look like an AP view of a foot but like a lateral view" in found.warnings[0]
    assert (found.shows_foot, asked) == ("recognised", ["AP", "lateral"])


def test_without_a_model_of_the_recognised_view_nothing_is_refused(one_foot: Radiograph) -> None:
    def detect(radiograph: Radiograph, view: str) -> Detection:
        if view == "lateral":
            raise FootDeformityError("no model")
        return detection(view, 0.3, apart=0.2)

    assert detect_view(one_foot, "AP", detect, gate(*LATERAL)).shows_foot == "recognised"


@pytest.mark.parametrize("ap", [0.2, 0.01])  # the network of the view that is not there does not count
def test_naming_a_view_does_not_change_what_is_refused(one_foot: Radiograph, ap: float) -> None:
    detect = looks_apart(AP=ap, lateral=0.1)
    for look in (
        lambda g: detect_view(one_foot, "AP", detect, g),
        lambda g: detect_view(one_foot, "lateral", detect, g),
        lambda g: detect_likely_view(one_foot, detect, g),
    ):
        with pytest.raises(NotAFootViewError, match="nothing in which the landmarks can be found"):
            look(gate(*LATERAL))


@pytest.mark.parametrize(("apart", "refused"), [(APART + 0.01, True), (APART - 0.01, False)])
def test_in_doubt_one_network_must_find_the_same_foot_in_all_looks(
    one_foot: Radiograph, apart: float, refused: bool
) -> None:
    detect, doubtful = looks_apart(AP=0.2, lateral=apart), gate(0.45, 0.05, 0.4, 0.1, 0.0)
    for look in (
        lambda: detect_view(one_foot, "AP", detect, doubtful),
        lambda: detect_likely_view(one_foot, detect, doubtful),
    ):
        if refused:
            with pytest.raises(NotAFootViewError, match="nothing in which the landmarks can be found"):
                look()
        else:
            assert look().shows_foot == "doubtful"


def test_where_each_look_finds_another_foot_a_recognised_image_is_refused_too(one_foot: Radiograph) -> None:
    detect = looks_apart(AP=0.09, lateral=0.17)  # as the shipped models see hands
    sure = (0.97, 0.01, 0.01, 0.01, 0.0)
    with pytest.raises(NotAFootViewError, match="nothing in which the landmarks can be found"):
        detect_view(one_foot, "AP", detect, gate(*sure))
    assert detect_view(one_foot, "AP", detect, gate(*sure, any_image=True)).shows_foot == "refused"


def test_without_a_recogniser_nobody_was_asked(one_foot: Radiograph) -> None:
    detect, _ = networks(AP=0.9, lateral=0.1)
    assert detect_view(one_foot, "AP", detect).shows_foot == "not asked"
