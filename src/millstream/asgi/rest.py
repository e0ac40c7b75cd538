"""`/rest/v1`: reads an HTTP request off ASGI for `rest.handler`, and writes its answer back. No request objects.

Receives bare ASGI scopes below its mount; authenticates with the callable that it is given. A body is read only as far
as the settings allow. A client that goes away cancels its request, down to the statement in PostgreSQL.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.cors import Cors
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.postgrest.errors import BodyTooLarge, DialectError, JwtClaimsInvalid, JwtInvalid, QueryInvalid
from millstream.postgrest.response import Response, error_response
from millstream.rest.handler import Call, DataApi

Authenticate = Callable[[Scope], Claims]
_WATCH_AFTER_SECONDS = 0.05
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def data_api_app(data_api: DataApi, authenticate: Authenticate) -> ASGIApp:
    """Return the ASGI application of one project's data API, with CORS, to be mounted at `/rest/v1`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await _answer(data_api, authenticate, scope, receive)
        except DialectError as error:
            response = error_response(error)
        except ClientGone:
            return
        if response is not None:
            await _send(send, response, scope)

    return Cors(app, data_api.settings.cors_allowed_origins or ("*",), preflight_status=200)


async def _answer(data_api: DataApi, authenticate: Authenticate, scope: Scope, receive: Receive) -> Response | None:
    started = time.perf_counter()
    try:
        claims = authenticate(scope)
    except DialectError:
        raise
    except MillstreamError as error:
        raise _token_error(error) from error
    client = scope.get("client")
    data_api.limits.count(claims, client[0] if client else None)
    authenticated_in = time.perf_counter() - started
    query: bytes = scope["query_string"]
    longest = data_api.settings.max_query_bytes
    if len(query) > longest:
        raise QueryInvalid("The query string is too long.", details=f"At most {longest} bytes are accepted.")
    method: str = scope["method"]
    body = b""
    if method not in _WITHOUT_BODY:
        body = await _read_body(scope, receive, data_api.settings.max_body_bytes)
    call = Call(method, _path(scope), query, _headers(scope["headers"]), body, authenticated_in)
    return await _until_gone(data_api, call, claims, receive)


async def _until_gone(data_api: DataApi, call: Call, claims: Claims, receive: Receive) -> Response | None:
    """Answer, unless the client goes away first: then the answer is cancelled and there is nobody to tell.

    Most answers are there before anybody looks: a watcher costs a task, so there is one for slow requests only.
    """
    watcher: asyncio.Task[None] | None = None
    response: Response | None = None

    def watch() -> None:
        nonlocal watcher
        watcher = group.create_task(_until_disconnected(receive))

    try:
        async with asyncio.TaskGroup() as group:
            look = asyncio.get_running_loop().call_later(_WATCH_AFTER_SECONDS, watch)
            try:
                response = await data_api.answer(call, claims)
            finally:
                look.cancel()
                if watcher is not None:
                    watcher.cancel()
    except* ClientGone:
        response = None
    return response


class ClientGone(Exception):
    """The client closed the connection before its answer was ready."""


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientGone


def _token_error(error: MillstreamError) -> DialectError:
    """Say in the dialect's codes what was wrong with the caller's token or key."""
    names = {kind.__name__ for kind in type(error).__mro__}
    kind = JwtClaimsInvalid if names & {"TokenClaimsInvalid", "ApiKeyMissing"} else JwtInvalid
    return kind(error.message, hint=error.hint)


def _path(scope: Scope) -> str:
    """Return the path below the mount, percent-encoded as it came, so that a slash in a name stays part of it."""
    raw: bytes | None = scope.get("raw_path")
    path = scope["path"] if raw is None else raw.partition(b"?")[0].decode("latin-1")
    root = scope.get("root_path", "")
    return str(path[len(root) :]) if path.startswith(root) else str(unquote(path)[len(root) :])


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        if key in headers:
            text = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        headers[key] = text
    return headers


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


async def _send(send: Send, response: Response, scope: Scope) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in response.headers]
    body = response.body
    if body is not None:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body or b""})
