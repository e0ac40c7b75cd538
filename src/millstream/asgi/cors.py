"""Lets browsers call from other origins (Fetch standard, CORS): wraps the ASGI application of one API.

Callers prove themselves with headers and never with cookies, so any origin may ask by default and no answer is
shared with credentials. Preflights are answered here; every other answer only gets its headers.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from millstream.asgi.reply import reply_of

ALLOWED_HEADERS = (
    "accept",
    "accept-profile",
    "apikey",
    "authorization",
    "content-profile",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
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
    "etag",
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
_ASKS_FOR = b"access-control-request-method"
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
        origin = origin_of(scope)
        if origin is None:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and any(name == _ASKS_FOR for name, _ in scope["headers"]):
            await send(_start(self._preflight_status, [*self._allow(origin), *self._preflight]))
            await send({"type": "http.response.body", "body": b""})
            return

        reply = reply_of(scope)
        if reply is not None:
            reply.dress = partial(self._dressed, origin)

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message.get("headers", ()) if header[0] != _ALLOW_ORIGIN]
                message = {**message, "headers": [*own, *self._allow(origin), self._exposed]}
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _dressed(self, origin: bytes, lines: list[bytes]) -> list[bytes]:
        """Return the lines of an answer with what lets pages of `origin` read it."""
        own = [line for line in lines if not line.startswith(_ALLOW_ORIGIN + b":")]
        return own + [b"%b: %b\r\n" % header for header in (*self._allow(origin), self._exposed)]

    def _allow(self, origin: bytes) -> Headers:
        if b"*" in self._origins:
            return [(_ALLOW_ORIGIN, b"*")]
        vary = (b"vary", b"origin")
        return [(_ALLOW_ORIGIN, origin), vary] if origin in self._origins else [vary]


def origin_of(scope: Scope) -> bytes | None:
    """Return which origin's page asks; None for who is no browser, or asks its own origin."""
    for name, value in scope["headers"]:
        if name == b"origin":
            return bytes(value)
    return None


def _start(status: int, headers: Headers) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _joined(names: Sequence[str]) -> bytes:
    return ", ".join(names).encode()
