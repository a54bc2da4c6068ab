"""A real Chromium and real servers, shared by the tests of a module where they may."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from room_page import RoomPage
from room_server import ROOT

SAMPLES = ROOT / "Resources" / "Samples"
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; nothing is downloaded."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("These tests need Chromium: apt-get install chromium, or name it in the variable CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_tab(browser: Browser) -> Iterator[Callable[[str], RoomPage]]:
    """Return a function that opens tabs of one reader; all are closed after the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    yield lambda address: RoomPage(context.new_page(), address)
    context.close()


@pytest.fixture(scope="module")
def samples() -> tuple[Path, Path]:
    """AP and lateral radiograph of the sample foot."""
    return SAMPLES / "normal_ap.dcm", SAMPLES / "normal_lateral.dcm"
