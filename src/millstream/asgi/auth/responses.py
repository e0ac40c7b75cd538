"""Renders the answers of the auth API: JSON, and errors in the shape that the client's API version reads.

auth-js sends `X-Supabase-Api-Version: 2024-01-01` and reads `{code, message}`; older clients send nothing and read
`{code: <status>, error_code, msg}`. Both get the code in `x-sb-error-code`. No answer may be stored by a cache.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from millstream.auth.errors import RateLimited, WeakPassword
from millstream.errors import MillstreamError

VERSION_HEADER = "x-supabase-api-version"
ERROR_CODE_HEADER = "x-sb-error-code"
_VERSION = "2024-01-01"
_VERSION_FORM = re.compile(r"2\d{3}-\d{2}-\d{2}")
_JSON = "application/json"


def json_response(
    request: Request, content: Any, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with JSON, times in ISO 8601."""
    body = orjson.dumps(content, option=orjson.OPT_UTC_Z)
    return Response(body, status, {"cache-control": "no-store", **_version(request), **(headers or {})}, _JSON)


def empty_response(request: Request) -> Response:
    """Answer that it is done, with nothing to say."""
    return Response(status_code=204, headers={"cache-control": "no-store", **_version(request)})


async def render_auth_error(request: Request, error: Exception) -> Response:
    """Answer with an error's status and body: an exception handler for Starlette."""
    if not isinstance(error, MillstreamError):
        raise error
    headers = {ERROR_CODE_HEADER: error.code}
    if isinstance(error, RateLimited):
        headers["retry-after"] = str(error.retry_after_seconds)
    body = _body(request, error.status, error.code, error.message)
    if isinstance(error, WeakPassword):
        body["weak_password"] = {"reasons": list(error.reasons)}
    return json_response(request, body, status=error.status, headers=headers)


async def render_route_error(request: Request, error: Exception) -> Response:
    """Answer a path or method that nothing is served at."""
    if not isinstance(error, HTTPException):
        raise error
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    headers = {**(dict(error.headers) if error.headers else {}), ERROR_CODE_HEADER: code}
    body = _body(request, error.status_code, code, error.detail)
    return json_response(request, body, status=error.status_code, headers=headers)


def _body(request: Request, status: int, code: str, message: str) -> dict[str, Any]:
    if _is_new(request):
        return {"code": code, "message": message}
    return {"code": status, "error_code": code, "msg": message}


def _is_new(request: Request) -> bool:
    asked = request.headers.get(VERSION_HEADER, "")
    return _VERSION_FORM.fullmatch(asked) is not None and asked >= _VERSION


def _version(request: Request) -> dict[str, str]:
    return {VERSION_HEADER: _VERSION} if _is_new(request) else {}
