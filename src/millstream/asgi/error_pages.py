"""Renders an error as JSON, `{code, message, details, hint}`, for routes that speak no dialect of their own."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from millstream.errors import MillstreamError


def error_body(error: MillstreamError) -> bytes:
    """Return the JSON of an error, with null where there are no details or hint."""
    return orjson.dumps({"code": error.code, "message": error.message, "details": error.details, "hint": error.hint})


async def render_error(_: Request, error: Exception) -> Response:
    """Answer with a MillstreamError's own status and body: an exception handler for Starlette."""
    if not isinstance(error, MillstreamError):
        raise error
    return Response(error_body(error), status_code=error.status, media_type="application/json")


async def send_error(send: Send, *, status: int, code: str, message: str) -> None:
    """Answer an HTTP request with an error, without a request object."""
    body = orjson.dumps({"code": code, "message": message, "details": None, "hint": None})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
