"""What a case costs while a point is dragged: an edit with everything measured, and the tables of a frame.

python Testing/benchmarks/bench_case.py
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "FootDeformity"), str(ROOT / "Testing" / "unit" / "measure")]

from synthetic_foot import ap_foot, lateral_foot  # noqa: E402

from FootDeformityLib.case.angle_rows import angle_rows  # noqa: E402
from FootDeformityLib.case.case import Case  # noqa: E402
from FootDeformityLib.case.case_warnings import case_warnings  # noqa: E402
from FootDeformityLib.case.diagnosis_rows import diagnosis_rows  # noqa: E402
from FootDeformityLib.case.edit import Edit  # noqa: E402
from FootDeformityLib.case.facts import Facts  # noqa: E402
from FootDeformityLib.case.landmark import LandmarkState  # noqa: E402
from FootDeformityLib.case.landmark_rows import landmark_rows  # noqa: E402
from FootDeformityLib.case.view import CaseImage, CaseView  # noqa: E402
from FootDeformityLib.measure.scheme import load_scheme  # noqa: E402

EDIT_LIMIT, ROWS_LIMIT = 0.40, 1.0  # milliseconds, median
REPEATS = 2000


def milliseconds(call: Callable[[int], object]) -> float:
    """Median time of a call, after one to warm up."""
    call(0)
    times = []
    for k in range(REPEATS):
        start = time.perf_counter()
        call(k)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def main() -> None:
    scheme, by, views = load_scheme(), Edit.now("AB"), {}
    for view, points in (("AP", ap_foot()), ("lateral", lateral_foot())):
        marks = zip(scheme.ids(view), points, strict=True)
        states = {name: LandmarkState.detected((float(x), float(y)), 0.9) for name, (x, y) in marks}
        views[view] = CaseView(CaseImage(view, 2000, 2000), states, "model")
    case = Case.from_views(views, Facts("right", 34.0, "yes"))
    x, y = case.views["lateral"].landmarks["L2"].xy_px or (0.0, 0.0)

    def drag(k: int) -> Case:
        return case.move("lateral", "L2", (x + 0.001 * k, y), by)

    def tables(k: int) -> object:
        return angle_rows(moved), diagnosis_rows(moved), case_warnings(moved), *map(lines, ("AP", "lateral"))

    def lines(view: str) -> object:
        return landmark_rows(moved, view)

    moved = drag(5)
    edit, rows = milliseconds(lambda k: drag(k).measurements), milliseconds(tables)
    print(f"move a point           {milliseconds(drag):7.3f} ms")
    print(f"move and measure       {edit:7.3f} ms (at most {EDIT_LIMIT})")
    print(f"all tables of a frame  {rows:7.3f} ms (at most {ROWS_LIMIT})")
    if edit > EDIT_LIMIT or rows > ROWS_LIMIT:
        sys.exit("slower than allowed")


if __name__ == "__main__":
    main()
