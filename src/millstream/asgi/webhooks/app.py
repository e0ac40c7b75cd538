"""The administration of webhooks below `/webhooks/v1`, with its OpenAPI text at `/webhooks/v1/openapi.json`.

Reads requests by FastAPI's models, finds out who calls and hands both to `webhooks.administration`; renders its
values, or an error as `{code, message, details, hint}`. What a caller may see and change is decided by PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from millstream.asgi.cors import Cors
from millstream.asgi.webhooks import endpoint_routes, gap_routes, insight_routes, make_routes, sending_routes
from millstream.auth.errors import TokenRefused
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.webhooks.administration.access import Administration

_MOST_BODY_BYTES = 5 << 20

Authenticate = Callable[[Scope], Claims]


def webhooks_app(admin: Administration, authenticate: Authenticate) -> ASGIApp:
    """Return the routes as one application that pages of other origins may ask too."""
    return Cors(webhooks_api(admin, authenticate))


def webhooks_api(admin: Administration, authenticate: Authenticate) -> ASGIApp:
    """Return the routes as one application, with errors in one shape; `asgi.admin` serves it behind its own checks."""
    api = FastAPI(
        title="Millstream webhooks",
        version="1",
        docs_url=None,
        redoc_url=None,
        max_body_size=_MOST_BODY_BYTES,
        exception_handlers={
            MillstreamError: _render_error,
            RequestValidationError: _render_invalid,
            HTTPException: _render_route_error,
        },
    )
    api.state.administration, api.state.authenticate = admin, authenticate
    for part in (endpoint_routes, sending_routes, insight_routes, gap_routes, make_routes):
        api.include_router(part.router)
    return api


async def _render_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, MillstreamError):
        raise error
    status = 401 if isinstance(error, TokenRefused) else error.status
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return _error(status, error.code, error.message, error.details, error.hint, headers)


async def _render_invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
    return _error(422, "webhook_request_invalid", "The request is not as it should be.", "; ".join(problems))


async def _render_route_error(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 405:
        return _error(status, "method_not_allowed", "This path does not take that method.")
    return _error(status, "not_found", f"There is nothing at {request.url.path}.")


def _error(
    status: int,
    code: str,
    message: str,
    details: str | None = None,
    hint: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    body = {"code": code, "message": message, "details": details, "hint": hint}
    return JSONResponse(body, status, headers)
