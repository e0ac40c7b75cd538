"""Lets browsers call from other origins (Fetch standard, CORS): wraps the ASGI application of one API.

Callers prove themselves with headers and never with cookies, so any origin may ask by default and no answer is
shared with credentials. Preflights are answered here; every other answer only gets its headers.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED_HEADERS = (
    "accept",
    "accept-profile",
    "apikey",
    "authorization",
    "content-profile",
    "content-type",
    "idempotency-key",
    "prefer",
    "range",
    "range-unit",
    "x-client-info",
    "x-region",
    "x-request-id",
    "x-retry-count",
    "x-supabase-api-version",
)
EXPOSED_HEADERS = (
    "content-location",
    "content-range",
    "link",
    "location",
    "millstream-lsn",
    "preference-applied",
    "proxy-status",
    "retry-after",
    "x-request-id",
    "x-sb-error-code",
    "x-supabase-api-version",
    "x-total-count",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ALLOW_ORIGIN = b"access-control-allow-origin"
_PREFLIGHT_SECONDS = 7200  # the longest that Chromium keeps

Headers = list[tuple[bytes, bytes]]


class Cors:
    """An ASGI application around another one. `origins` holds "*", or the origins that may call."""

    def __init__(self, app: ASGIApp, origins: Iterable[str] = ("*",), *, preflight_status: int = 204) -> None:
        self._app = app
        self._preflight_status = preflight_status
        self._origins = frozenset(origin.encode() for origin in origins)
        self._preflight = [
            (b"access-control-allow-methods", _joined(METHODS)),
            (b"access-control-allow-headers", _joined(ALLOWED_HEADERS)),
            (b"access-control-max-age", str(_PREFLIGHT_SECONDS).encode()),
            (b"content-length", b"0"),
        ]
        self._exposed = (b"access-control-expose-headers", _joined(EXPOSED_HEADERS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or hand the request on and add headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if scope["method"] == "OPTIONS" and origin is not None and b"access-control-request-method" in headers:
            await send(_start(self._preflight_status, [*self._allow(origin), *self._preflight]))
            await send({"type": "http.response.body", "body": b""})
            return
        if origin is None:
            await self._app(scope, receive, send)
            return
        added = [*self._allow(origin), self._exposed]

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message.get("headers", ()) if header[0] != _ALLOW_ORIGIN]
                message = {**message, "headers": [*own, *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _allow(self, origin: bytes) -> Headers:
        if b"*" in self._origins:
            return [(_ALLOW_ORIGIN, b"*")]
        vary = (b"vary", b"origin")
        return [(_ALLOW_ORIGIN, origin), vary] if origin in self._origins else [vary]


def _start(status: int, headers: Headers) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _joined(names: Sequence[str]) -> bytes:
    return ", ".join(names).encode()
