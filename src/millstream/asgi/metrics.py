"""Answers `/metrics` to a Prometheus that may read it.

Figures tell how a business goes, so that a project with keys of its own shows them to nobody without one: the metrics
token or a secret key, as `Authorization: Bearer`. With development keys, which never leave loopback, requests of this
machine need none.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import ClassVar

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.error_pages import error_body
from millstream.asgi.operator_settings import OperatorSettings
from millstream.asgi.peers.local import is_local
from millstream.auth.credentials import bearer_token
from millstream.errors import MillstreamError
from millstream.identity import Role

Render = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Takes the Accept header and returns a text with its media type."""


class MetricsKeyRequired(MillstreamError):
    """The metrics are read with MILLSTREAM_METRICS_TOKEN or a secret key."""

    code: ClassVar[str] = "metrics_key_required"
    status: ClassVar[int] = 401


def metrics_app(
    render: Render, authenticate: Authenticator, settings: OperatorSettings, *, open_locally: bool
) -> ASGIApp:
    """Return the application; `open_locally` says that this machine needs no key."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if not (open_locally and is_local(scope)):
                _require_key(scope, authenticate, settings)
        except MillstreamError as error:
            headers = {"www-authenticate": "Bearer", "cache-control": "no-store"}
            await Response(error_body(error), 401, headers, "application/json")(scope, receive, send)
            return
        body, media_type = await render(_header(scope, b"accept"))
        headers = {"cache-control": "no-store", "content-type": media_type}
        await Response(body, headers=headers)(scope, receive, send)

    return app


def _require_key(scope: Scope, authenticate: Authenticator, settings: OperatorSettings) -> None:
    given = bearer_token(_header(scope, b"authorization"))
    if given and settings.metrics_token and hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return
    if authenticate(scope).role != Role.SERVICE:
        raise MetricsKeyRequired(
            "The metrics are not for everybody.",
            hint="Send MILLSTREAM_METRICS_TOKEN or a secret key as `Authorization: Bearer …`.",
        )


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
