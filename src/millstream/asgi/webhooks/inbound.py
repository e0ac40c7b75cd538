"""Webhooks that come in: `POST /api/webhooks/<name>` takes an event, `GET` says whether the webhook is set up.

Reads the request and hands it to `app.inbound_calls`; renders what became of it, or an error as `{code, message,
details, hint}`. Whoever shows a secret of the webhook, or a secret key of the project, sees figures with the status;
everybody else whether it can be called. No secret is ever shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from millstream.app.inbound_calls import InboundCalls
from millstream.asgi.operations import read_body, render_error, request_id_of
from millstream.auth.errors import TokenRefused
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.operations import SERVICE
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.endpoints import list_endpoints
from millstream.webhooks.administration.insight import statistics
from millstream.webhooks.endpoints.endpoint import EndpointState

Authenticate = Callable[[Scope], Claims]


def inbound_app(calls: InboundCalls, admin: Administration, authenticate: Authenticate) -> ASGIApp:
    """Return the routes of a project's inbound webhooks as one application."""

    async def take(request: Request) -> Response:
        try:
            return await _take(calls, request)
        except ClientDisconnect:
            return Response(status_code=400)  # to nobody
        except MillstreamError as error:
            return render_error(error)

    async def tell(request: Request) -> Response:
        try:
            return await _tell(calls, admin, authenticate, request)
        except MillstreamError as error:
            return render_error(error)

    path = "/{name}"
    routes = [Route(path, take, methods=["POST"]), Route(path, tell, methods=["GET"])]
    return Starlette(routes=routes, exception_handlers={HTTPException: _render_route_error})


async def _take(calls: InboundCalls, request: Request) -> Response:
    name, request_id = request.path_params["name"], request_id_of(request)
    calls.find(name)
    body = await read_body(request, calls.body_limit_bytes)
    taken = await calls.call(name, request.headers, body, request_id)
    answer = {"success": True, "event_id": taken.event_id, "duplicate": taken.duplicate}
    return _json(answer, headers={"x-request-id": request_id})


async def _tell(calls: InboundCalls, admin: Administration, authenticate: Authenticate, request: Request) -> Response:
    name = calls.find(request.path_params["name"]).name
    is_set = bool(calls.secrets_of(name))
    status: dict[str, Any] = {"status": "ok" if is_set else "not_configured", "webhook": name, "secret_set": is_set}
    if calls.is_bearer(name, request.headers) or _is_operator(authenticate, request):
        status |= await _figures(calls, admin, name)
    return _json(status)


async def _figures(calls: InboundCalls, admin: Administration, name: str) -> dict[str, Any]:
    recent, sent = await calls.recent(name), await statistics(admin, SERVICE)
    endpoints = await list_endpoints(admin, SERVICE)
    return {
        "received_last_day": recent["last_day"],
        "last_received_at": recent["last_at"],
        "endpoints": len(endpoints),
        "endpoints_enabled": sum(one.state is EndpointState.ENABLED for one in endpoints),
        "sent_last_day": sent.total_sent,
        "success_rate": sent.success_rate,
        "average_response_ms": sent.average_response_ms,
    }


def _is_operator(authenticate: Authenticate, request: Request) -> bool:
    try:
        return authenticate(request.scope).role == Role.SERVICE
    except TokenRefused:
        return False


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, "application/json")


async def _render_route_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    code = "method_not_allowed" if status == 405 else "not_found"
    message = "Webhooks are called with POST." if status == 405 else f"There is nothing at {request.url.path}."
    headers = dict(getattr(error, "headers", None) or {})
    return _json({"code": code, "message": message, "details": None, "hint": None}, status, headers)
