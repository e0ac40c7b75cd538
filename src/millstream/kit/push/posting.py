"""One attempt: an encrypted, signed POST to a push service, guarded at dial time. Returns what is to be done next.

Used by `delivery`. Never raises for what a push service does. Redirects are not followed, answers not read, cookies not
kept, proxies of the environment ignored; the endpoint comes from a browser, so it may lead anywhere.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import aiohttp
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from millstream.kit.push.encryption import MOST_BYTES, SALT_BYTES, DeviceKeyInvalid, encrypt
from millstream.kit.push.outbox import DueMessage
from millstream.kit.push.settings import PushSettings
from millstream.kit.push.vapid import VapidKey
from millstream.webhooks.delivery.connector import GuardedConnector
from millstream.webhooks.delivery.retry_schedule import parse_retry_after
from millstream.webhooks.endpoints.address_guard import AddressGuard, AddressRefused

_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})


class Next(Enum):
    """What becomes of a message after an attempt."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is next, why in a word, and how long the push service wants to be left alone, in seconds."""

    next: Next
    word: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Poster:
    """Sends for all devices of a project over one pool of connections."""

    session: aiohttp.ClientSession
    guard: AddressGuard
    timeout_seconds: float

    async def post(self, message: DueMessage, key: VapidKey) -> Verdict:
        """Attempt a message once."""
        try:
            url = self.guard.check_url(message.device.endpoint)
            body = _encrypted(message)
        except (AddressRefused, DeviceKeyInvalid) as error:
            return Verdict(Next.GONE, error.code)
        headers = {
            "authorization": key.authorization(url, time.time),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(message.seconds_left)),
            "topic": message.notification_id.hex,
            "urgency": "normal",
            "user-agent": "Millstream-Push/1",
        }
        try:
            async with (
                asyncio.timeout(self.timeout_seconds),
                self.session.post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return _judged(response.status, response.headers.get("retry-after"))
        except Exception as error:  # noqa: BLE001 -- whatever a push service does is a verdict
            # A name may lead elsewhere for a while, as in a network that asks to sign in: no reason to forget devices.
            return Verdict(Next.LATER, type(error).__name__)


@asynccontextmanager
async def open_poster(settings: PushSettings, guard: AddressGuard) -> AsyncIterator[Poster]:
    """Open the pool of connections for the length of the block."""
    connector = GuardedConnector(guard, limit=settings.connections, resolver=None, tls=None)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield Poster(session, guard, settings.timeout_seconds)


def message_text(message: DueMessage) -> bytes:
    """Return what the service worker gets, as JSON that fits: what is too long lacks its body, or its link too."""
    whole: Mapping[str, Any] = {"id": str(message.notification_id), **message.content}
    for left_out in (frozenset[str](), {"body"}, {"body", "link"}):
        text = orjson.dumps({name: value for name, value in whole.items() if name not in left_out})
        if len(text) <= MOST_BYTES:
            break
    return text


def _encrypted(message: DueMessage) -> bytes:
    return encrypt(
        message_text(message),
        p256dh=message.device.p256dh,
        auth_secret=message.device.auth_secret,
        ephemeral=generate_private_key(SECP256R1()),
        salt=secrets.token_bytes(SALT_BYTES),
    )


def _judged(status: int, retry_after: str | None) -> Verdict:
    if 200 <= status < 300:
        return Verdict(Next.SENT)
    if status in _GONE:
        return Verdict(Next.GONE, str(status))
    if status in _LATER or status >= 500:
        return Verdict(Next.LATER, str(status), parse_retry_after(retry_after, datetime.now(UTC)))
    return Verdict(Next.NEVER, str(status))
