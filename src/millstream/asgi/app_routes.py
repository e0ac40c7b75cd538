"""The routes that an application declares, below `/api`, with their OpenAPI text at `/api/openapi.json`.

Finds out who calls, counts the request with those of the data API and leaves a `Visit` for the routes, which are
FastAPI's. Renders every error as `{code, message, details, hint}`; every answer carries the id of its request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from millstream.app.routes import RoomsView, Visit, name_of
from millstream.asgi.cors import Cors
from millstream.asgi.operations import idempotency_key_of, render_error, request_id_of
from millstream.auth.errors import ApiKeyMissing
from millstream.errors import MillstreamError
from millstream.identity import ANONYMOUS, Claims
from millstream.operations import Caller, Operations
from millstream.operations.errors import ArgumentsInvalid, BodyTooLarge, OperationFailed

Authenticate = Callable[[Scope], Claims]
Count = Callable[[Claims, str | None], None]

_CODES = {404: "not_found", 405: "method_not_allowed"}


def routes_app(
    routers: Sequence[APIRouter],
    operations: Operations,
    authenticate: Authenticate,
    count: Count,
    *,
    title: str,
    rooms: RoomsView,
) -> ASGIApp:
    """Return an application's routes as one ASGI application, with CORS.

    `count` is told of every request before it is answered and raises when it is one too many; `rooms` is what routes
    are shown of rooms.
    """
    api = FastAPI(
        title=title,
        docs_url=None,
        redoc_url=None,
        max_body_size=operations.settings.body_limit_bytes,
        exception_handlers={
            MillstreamError: _render_refusal,
            RequestValidationError: _render_invalid,
            HTTPException: _render_http_error,
            Exception: _render_crash,
        },
    )
    for router in routers:
        api.include_router(router)
    return Cors(_Edge(api, operations, authenticate, count, rooms))


class _Edge:
    """What lies between the server and FastAPI."""

    def __init__(
        self, api: ASGIApp, operations: Operations, authenticate: Authenticate, count: Count, rooms: RoomsView
    ) -> None:
        self._api = api
        self._operations = operations
        self._authenticate = authenticate
        self._count = count
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        request_id = request_id_of(request)
        send = _Answer(send, request_id, self._operations.settings.body_limit_bytes)
        try:
            visit = self._visit(request, request_id)
            client = scope.get("client")
            self._count(visit.claims, client[0] if client else None)
        except MillstreamError as error:
            await render_error(error)(scope, receive, send)
            return
        scope["millstream.visit"] = visit
        try:
            await self._api(scope, receive, send)
        except Exception as error:  # noqa: BLE001 -- Starlette raises what it has answered once more
            self._operations.refusal(error, name_of(scope), Caller(visit.claims, request_id))

    def _visit(self, request: Request, request_id: str) -> Visit:
        claims, refused = ANONYMOUS, None
        try:
            claims = self._authenticate(request.scope)
        except ApiKeyMissing:
            pass  # a link in a calendar or a mail has no key; what guests may see is PostgreSQL's to say
        except MillstreamError as error:
            refused = error
        return Visit(self._operations, claims, refused, request_id, idempotency_key_of(request), self._rooms)


class _Answer:
    """Sends a route's answer on with the request's id, and 413, which Starlette words itself, in our shape."""

    def __init__(self, send: Send, request_id: str, body_limit_bytes: int) -> None:
        self._send = send
        self._request_id = request_id
        self._body_limit_bytes = body_limit_bytes
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("x-request-id", self._request_id)
            self._replaced = message["status"] == 413 and headers.get("content-type", "").startswith("text/plain")
            if self._replaced:
                await self._refuse_body()
        if not self._replaced:
            await self._send(message)

    async def _refuse_body(self) -> None:
        refusal = render_error(BodyTooLarge(f"The body may have {self._body_limit_bytes} bytes."))
        refusal.headers["x-request-id"] = self._request_id
        await self._send({"type": "http.response.start", "status": 413, "headers": refusal.raw_headers})
        await self._send({"type": "http.response.body", "body": refusal.body})


async def _render_refusal(_: Request, error: Exception) -> Response:
    if not isinstance(error, MillstreamError):
        raise error
    return render_error(error)


async def _render_invalid(_: Request, error: Exception) -> Response:
    """Answer a request that does not fit the route's parameters as operations do."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = {".".join(str(part) for part in fault["loc"][1:]): fault["msg"] for fault in error.errors()}
    field, message = next(iter(fields.items()))
    return render_error(ArgumentsInvalid(f"{field}: {message}." if field else f"{message}.", facts={"fields": fields}))


async def _render_http_error(request: Request, error: Exception) -> Response:
    """Answer what FastAPI refuses, and what a route refuses with FastAPI's own error."""
    if not isinstance(error, HTTPException):
        raise error
    said = error.detail != HTTPStatus(error.status_code).phrase
    message = error.detail if said else f"{request.method} {request.url.path} cannot be answered."
    body = {"code": _CODES.get(error.status_code, "refused"), "message": message, "details": None, "hint": None}
    headers = dict(error.headers or {})
    return Response(orjson.dumps(body), error.status_code, headers=headers, media_type="application/json")


async def _render_crash(request: Request, _: Exception) -> Response:
    """Answer for a fault of the route itself, of which its caller learns nothing but the request's id."""
    visit: Visit = request.scope["millstream.visit"]
    return render_error(OperationFailed(hint=f"Request {visit.request_id}."))
