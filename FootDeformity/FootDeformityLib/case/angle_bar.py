"""Where an angle stands beside its normal range, for a small bar."""

from __future__ import annotations

from dataclasses import dataclass

#: degrees at the two ends of each bar: a choice for display, wide enough for nearly all feet
_SCALES = {
    "ap_talocalcaneal": (-5.0, 60.0),
    "talonavicular": (-25.0, 50.0),
    "mt1_talar": (-45.0, 30.0),
    "hallux_abductus": (-15.0, 50.0),
    "meary": (-30.0, 40.0),
    "calcaneal_pitch": (-5.0, 45.0),
    "lateral_talocalcaneal": (10.0, 70.0),
}


@dataclass(frozen=True)
class BarPosition:
    """Parts of the bar's length, 0 at its left end and 1 at its right.

    lo, hi: normal range (0 or 1 where it is open), None without a range. value, ai: the current and the network's
    angle, at the end of the bar where they lie beyond it, None where not measurable.
    """

    lo: float | None
    hi: float | None
    value: float | None
    ai: float | None


def bar_position(
    angle: str, degrees: float | None, ai_degrees: float | None, limits: tuple[float | None, float | None] | None
) -> BarPosition | None:
    """Return the positions, None where there is no value to show."""
    if degrees is None and ai_degrees is None:
        return None
    left, right = _SCALES[angle]

    def part(value: float) -> float:
        return min(max((value - left) / (right - left), 0.0), 1.0)

    low, high = limits or (None, None)
    return BarPosition(
        lo=None if limits is None else 0.0 if low is None else part(low),
        hi=None if limits is None else 1.0 if high is None else part(high),
        value=None if degrees is None else part(degrees),
        ai=None if ai_degrees is None else part(ai_degrees),
    )
