"""`/rest/v1`: reads an HTTP request off ASGI for `rest.handler`, and writes its answer back. No request objects.

Receives bare ASGI scopes below its mount; authenticates with the callable that it is given. A body is read only as far
as the settings allow. A client that goes away cancels its request, down to the statement in PostgreSQL.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.cors import Cors
from millstream.asgi.reply import Reply, line_of, reply_of
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.postgrest.errors import BodyTooLarge, DialectError, JwtClaimsInvalid, JwtInvalid, QueryInvalid
from millstream.postgrest.response import Response, error_response
from millstream.rest.caches.sent_headers import HeaderMemory
from millstream.rest.handler import Call, DataApi

Authenticate = Callable[[Scope], Claims]
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def data_api_app(data_api: DataApi, authenticate: Authenticate) -> ASGIApp:
    """Return the ASGI application of one project's data API, with CORS, to be mounted at `/rest/v1`."""
    edge = _Edge(data_api, authenticate)
    return Cors(edge, data_api.settings.cors_allowed_origins or ("*",), preflight_status=200)


class _Edge:
    """The data API as an ASGI application."""

    def __init__(self, data_api: DataApi, authenticate: Authenticate) -> None:
        self._data_api = data_api
        self._authenticate = authenticate
        self._headers = HeaderMemory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        reply = reply_of(scope)
        try:
            response = await self._until_gone(scope, receive, reply)
        except DialectError as error:
            response = error_response(error)
        except ClientGone:
            return
        await _send(send, response, scope, reply)

    async def _until_gone(self, scope: Scope, receive: Receive, reply: Reply | None) -> Response:
        """Answer, unless the client goes away first: then the answer is cancelled and there is nobody to tell."""
        if reply is None:
            return await self._answer(scope, receive)
        leaving = _Leaving(asyncio.current_task())
        reply.when_gone(leaving.leave)
        try:
            return await self._answer(scope, receive)
        except asyncio.CancelledError:
            if leaving.left:
                raise ClientGone from None
            raise
        finally:
            reply.when_gone(None)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        started = time.perf_counter()
        claims = self._caller(scope)
        authenticated_in = time.perf_counter() - started
        settings = self._data_api.settings
        query: bytes = scope["query_string"]
        if len(query) > settings.max_query_bytes:
            most = f"At most {settings.max_query_bytes} bytes are accepted."
            raise QueryInvalid("The query string is too long.", details=most)
        method: str = scope["method"]
        body = b""
        if method not in _WITHOUT_BODY:
            body = await _read_body(scope, receive, settings.max_body_bytes)
        headers = self._headers.read(scope["headers"])
        return await self._data_api.answer(Call(method, _path(scope), query, headers, body, authenticated_in), claims)

    def _caller(self, scope: Scope) -> Claims:
        """Return who asks, once they were counted; raise in the dialect's terms."""
        try:
            claims = self._authenticate(scope)
        except DialectError:
            raise
        except MillstreamError as error:
            raise _token_error(error) from error
        client = scope.get("client")
        self._data_api.limits.count(claims, client[0] if client else None)
        return claims


class ClientGone(Exception):
    """The client closed the connection before its answer was ready."""


class _Leaving:
    """Cancels the task that works for a client who goes away."""

    __slots__ = ("_task", "left")

    def __init__(self, task: asyncio.Task[None] | None) -> None:
        self._task = task
        self.left = False

    def leave(self) -> None:
        self.left = True
        if self._task is not None:
            self._task.cancel()


def _token_error(error: MillstreamError) -> DialectError:
    """Say in the dialect's codes what was wrong with the caller's token or key."""
    names = {kind.__name__ for kind in type(error).__mro__}
    kind = JwtClaimsInvalid if names & {"TokenClaimsInvalid", "ApiKeyMissing"} else JwtInvalid
    return kind(error.message, hint=error.hint)


def _path(scope: Scope) -> str:
    """Return the path below the mount, percent-encoded as it came, so that a slash in a name stays part of it."""
    raw: bytes | None = scope.get("raw_path")
    path: str = scope["path"] if raw is None else raw.partition(b"?")[0].decode("latin-1")
    root = scope.get("root_path", "")
    return str(path[len(root) :]) if path.startswith(root) else str(unquote(path)[len(root) :])


async def _read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _send(send: Send, response: Response, scope: Scope, reply: Reply | None) -> None:
    body = b"" if response.body is None or scope["method"] == "HEAD" else response.body
    headers = response.headers
    if response.body is not None:
        headers.append(("Content-Length", str(len(response.body))))
    if reply is not None and reply.writable:
        reply.write(response.status, [line_of(name, value) for name, value in headers], body)
        return
    encoded = [(name.lower().encode("latin-1"), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
