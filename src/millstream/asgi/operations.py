"""The operations of a project below `/functions/v1`, as supabase-js calls them: `functions.invoke(name, { body })`.

Reads the request, finds out who sent it and hands name and body to `operations.call`; renders its JSON, or the error as
`{code, message, details, hint}`. Every answer carries the id of its request, the client's own where it sent a sane one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from uuid import uuid4

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from millstream.asgi.cors import Cors
from millstream.auth.errors import TokenRefused
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.operations import Caller, OperationError, Operations
from millstream.operations.errors import ArgumentsInvalid, BodyTooLarge, OperationUnknown

Authenticate = Callable[[Scope], Claims]

_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_LONGEST_KEY = 255


def operations_app(operations: Operations, authenticate: Authenticate) -> ASGIApp:
    """Return the routes as one application, with CORS, and JSON also where no route fits."""
    routes = operation_routes(operations, authenticate)
    return Cors(Starlette(routes=routes, exception_handlers={HTTPException: _render_route_error}))


def operation_routes(operations: Operations, authenticate: Authenticate) -> list[Route]:
    """Return the one route that serves all operations of a project; it renders its own errors."""
    endpoint = functools.partial(_call, operations, authenticate)
    return [Route("/{name}", endpoint, methods=["POST"], name="operation")]


async def _call(operations: Operations, authenticate: Authenticate, request: Request) -> Response:
    request_id = request_id_of(request)
    try:
        claims = authenticate(request.scope)
        body = await read_body(request, operations.settings.body_limit_bytes)
        address = request.client.host if request.client else None
        caller = Caller(claims, request_id, idempotency_key_of(request), address)
        response = Response(await operations.call(request.path_params["name"], body, caller))
    except ClientDisconnect:
        return Response(status_code=400)  # to nobody
    except MillstreamError as error:
        response = render_error(error)
    response.headers["content-type"] = "application/json"
    response.headers["x-request-id"] = request_id
    return response


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body; raise BodyTooLarge as soon as it is known to be longer than the limit."""
    too_large = BodyTooLarge(f"The body may have {limit} bytes.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def idempotency_key_of(request: Request) -> str | None:
    """Return the request's `Idempotency-Key`; raise ArgumentsInvalid for one that is too long."""
    key = request.headers.get("idempotency-key", "")
    if len(key) > _LONGEST_KEY:
        raise ArgumentsInvalid(f"Idempotency-Key: at most {_LONGEST_KEY} characters.")
    return key or None


def request_id_of(request: Request) -> str:
    """Return the id of a request, the client's own where it sent a sane one."""
    given = request.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def render_error(error: MillstreamError) -> Response:
    """Return the answer for an error; one that a token causes is a 401."""
    # A token that does not count is a 401 here: whoever signs in again may go on (RFC 6750, section 3.1).
    status = 401 if isinstance(error, TokenRefused) else error.status
    facts = error.facts if isinstance(error, OperationError) else None
    body = {"code": error.code, "message": error.message, "details": facts or error.details, "hint": error.hint}
    response = Response(orjson.dumps(body), status_code=status, media_type="application/json")
    if status == 401:
        response.headers["www-authenticate"] = "Bearer"
    wait = getattr(error, "retry_after_seconds", 1 if status == 503 else None)
    if wait is not None:
        response.headers["retry-after"] = str(wait)
    return response


async def _render_route_error(request: Request, error: Exception) -> Response:
    """Answer for a path or a method that no operation has."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = "Operations are called with POST." if status == 405 else f"There is no operation at {request.url.path}."
    body = {"code": OperationUnknown.code if status == 404 else "method_not_allowed", "message": message}
    headers = dict(getattr(error, "headers", None) or {})
    return Response(
        orjson.dumps({**body, "details": None, "hint": None}), status, headers=headers, media_type="application/json"
    )
