"""Starting and ending the reading room's server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from FootDeformityLib.case.worklist import Worklist
from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.resources import resource_path

HOST = "127.0.0.1"
_PAGE = Path(__file__).with_name("page")


def serve(
    paths: Sequence[str],
    port: int,
    *,
    open_browser: bool = True,
    out: str | None = None,
    reader: str = "",
    second_reader: bool = False,
    blinded: bool = False,
) -> int:
    """Serve radiographs, a folder or the sample until interrupted; return the exit code. Raises FootDeformityError."""
    port = free_port(port)
    folder = _folder(paths)
    if folder is None and (out or second_reader):
        raise FootDeformityError("--out and --second-reader belong to a worklist: give the folder of the images.")
    if blinded and not second_reader:
        raise FootDeformityError(
            "--blinded hides the network's points from a second reader: give a folder, --second-reader and --reader."
        )
    missing = [path for path in paths if not Path(path).exists()]
    if missing:
        raise FootDeformityError(f"{missing[0]}: no such file or folder. Check the spelling.")
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")  # no screen is needed
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            _serve([Path(path) for path in paths], folder, port, open_browser, out, reader, second_reader, blinded)
        )
    print("\nThe reading room is closed; every edit was saved.")
    return 0


def free_port(port: int) -> int:
    """Return the port, or a free one for 0. Raises FootDeformityError if somebody else has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise FootDeformityError(
                f"Port {port} is in use, perhaps by another reading room: open http://{HOST}:{port}/ to see, or give "
                f"another port: --port {port + 1 if port < 65535 else 8080}, or --port 0 for any free one."
            ) from None
        return int(probe.getsockname()[1])


def _folder(paths: Sequence[str]) -> Path | None:
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    if folders and len(paths) > 1:
        raise FootDeformityError(f"{folders[0]}: a folder is a worklist of its own; give it alone, or give files.")
    return folders[0] if folders else None


async def _serve(
    paths: list[Path],
    folder: Path | None,
    port: int,
    open_browser: bool,
    out: str | None,
    reader: str,
    second: bool,
    blinded: bool,
) -> None:
    # here and not above: these imports take seconds, and errors in what was typed should not
    from trame.app import get_server

    from FootDeformityLib.hosts.browser.autosave import Autosave
    from FootDeformityLib.hosts.browser.image_file import ImageFile
    from FootDeformityLib.hosts.browser.opening import open_files
    from FootDeformityLib.hosts.browser.reading_room import ReadingRoom
    from FootDeformityLib.hosts.browser.routes import add_routes
    from FootDeformityLib.hosts.browser.saved_facts import SavedFacts
    from FootDeformityLib.hosts.browser.saved_points import SavedPoints, state_folder
    from FootDeformityLib.hosts.browser.worklist_desk import WorklistDesk
    from FootDeformityLib.network.worker import DetectorWorker

    saved = SavedPoints(state_folder())
    if reader:
        saved.reader = reader
    worklist = None if folder is None else Worklist(folder, out, saved.reader, second)
    secret = secrets.token_urlsafe(24).lstrip("-")
    server = get_server("footdeformity", client_type="vue3")
    room = ReadingRoom(server, DetectorWorker(), saved, Autosave(saved, SavedFacts(state_folder())))
    _set_page(server)
    server.add_protocol_to_configure(lambda protocol: protocol.registerLinkProtocol(room.protocol))
    server.controller.on_server_bind.add(lambda bound: add_routes(bound.app, room, secret))
    stop = asyncio.Event()
    _on_signals(stop)
    os.environ["TRAME_ARGS"] = f"--authKey {secret} --no-ws-compress"  # pictures are JPEG already
    running = asyncio.create_task(
        server.start(
            port=port,
            host=HOST,
            thread=True,  # leaves signals to us
            open_browser=False,
            show_connection_info=False,
            disable_logging=True,
            timeout=0,
            exec_mode="coroutine",
        )
    )
    try:
        await asyncio.wait({running, asyncio.ensure_future(server.ready)}, return_when=asyncio.FIRST_COMPLETED)
        address = f"http://{HOST}:{port}/"
        print(f"The reading room is open at {address} (this machine only; Ctrl-C ends it)", flush=True)
        if open_browser:
            await asyncio.to_thread(webbrowser.open, address)
        if worklist is not None:
            room.desk = WorklistDesk(room, worklist, blinded)
            room.background.start(room.desk.begin())
        else:
            names = paths or [resource_path("Samples", f"normal_{view}.dcm") for view in ("ap", "lateral")]
            room.background.start(open_files(room, [ImageFile.named(path) for path in names], sample=not paths))
        await asyncio.wait({running, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await room.close()
        running.cancel()


def _set_page(server: Any) -> None:
    state = server.state
    state.trame__title = "FootDeformity reading room"
    state.trame__favicon = "room_page/icon.svg"
    state.trame__template_main = "<reading-room></reading-room>"
    state.trame__template_error = "<room-gone></room-gone>"
    server.enable_module(
        {
            "serve": {"room_page": str(_PAGE)},
            "styles": ["room_page/reading_room.css"],
            "module_scripts": ["room_page/reading_room.js"],
            "vue_use": ["readingRoom"],
        }
    )


def _on_signals(stop: asyncio.Event) -> None:
    """End politely on Ctrl-C and on a polite kill, where the platform can say so to the loop."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
