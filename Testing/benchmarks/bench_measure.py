"""From 27 points to the full diagnosis: microseconds a foot, one foot at a time and 10,000 in a batch.

python Testing/benchmarks/bench_measure.py
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "FootDeformity"), str(ROOT / "Testing" / "unit" / "measure")]

from synthetic_foot import ap_foot, lateral_foot  # noqa: E402

from FootDeformityLib.measure.angles import ap_angles, lateral_angles  # noqa: E402
from FootDeformityLib.measure.feet import measure_feet  # noqa: E402
from FootDeformityLib.measure.foot import measure_foot  # noqa: E402

BATCH = 10_000
ONE_FOOT_LIMIT, BATCH_LIMIT = 300.0, 100.0  # microseconds a foot


def microseconds(call: Callable[[], object], repeats: int, feet: int = 1) -> float:
    """Median time a foot after one call to warm up."""
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times) / feet


def main() -> None:
    rng = np.random.default_rng(0)
    ap, lateral = ap_foot(), lateral_foot()
    rough_ap, rough_lateral = ap + rng.normal(0, 12, (16, 2)), lateral + rng.normal(0, 12, (11, 2))
    many_ap = ap + rng.normal(0, 1, (BATCH, 16, 2))
    many_lateral = lateral + rng.normal(0, 1, (BATCH, 11, 2))
    holes_ap = np.where(rng.random((BATCH, 16, 1)) < 0.05, np.nan, many_ap + rng.normal(0, 5, (BATCH, 16, 2)))
    ages = rng.uniform(5, 80, BATCH)

    def one() -> object:
        return measure_foot(ap, lateral, age_years=30, weight_bearing="yes")

    def one_age_unknown() -> object:
        return measure_foot(ap, lateral)

    def one_rejected() -> object:
        return measure_foot(rough_ap, rough_lateral, age_years=30, weight_bearing="yes")

    def batch() -> object:
        return measure_feet(many_ap, many_lateral, age_years=ages, weight_bearing="yes")

    def batch_with_holes() -> object:
        return measure_feet(holes_ap, many_lateral, age_years=ages, weight_bearing="unknown")

    def seven_angles() -> object:
        return ap_angles(many_ap), lateral_angles(many_lateral)

    rows: list[tuple[str, float, float | None]] = [
        ("one foot, points to diagnosis", microseconds(one, 2000), ONE_FOOT_LIMIT),
        ("one foot, age and weight-bearing unknown", microseconds(one_age_unknown, 2000), ONE_FOOT_LIMIT),
        ("one foot with misplaced points, all reasons in words", microseconds(one_rejected, 1000), None),
        (f"{BATCH:,} feet, points to diagnosis", microseconds(batch, 7, BATCH), BATCH_LIMIT),
        (f"{BATCH:,} feet, 5 % of AP points missing", microseconds(batch_with_holes, 7, BATCH), BATCH_LIMIT),
        (f"{BATCH:,} feet, seven angles only", microseconds(seven_angles, 7, BATCH), None),
    ]
    print(f"{'case':<54}{'us a foot':>10}{'limit':>8}  within")
    for label, time_taken, limit in rows:
        verdict = "" if limit is None else ("yes" if time_taken <= limit else "NO")
        print(f"{label:<54}{time_taken:>10.1f}{'' if limit is None else f'{limit:.0f}':>8}  {verdict}")


if __name__ == "__main__":
    main()
