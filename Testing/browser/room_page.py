"""The page as a reader uses it: with mouse and keys, reading what stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

#: a machine that does much else is slow; nothing waits that long when all is well
PATIENCE_MS = 40_000


class RoomPage:
    """One tab. Every request and every message of its console is remembered."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda told: told.type == "error" and self.complaints.append(told.text))

    def open(self) -> RoomPage:
        """Go to the page and wait until its tools are there."""
        self.page.goto(self.address)
        self.page.wait_for_selector(".toolbar")
        return self

    def wait_for_points(self, count: int) -> None:
        """Wait until so many landmarks are drawn, and no detection runs."""
        expect(self.page.locator(".mark")).to_have_count(count)
        expect(self.page.locator(".progress")).to_have_count(0)

    def mark(self, landmark: str) -> Locator:
        """The drawn landmark."""
        return self.page.locator(f'[data-landmark="{landmark}"]')

    def xy(self, landmark: str) -> tuple[float, float]:
        """Image pixels of a drawn landmark, as the page knows them."""
        x, y = (self.mark(landmark).get_attribute("data-xy") or "").split()
        return float(x), float(y)

    def place(self, landmark: str) -> tuple[float, float]:
        """Where a landmark is on the screen."""
        box = self.mark(landmark).locator(".target").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, landmark: str, dx: float, dy: float, before_release: Callable[[], None] | None = None) -> None:
        """Drag a landmark with the mouse, and wait until the server has it."""
        x, y = self.place(landmark)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx / 2, y + dy / 2)
        mouse.move(x + dx, y + dy)
        if before_release is not None:
            before_release()
        mouse.up()
        expect(self.mark(landmark)).to_have_attribute("data-state", "moved")
        expect(self.page.locator("[data-held]")).to_have_count(0)

    def angle(self, name: str) -> Locator:
        """The value of an angle."""
        return self.page.locator(f'[data-angle="{name}"] .value b')

    def diagnosis(self, name: str) -> Locator:
        """The result of a deformity."""
        return self.page.locator(f'[data-diagnosis="{name}"] .pill').last

    def notice(self) -> Locator:
        """What the page complains about."""
        return self.page.locator(".notice p")

    def dismiss_notices(self) -> None:
        """Take all complaints away."""
        self.page.evaluate("document.querySelectorAll('.notice button').forEach((button) => button.click())")
        expect(self.notice()).to_have_count(0)

    def drop(self, files: Sequence[Path], view: str | None = None) -> None:
        """Drop files on the page, or on the side of a view."""
        target = f'[data-view="{view}"]' if view else ".toolbar"
        self.page.set_input_files(self._carrier(), [str(file) for file in files])
        self.page.evaluate(
            """([target]) => {
                const carrier = document.getElementById("test-carrier");
                const data = new DataTransfer();
                [...carrier.files].forEach((file) => data.items.add(file));
                const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
                document.querySelector(target).dispatchEvent(drop);
            }""",
            [target],
        )

    def _carrier(self) -> str:
        self.page.evaluate(
            """() => {
                document.getElementById("test-carrier")?.remove();
                const carrier = document.createElement("input");
                Object.assign(carrier, { type: "file", multiple: true, hidden: true });
                carrier.id = "test-carrier";
                document.body.append(carrier);
            }"""
        )
        return "#test-carrier"
