"""Draws the README's picture of the reading room: the sample foot in a browser, one point in hand.

Usage: python Testing/pictures/reading_room.py PICTURE.jpg
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from playwright.sync_api import sync_playwright
from room_page import RoomPage
from room_server import reading_room

from FootDeformityLib.atomic_write import replacing

POINTS = 27


def main(picture: str) -> None:
    with (
        tempfile.TemporaryDirectory() as state,
        sync_playwright() as playwright,
        reading_room(state=Path(state)) as server,
    ):
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
        )
        page = chromium.new_page(viewport={"width": 1366, "height": 768}, device_scale_factor=1.5)
        room = RoomPage(page, server.address).open()
        room.wait_for_points(POINTS)
        room.drag("L8", -4, 6)
        page.mouse.move(5, 400)
        with replacing(picture) as temporary:
            page.screenshot(path=str(temporary), type="jpeg", quality=88)
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
