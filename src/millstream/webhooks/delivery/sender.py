"""One attempt: a signed POST over HTTP, guarded at dial time, bounded in time and size, measured in its parts.

Gets an endpoint and a claim from `worker`, returns an Outcome and never raises for what a receiver does. Redirects are
not followed, answers not unpacked, cookies not kept, proxies of the environment ignored.
"""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from millstream.webhooks.capture.event import message_id
from millstream.webhooks.delivery.claims import Claim
from millstream.webhooks.delivery.connector import MARKS, GuardedConnector, Marks
from millstream.webhooks.delivery.oauth import AccessTokens, TokenRefused
from millstream.webhooks.delivery.outcome import PROXY, Outcome, Timing
from millstream.webhooks.delivery.posting import TIMEOUT, post
from millstream.webhooks.delivery.presets import render_body
from millstream.webhooks.delivery.retry_schedule import parse_retry_after
from millstream.webhooks.delivery.tls import CertificateInvalid, tls_context
from millstream.webhooks.delivery.transcript import (
    LONGEST_SECRET,
    LONGEST_TEXT,
    plain,
    request_headers,
    response_body,
    response_headers,
    secrets_of,
    without_secrets,
)
from millstream.webhooks.endpoints.address_guard import AddressGuard, AddressRefused
from millstream.webhooks.endpoints.endpoint import Endpoint
from millstream.webhooks.endpoints.transport import DIRECT, Transport
from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.signatures import sign

_MOST_RESPONSE_BYTES = 1 << 20
_LARGE_BODY_BYTES = 1 << 20
_LONGEST_KEY = 200
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends for all endpoints of a project over one pool of connections."""

    session: aiohttp.ClientSession
    settings: WebhookSettings
    guard: AddressGuard
    connector: GuardedConnector
    tokens: AccessTokens
    name: str

    async def send(self, endpoint: Endpoint, claim: Claim, now: datetime) -> Outcome:
        """Attempt a delivery once; `now` is the attempt's time by the database's clock."""
        headers: dict[str, str] = {}
        marks = Marks()
        MARKS.set(marks)
        begun = time.perf_counter()
        try:
            url = self.guard.check_url(endpoint.url)  # it may have been stored by other rules, or by hand
            body = render_body(endpoint.preset, claim.body or "", claim.event_type)
            headers = _headers(endpoint, claim, body, now)
            async with asyncio.timeout(endpoint.timeout_seconds):
                answer = await self._post(endpoint, url, body, headers, now)
        except Exception as error:  # noqa: BLE001 -- whatever a receiver does is an outcome
            word, detail = _describe(error)
            shown = plain(without_secrets(detail, secrets_of(headers, endpoint.headers)))[:LONGEST_TEXT]
            answer = {"error": word, "detail": shown}
        total = (time.perf_counter() - begun) * 1000
        wait_ms = answer.pop("wait_ms", None)
        return Outcome(
            started_at=now,
            timing=Timing(total, marks.dns_ms, marks.connect_ms, wait_ms),
            request_headers=request_headers(headers, endpoint.headers),
            **answer,
        )

    async def _post(
        self, endpoint: Endpoint, url: URL, body: bytes, headers: dict[str, str], now: datetime
    ) -> dict[str, Any]:
        transport, oauth = endpoint.transport, endpoint.transport.oauth
        options = {} if transport is DIRECT else await self._options(endpoint.url, transport)
        if oauth is None:
            return await self._request(endpoint, url, body, headers, now, options)
        token = await self.tokens.token(self.session, oauth, options)
        headers["authorization"] = f"Bearer {token}"
        answer = await self._request(endpoint, url, body, headers, now, options)
        if answer["http_status"] == _UNAUTHORIZED:  # it may have ended earlier than was said
            token = await self.tokens.token(self.session, oauth, options, refused=token)
            headers["authorization"] = f"Bearer {token}"
            answer = await self._request(endpoint, url, body, headers, now, options)
        return answer

    async def _options(self, url: str, transport: Transport) -> dict[str, Any]:
        options: dict[str, Any] = {"ssl": tls_context(transport)} if transport.has_own_tls else {}
        if transport.proxy is not None:
            proxy = transport.proxy
            options["proxy"] = self.guard.check_proxy(proxy.url)
            if proxy.username is not None:
                options["proxy_headers"] = {
                    "proxy-authorization": aiohttp.encode_basic_auth(proxy.username, proxy.password or "")
                }
            for named in (url, *([transport.oauth.token_url] if transport.oauth else ())):
                await self.connector.check_name(URL(named).raw_host or "")
        return options

    async def _request(
        self,
        endpoint: Endpoint,
        url: URL,
        body: bytes,
        headers: Mapping[str, str],
        now: datetime,
        options: Mapping[str, Any],
    ) -> dict[str, Any]:
        begun = time.perf_counter()
        secrets = secrets_of(headers, endpoint.headers)
        async with await post(self.session, self.connector, url, _in_pieces(body), headers, **options) as response:
            wait_ms = (time.perf_counter() - begun) * 1000
            kept, is_whole = await self._read(response)
            answer = {
                "http_status": response.status,
                "wait_ms": wait_ms,
                "retry_after": parse_retry_after(response.headers.get("retry-after"), now),
                "control": response.headers.get("webhook-delivery", "").strip().lower() or None,
                "response_headers": response_headers(response.headers, secrets),
                "response_body": response_body(kept, self.settings.response_bytes, secrets),
            }
        if not is_whole:
            answer |= {"error": "answer_too_long", "detail": f"More than {_MOST_RESPONSE_BYTES} bytes were answered."}
        return answer

    async def _read(self, response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """Return the beginning of the answer and whether it ended; beyond a limit the connection is given up."""
        kept, most = bytearray(), self.settings.response_bytes + LONGEST_SECRET
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            kept += chunk[: most - len(kept)]
            if size > _MOST_RESPONSE_BYTES:
                response.close()
                return bytes(kept), False
        return bytes(kept), True


@asynccontextmanager
async def open_sender(
    settings: WebhookSettings,
    guard: AddressGuard,
    name: str,
    *,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Sender]:
    """Open the pool of connections for the length of the block.

    Without a `resolver` the system is asked for addresses; without `tls` certificates are verified by its authorities.
    """
    connector = GuardedConnector(guard, limit=settings.workers_max_in_flight, resolver=resolver, tls=tls)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=TIMEOUT,
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield Sender(session, settings, guard, connector, AccessTokens(guard), name)


def _headers(endpoint: Endpoint, claim: Claim, body: bytes, now: datetime) -> dict[str, str]:
    headers = {
        **endpoint.headers,
        "content-type": "application/json",
        "user-agent": "Millstream-Webhooks/1",
        **sign(
            endpoint.secrets,
            message_id=message_id(claim.event_id),
            timestamp=int(now.timestamp()),
            body=body,
            styles=endpoint.styles,
        ),
        "webhook-attempt": str(claim.attempt),
    }
    if claim.lane is not None:
        headers["webhook-sequence"] = str(claim.sequence)
        headers["webhook-key"] = quote(claim.ordering_key)[:_LONGEST_KEY]
    return headers


def _in_pieces(body: bytes) -> bytes | io.BytesIO:
    """Return the body so that a large one is written piece by piece, with others having their turn between."""
    return body if len(body) < _LARGE_BODY_BYTES else io.BytesIO(body)


def _describe(error: BaseException) -> tuple[str, str]:
    """Return the word and the sentence for what kept an answer from coming."""
    refused = _refusal(error)
    if refused is not None:
        return "address_refused", refused.message
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word, str(error) or type(error).__name__
    return "unexpected", type(error).__name__


_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), PROXY),
    (TokenRefused, "token"),
    (CertificateInvalid, "tls"),
    (socket.gaierror, "dns"),
    ((TimeoutError, aiohttp.ServerTimeoutError), "timeout"),
    ((aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError), "tls"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ClientConnectorError, "connect"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError), "connection_lost"),
    (aiohttp.ClientError, "invalid_response"),
)


def _refusal(error: BaseException | None) -> AddressRefused | None:
    while error is not None:
        if isinstance(error, AddressRefused):
            return error
        error = error.__cause__ or error.__context__
    return None
