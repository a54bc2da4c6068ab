"""The reading room in headless Chromium: how soon numbers follow the mouse, how soon pictures follow, start and memory.

Usage: python Testing/benchmarks/bench_browser.py [--ratio 2]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from playwright.sync_api import Page, sync_playwright
from room_page import RoomPage
from room_server import reading_room

from FootDeformityLib.measure.scheme import load_scheme

MOVES = 60
#: remembers when the mouse moved, when the angle table changed next, and when a picture was drawn next
_WATCH = """() => {
    const watch = (window.watch = { moved: null, numbers: [], pictures: [], pressed: null });
    window.addEventListener("pointermove", () => (watch.moved = performance.now()), true);
    window.addEventListener("wheel", () => (watch.pressed = performance.now()), true);
    new MutationObserver(() => {
        if (watch.moved !== null) watch.numbers.push(performance.now() - watch.moved);
        watch.moved = null;
    }).observe(document.querySelector(".angles"), { subtree: true, characterData: true, childList: true });
    new MutationObserver(() => {
        if (watch.pressed !== null) watch.pictures.push(performance.now() - watch.pressed);
        watch.pressed = null;
    }).observe(document.querySelector('[data-view="lateral"]'), { attributes: true, attributeFilter: ["data-frame"] });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratio", type=float, default=1.0, help="screen pixels a CSS pixel")
    ratio = parser.parse_args().ratio
    with tempfile.TemporaryDirectory() as state, sync_playwright() as playwright:
        started = time.perf_counter()
        with reading_room(state=Path(state)) as server:
            start_s = time.perf_counter() - started
            chromium = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
            )
            page = chromium.new_page(viewport={"width": 1366, "height": 768}, device_scale_factor=ratio)
            opened = time.perf_counter()
            room = RoomPage(page, server.address).open()
            page.wait_for_selector(".picture.ready")
            picture_s = time.perf_counter() - opened
            room.wait_for_points(sum(len(load_scheme().ids(view)) for view in ("AP", "lateral")))
            points_s = time.perf_counter() - opened
            page.evaluate(_WATCH)
            _drag(room)
            numbers = _sorted(page, "numbers")
            _zoom(room)
            pictures = _sorted(page, "pictures")
            proportional, resident = _memory_mb(server.process.pid)
            rows = [
                ("server ready after", f"{start_s:.1f} s", "4 s"),
                ("page to first picture", f"{picture_s:.1f} s", ""),
                ("page to 27 points (detector cold)", f"{points_s:.1f} s", ""),
                ("mouse move to changed angle, median", f"{statistics.median(numbers):.1f} ms", "30 ms"),
                ("mouse move to changed angle, 90th percentile", f"{numbers[int(0.9 * len(numbers))]:.1f} ms", ""),
                ("wheel to full-quality picture, median", f"{statistics.median(pictures):.0f} ms", "300 ms"),
                ("memory of server and detector (PSS)", f"{proportional:.0f} MB", "1000 MB"),
                ("the same, shared libraries counted twice (RSS)", f"{resident:.0f} MB", ""),
            ]
            chromium.close()
    print(f"| {'reading room, 1366 x 768, ratio ' + format(ratio, 'g'):<45} | figure   | limit   |\n|---|---|---|")
    for what, figure, limit in rows:
        print(f"| {what:<45} | {figure:<8} | {limit:<7} |")


def _drag(room: RoomPage) -> None:
    """One move at a time: the next one waits for the numbers, as a hand would see them."""
    x, y = room.place("L8")
    mouse = room.page.mouse
    mouse.move(x, y)
    mouse.down()
    for k in range(MOVES):
        mouse.move(x + 6 + k / 3, y + 6 + 5 * (k % 2))
        room.page.wait_for_function(f"window.watch.numbers.length >= {k + 1}")
    mouse.up()


def _zoom(room: RoomPage) -> None:
    mouse = room.page.mouse
    mouse.move(*room.place("L5"))
    for k in range(12):
        mouse.wheel(0, -120 if k % 4 < 2 else 120)
        room.page.wait_for_function(f"window.watch.pictures.length >= {k + 1}")


def _sorted(page: Page, name: str) -> list[float]:
    return sorted(page.evaluate(f"window.watch.{name}"))


def _memory_mb(pid: int) -> tuple[float, float]:
    """Memory of a process and its children in MB: with shared pages in parts (PSS), and all that is resident (RSS)."""
    proportional = resident = 0
    for folder in Path("/proc").iterdir():
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1] if folder.name.isdigit() else ""
            if folder.name == str(pid) or parent == str(pid):
                rollup = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
                proportional += int(rollup["Pss"].split()[0])
                resident += int(rollup["Rss"].split()[0])
        except OSError:  # has ended meanwhile
            continue
    return proportional / 1024, resident / 1024


if __name__ == "__main__":
    main()
