"""Says of each request of the auth API how it ended: stands around its application and changes nothing.

An observation names the endpoint, never a person, an address or anything that a client chose.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.auth.responses import ERROR_CODE_HEADER
from millstream.observe import Level, Observation, Observer

_ENDPOINTS = frozenset(
    {
        "admin",
        "authorize",
        "callback",
        "factors",
        "invite",
        "logout",
        "magiclink",
        "organisations",
        "otp",
        "reauthenticate",
        "recover",
        "resend",
        "settings",
        "signup",
        "token",
        "user",
        "verify",
    }
)
_GRANTS = frozenset({"password", "refresh_token", "pkce", "id_token"})
_SESSIONS_FROM = {"signup": "sign_up", "verify": "verify", "callback": "provider"}


@dataclass(frozen=True, slots=True)
class AuthAnswered(Observation):
    """A request of the auth API was answered; `sign_in` says in which way it wanted a session, if it did."""

    level: ClassVar[Level] = Level.DEBUG
    endpoint: str
    sign_in: str | None
    status: int
    error: str | None
    seconds: float


class AuthOutcomes:
    """An ASGI application around the auth API's."""

    def __init__(self, app: ASGIApp, observe: Observer) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and say how it ended."""
        started = time.monotonic()
        status, error = 500, None

        async def send_and_note(message: MutableMapping[str, Any]) -> None:
            nonlocal status, error
            if message["type"] == "http.response.start":
                status = message["status"]
                error = dict(message.get("headers", ())).get(ERROR_CODE_HEADER.encode(), b"").decode() or None
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            if scope["type"] == "http" and scope["method"] != "OPTIONS":
                endpoint = _endpoint(scope)
                sign_in = _sign_in(endpoint, scope["query_string"]) if scope["method"] in {"GET", "POST"} else None
                self._observe(AuthAnswered(endpoint, sign_in, status, error, time.monotonic() - started))


def _endpoint(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    first = path.strip("/").partition("/")[0]
    return first if first in _ENDPOINTS else "other"


def _sign_in(endpoint: str, query: bytes) -> str | None:
    if endpoint != "token":
        return _SESSIONS_FROM.get(endpoint)
    grant = parse_qs(query.decode("latin-1")).get("grant_type", [""])[0]
    return grant if grant in _GRANTS else "other"
