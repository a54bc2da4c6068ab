"""The reading room answers this machine's own pages and nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_NAMES = ("127.0.0.1", "localhost")

#: the page may load nothing from anywhere else; Vue compiles its templates in the page ('unsafe-eval')
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; font-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # a page of an earlier version must not meet a newer server
}


def is_local(request_host: str, origin: str | None) -> bool:
    """Whether a request was made by a page of this server.

    A page from elsewhere reaches 127.0.0.1 through the reader's own browser: by its own origin, or by a name of its
    own that it lets point here.
    """
    host = urlsplit(f"//{request_host}").hostname
    if host not in _NAMES:
        return False
    return origin is None or urlsplit(origin).netloc == request_host


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests from elsewhere; add the headers that keep the page to itself."""
    if not is_local(request.host, request.headers.get("Origin")):
        raise web.HTTPForbidden(text="This reading room serves its own pages on this machine only.")
    response = await handler(request)
    if not response.prepared:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
    return response
