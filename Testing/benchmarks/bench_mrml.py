"""Dragging on real MRML: from a moved control point to all measurements, and the drawing of one frame.

Both views of a foot are shown in slice views with their real displayable managers; rendering itself is not counted.
python Testing/benchmarks/bench_mrml.py
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "FootDeformity"), str(ROOT / "Testing" / "unit" / "measure")]

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from synthetic_foot import ap_foot, lateral_foot  # noqa: E402
from trame_slicer.core import SlicerApp  # noqa: E402
from trame_slicer.views import SliceView  # noqa: E402

from FootDeformityLib.hosts.mrml.change import Change  # noqa: E402
from FootDeformityLib.hosts.mrml.reading_logic import ReadingLogic  # noqa: E402
from FootDeformityLib.hosts.mrml.scene_case import SceneCase  # noqa: E402
from FootDeformityLib.hosts.mrml.scheduler import ManualScheduler  # noqa: E402

EDIT_LIMIT, FRAME_LIMIT = 0.5, 2.0  # milliseconds
#: a usual mouse tells its place 125 times a second
MOVES, MOVES_A_FRAME = 1000, 2


class NoRendering:
    """Renders nothing: pixels are the graphics card's business."""

    def set_abstract_view(self, view: Any) -> None: ...
    def schedule_render(self) -> None: ...
    def did_render(self) -> None: ...


def drag(logic: ReadingLogic, case: SceneCase) -> tuple[list[float], list[float]]:
    """Move A1 many times, drawing in between; return the milliseconds of each edit and of each frame.

    An edit lasts from Slicer's event to the new angles and diagnoses. In CPU time: where other programs keep the
    machine busy that is still longer than alone, and the fastest tenth is nearer to it.
    """
    node = case.markups("AP")
    x, y, z = node.GetNthControlPointPosition(0)
    began = 0.0
    edits: list[float] = []
    frames: list[float] = []

    def begin(*_: object) -> None:
        nonlocal began
        began = time.thread_time()

    def end(change: Change) -> None:
        if change.kind == "points" and case.case.measurements.angles["hallux_abductus"].value is not None:
            edits.append(1e3 * (time.thread_time() - began))

    node.AddObserver(node.PointModifiedEvent, begin, 100.0)
    logic.on_changed(end)
    case.begin_interaction("AP", "A1")
    for turn in range(MOVES):
        node.SetNthControlPointPosition(0, x + 0.01 * (turn % 50), y + 0.02 * (turn % 30), z)
        if turn % MOVES_A_FRAME:
            continue
        start = time.thread_time()
        logic.scheduler.flush()
        frames.append(1e3 * (time.thread_time() - start))
    case.end_interaction()
    return edits[20:], frames[20:]


def main(folder: Path) -> int:
    app, scheduler = SlicerApp(), ManualScheduler()
    logic = ReadingLogic(app.scene, scheduler=scheduler)
    case = logic.new_case()
    for view, points in (("AP", ap_foot()), ("lateral", lateral_foot())):
        slice_view = SliceView(app.scene, app.app_logic, view, NoRendering())
        slice_view.render_window().SetSize(700, 900)
        slice_view.update_size(700, 900)
        case.show_in(view, slice_view.get_view_node())
        low, high = points.min(axis=0) - 60, points.max(axis=0) + 60
        width, height = (high - low).astype(int)
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (height, width), dtype=np.uint8)).save(
            folder / f"{view}.png"
        )
        case.load_image(folder / f"{view}.png", view)
        for name, (x, y) in zip(case.case.scheme.ids(view), points - low, strict=True):
            case.move(view, name, (float(x), float(y)))
    scheduler.flush()
    edits, frames = drag(logic, case)
    rows = ("PointModified to measurements", edits, EDIT_LIMIT), ("drawing of a frame", frames, FRAME_LIMIT)
    print(f"{'ms':<32}{'median':>8}{'fastest tenth':>15}{'limit':>8}  within")
    within = True
    for label, times, limit in rows:
        median, fast = statistics.median(times), statistics.quantiles(times, n=10)[0]
        within &= median <= limit
        print(f"{label:<32}{median:>8.3f}{fast:>15.3f}{limit:>8.1f}  {'yes' if median <= limit else 'NO'}")
    logic.close()
    return 0 if within else 1


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
