"""Broadcasts over HTTP, as supabase-js's `httpSend` and Python's `http_send` post them, below `/realtime/v1/api`.

Reads the request, finds out who sent it and hands the messages to `channels.posted`; renders errors in the shapes that
these clients know, and says with every answer how much of the rate is used.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from millstream.asgi.cors import Cors
from millstream.auth.errors import AuthError
from millstream.channels.posted import BroadcastTooLarge, Posted, PostedBroadcasts
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix.messages import Encoding

Authenticate = Callable[[Scope], Claims]
Send = Callable[[Request, Claims], Awaitable[None]]

_LONGEST_NUMBER = 12
_ENCODINGS = {"application/json": Encoding.JSON, "application/octet-stream": Encoding.RAW}


class BroadcastInvalid(MillstreamError):
    """The body is no broadcast; `errors` says what is wrong where."""

    code: ClassVar[str] = "broadcast_invalid"
    status: ClassVar[int] = 422

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__("The body is no broadcast.")
        self.errors = errors


class BroadcastMediaTypeUnsupported(MillstreamError):
    """The payload of an event is JSON or bytes."""

    code: ClassVar[str] = "broadcast_media_type_unsupported"
    status: ClassVar[int] = 415


def broadcast_app(broadcasts: PostedBroadcasts, authenticate: Authenticate, *, body_limit_bytes: int) -> ASGIApp:
    """Return the routes as one application, with CORS."""

    def route(path: str, send: Callable[[PostedBroadcasts, int, Request, Claims], Awaitable[None]]) -> Route:
        endpoint = functools.partial(
            _answer, broadcasts, authenticate, functools.partial(send, broadcasts, body_limit_bytes)
        )
        return Route(path, endpoint, methods=["POST"])

    return Cors(
        Starlette(
            routes=[
                route("/broadcast", _send_messages),
                Route("/ping", _ping),
                route("/broadcast/{topic:path}/events/{event:path}", _send_event),
            ]
        )
    )


async def _answer(broadcasts: PostedBroadcasts, authenticate: Authenticate, send: Send, request: Request) -> Response:
    try:
        await send(request, authenticate(request.scope))
        response = Response(status_code=202)
    except ClientDisconnect:
        return Response(status_code=400)  # to nobody
    except MillstreamError as error:
        response = _render_error(error)
    rate, limit = broadcasts.rate, broadcasts.limit
    response.headers["x-rate-rolling"] = f"{rate:.2f}"
    response.headers["x-rate-limit"] = str(limit)
    response.headers["x-rate-limit-remaining"] = str(max(0, int(limit - rate)))
    return response


async def _send_messages(broadcasts: PostedBroadcasts, limit: int, request: Request, claims: Claims) -> None:
    body = _json(await _read(request, limit))
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        raise BroadcastInvalid({"messages": ["can't be blank"]})
    errors = [_errors_of(message) for message in messages]
    if any(errors):
        raise BroadcastInvalid({"messages": errors})
    await broadcasts.send_all([_posted(message) for message in messages], claims)


async def _send_event(broadcasts: PostedBroadcasts, limit: int, request: Request, claims: Claims) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = _ENCODINGS.get(media_type)
    if encoding is None:
        raise BroadcastMediaTypeUnsupported("Send application/json or application/octet-stream.")
    payload = await _read(request, limit)
    if encoding is Encoding.JSON:
        _json(payload)
    private = request.query_params.get("private", "").lower() == "true"
    persist = broadcasts.parse_persist(_asked_to_persist(request))
    topic, event = request.path_params["topic"], request.path_params["event"]
    await broadcasts.send(Posted(topic, event, payload, private, encoding, persist), claims)


def _asked_to_persist(request: Request) -> object:
    """Return `persist=true` or `persist[ttl]=n` of the query as the meta of a frame has it."""
    ttl = request.query_params.get("persist[ttl]")
    if ttl is not None:
        return {"ttl": int(ttl) if ttl.isascii() and ttl.isdigit() and len(ttl) < _LONGEST_NUMBER else -1}
    return request.query_params.get("persist", "").lower() == "true"


async def _ping(_: Request) -> Response:
    return _response(200, {"message": "Success"})


def _errors_of(message: Any) -> dict[str, list[str]]:
    if not isinstance(message, dict):
        return {"message": ["is invalid"]}
    names = {name: ["can't be blank"] for name in ("topic", "event") if not _is_name(message.get(name))}
    payload = {} if isinstance(message.get("payload"), dict) else {"payload": ["is invalid"]}
    private = {} if isinstance(message.get("private", False), bool | None) else {"private": ["is invalid"]}
    return names | payload | private


def _posted(message: dict[str, Any]) -> Posted:
    payload = orjson.dumps(message["payload"])
    return Posted(message["topic"], message["event"], payload, private=bool(message.get("private")))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _json(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
        orjson.dumps(value)  # what is nested too deep can be read and not be written
    except ValueError:
        raise BroadcastInvalid({"body": ["is not JSON"]}) from None
    return value


async def _read(request: Request, limit: int) -> bytes:
    """Return the body; raise BroadcastTooLarge as soon as it is known to be longer than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BroadcastTooLarge(f"The body may have {limit} bytes.")
    return bytes(body)


def _render_error(error: MillstreamError) -> Response:
    if isinstance(error, AuthError):
        return _response(401, {"message": "Unauthorized"})
    if isinstance(error, BroadcastInvalid):
        return _response(422, {"errors": error.errors})
    return _response(error.status, {"message": error.message})


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
