"""Numbers and ages as a reader sees them."""

from __future__ import annotations

import pytest

from FootDeformityLib.files.wording import age_text, range_remark


@pytest.mark.parametrize(
    ("degrees", "limits", "words"),
    [
        (None, [15.0, 30.0], ""),
        (10.8, [15.0, 30.0], "below the range"),
        (30.04, [15.0, 30.0], ""),  # shown as 30.0
        (30.1, [15.0, 30.0], "above the range"),
        (7.2, [None, 7.0], "above the range"),
        (-20.0, [None, 7.0], ""),
        (3.0, None, ""),
    ],
)
def test_range_remark(degrees: float | None, limits: list[float | None] | None, words: str) -> None:
    assert range_remark({"degrees": degrees, "normal_range": limits}) == words


@pytest.mark.parametrize(
    ("years", "words"),
    [(None, "unknown"), (34.0, "34 years"), (14.5, "14.5 years"), (4 / 12, "4 months"), (0.1, "1 month")],
)
def test_age(years: float | None, words: str) -> None:
    assert age_text(years) == words
