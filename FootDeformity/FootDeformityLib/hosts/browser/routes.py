"""What the reading room serves over HTTP besides trame's own files: its page, uploads and downloads."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import trame_client.module.vue3
from aiohttp import web

from FootDeformityLib.errors import FootDeformityError
from FootDeformityLib.hosts.browser.image_file import ImageFile
from FootDeformityLib.hosts.browser.local_only import local_only

#: two uncompressed films at 600 dpi are far below this
UPLOAD_BYTES = 400_000_000
MOST_FILES = 4
_CHUNK = 1 << 20
_TITLE = "FootDeformity reading room"
#: letters that a stored upload keeps of its suffix; its name may tell who the patient is
_SUFFIX = re.compile(r"(\.mrk)?\.[A-Za-z]{1,6}$")


class Room(Protocol):
    """What the routes ask for; reading_room.py answers."""

    async def open_files(self, files: list[ImageFile], view: str | None) -> None: ...

    async def open_earlier(self, file: ImageFile) -> None: ...

    async def download(self, name: str) -> tuple[bytes, str]: ...

    def notice(self, text: str, kind: str = "error") -> None: ...


def add_routes(app: web.Application, room: Room, secret: str) -> None:
    """Add the guard and the routes to a server that has not started yet. secret: of its socket."""
    app.middlewares.append(local_only)
    routes = _Routes(room, secret)
    app.add_routes(
        [
            web.get("/", routes.page),
            web.get("/index.html", routes.page),
            web.get("/room/alive", routes.alive),
            web.post("/room/session", routes.session),
            web.post("/room/open", routes.open),
            web.post("/room/earlier", routes.earlier),
            web.get("/room/download/{name}", routes.download),
        ]
    )


class _Routes:
    def __init__(self, room: Room, secret: str) -> None:
        self._room, self._secret = room, secret
        self._page = index_page()

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")

    async def alive(self, request: web.Request) -> web.Response:
        return web.Response(text="alive")

    async def session(self, request: web.Request) -> web.Response:
        """Tell a page of our own where the socket is, and the secret without which it does not answer."""
        return web.json_response({"sessionURL": f"ws://{request.host}/ws", "secret": self._secret})

    async def open(self, request: web.Request) -> web.Response:
        """Open the radiographs of a form."""
        return await self._with_files(request, self._room.open_files)

    async def earlier(self, request: web.Request) -> web.Response:
        """Compare with the exam of a form."""

        async def compare(files: list[ImageFile], _: str | None) -> None:
            if len(files) == 1:
                await self._room.open_earlier(files[0])
            else:
                self._room.notice(f"{len(files)} files came at once; expected the case.json of one earlier exam.")

        return await self._with_files(request, compare)

    async def _with_files(
        self, request: web.Request, use: Callable[[list[ImageFile], str | None], Awaitable[None]]
    ) -> web.Response:
        """Store the files of a form under names that tell nothing, and use them; what is wrong is said in a notice."""
        folder = Path(tempfile.mkdtemp(prefix="footdeformity-"))
        try:
            try:
                files, view = await _stored(request, folder)
            except FootDeformityError as error:
                self._room.notice(str(error))
                return web.Response(status=204)
            await use(files, view)
            return web.Response(status=204)
        finally:
            # everything that is open is in memory
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def download(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            content, kind = await self._room.download(name)
        except FootDeformityError as error:
            return web.Response(status=404, text=str(error))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type=kind, headers=headers)


async def _stored(request: web.Request, folder: Path) -> tuple[list[ImageFile], str | None]:
    """Write the uploaded files; return them and the view they were dropped on. Raises FootDeformityError."""
    if (request.content_length or 0) > UPLOAD_BYTES:
        raise _too_large(request.content_length or 0)
    if not request.content_type.startswith("multipart/"):
        raise FootDeformityError("No file came with the request: expected a form with one or two radiographs.")
    view, total = None, 0
    files: list[ImageFile] = []
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if getattr(part, "name", None) == "view":
            said: Any = await part.text()  # type: ignore[union-attr]
            view = said if said in ("AP", "lateral") else None
            continue
        name = getattr(part, "filename", None) or "the file"
        suffix = _SUFFIX.search(name)
        place = folder / str(len(files) + 1)
        place.mkdir()
        file = place / f"image{suffix.group(0).lower() if suffix else ''}"
        files.append(ImageFile(file, name))
        if len(files) > MOST_FILES:
            raise FootDeformityError(
                f"More than {MOST_FILES} files came at once; expected the AP and the lateral radiograph of one foot. "
                "For a whole folder start: footdeformity web FOLDER"
            )
        with file.open("wb") as stream:
            while chunk := await part.read_chunk(_CHUNK):  # type: ignore[union-attr]
                total += len(chunk)
                if total > UPLOAD_BYTES:
                    raise _too_large(total)
                stream.write(chunk)
    return files, view


def _too_large(size: int) -> FootDeformityError:
    return FootDeformityError(
        f"The files are too large to upload ({size / 1e6:.0f} MB, at most {UPLOAD_BYTES / 1e6:.0f} MB). Choose single "
        "radiographs, or start with their paths: footdeformity web ap.dcm lateral.dcm"
    )


def index_page() -> str:
    """Return trame's page with this program's name, and nothing of trame's own looks before it is there."""
    page = (Path(trame_client.module.vue3.www) / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<title>.*?</title>", f"<title>{_TITLE}</title>", page)
    page = re.sub(r'content="Application built[^"]*"', f'content="{_TITLE}"', page)
    page = page.replace('href="logo.png"', 'href="room_page/icon.svg"')
    page = page.replace("data-app-name=", 'data-session-manager-url="room/session" data-app-name=')
    page = page.replace(",maximum-scale=1,minimum-scale=1", "")  # readers may zoom the page
    page = re.sub(r"<script>\s*fetch\(\"./loading.tpl\".*?</script>", "", page, flags=re.DOTALL)
    return page.replace(
        '<div id="app"></div>',
        '<div id="app"><p style="color:#9aa5b1;font:15px system-ui;text-align:center;margin-top:40vh">'
        "Opening the reading room ...</p></div>",
    ).replace("<body>", '<body style="background:#0a0c0f">')
