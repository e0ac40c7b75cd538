"""Access tokens for endpoints that ask for one: client credentials of OAuth 2.0 (RFC 6749, 4.4), kept until they end.

Used by `sender`, which asks anew when a receiver answers 401. Whoever needs a token that is being asked for waits for
it. The token's server is guarded like a receiver: its address when it is dialled, no redirects, a short answer.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

import aiohttp
import orjson

from millstream.errors import MillstreamError
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.endpoints.transport import OAuthClient

_MOST_BYTES = 64 << 10
_USUAL_SECONDS = 300.0
_MARGIN_SECONDS = 30.0
_MOST_TOKENS = 1000


class TokenRefused(MillstreamError):
    """Raised when no access token is to be had for an endpoint; says nothing that the server said of our secret."""

    code: ClassVar[str] = "webhook_token_refused"
    status: ClassVar[int] = 502


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    good_until: float


class AccessTokens:
    """The tokens of one project's endpoints. `request` is what `sender` sends with: session, proxy and TLS."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._tokens: dict[OAuthClient, _Token] = {}
        self._locks: dict[OAuthClient, asyncio.Lock] = {}

    async def token(
        self,
        session: aiohttp.ClientSession,
        client: OAuthClient,
        options: dict[str, Any],
        *,
        refused: str | None = None,
    ) -> str:
        """Return a token, a new one where the last was `refused`; raises TokenRefused, AddressRefused, ClientError."""
        if client not in self._locks and len(self._locks) >= _MOST_TOKENS:
            self._forget()
        async with self._locks.setdefault(client, asyncio.Lock()):
            known = self._tokens.get(client)
            if known is None or known.text == refused or known.good_until <= time.monotonic():
                known = self._tokens[client] = await self._ask(session, client, options)
        return known.text

    def _forget(self) -> None:
        """Begin anew, but for the clients that are being asked for: secrets that were changed leave theirs behind."""
        self._locks = {client: lock for client, lock in self._locks.items() if lock.locked()}
        self._tokens = {client: token for client, token in self._tokens.items() if client in self._locks}

    async def _ask(self, session: aiohttp.ClientSession, client: OAuthClient, options: dict[str, Any]) -> _Token:
        self._guard.check_url(client.token_url)
        form = {"grant_type": "client_credentials", "scope": client.scope, "audience": client.audience}
        asked = time.monotonic()
        async with session.post(
            client.token_url,
            data={name: value for name, value in form.items() if value},
            headers={"authorization": aiohttp.encode_basic_auth(quote(client.client_id), quote(client.client_secret))},
            allow_redirects=False,
            **options,
        ) as response:
            content = await _beginning(response)
        if response.status != 200:
            raise TokenRefused(f"The server of access tokens answered {response.status}.")
        return _read(content, asked)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    content = await response.content.read(_MOST_BYTES)
    while not response.content.at_eof() and len(content) < _MOST_BYTES:
        content += await response.content.read(_MOST_BYTES - len(content))
    return content


def _read(content: bytes, asked: float) -> _Token:
    """Read the answer of RFC 6749, 5.1."""
    try:
        answer = orjson.loads(content)
        text, kind, seconds = answer["access_token"], answer["token_type"], answer.get("expires_in", _USUAL_SECONDS)
        lasting = max(0.0, float(seconds) - _MARGIN_SECONDS)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TokenRefused("The server of access tokens answered what is no token.") from error
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or str(kind).lower() != "bearer":
        raise TokenRefused("The server of access tokens answered what is no bearer token.")
    return _Token(text, asked + lasting)
